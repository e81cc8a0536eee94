# What the programs share, in floors: a file includes none of a floor above
# its own (tests/house checks this list). One noun a file.
noinst_LIBRARIES += lib/libzohosync.a

lib_floor0 = \
	%D%/buf.c %D%/buf.h \
	%D%/clock.c %D%/clock.h \
	%D%/date.c %D%/date.h \
	%D%/err.c %D%/err.h \
	%D%/log.c %D%/log.h \
	%D%/settings.c %D%/settings.h \
	%D%/sql.h

lib_floor1 = \
	%D%/db.c %D%/db.h \
	%D%/digest.c %D%/digest.h \
	%D%/form.c %D%/form.h \
	%D%/json.c %D%/json.h

lib_floor2 = \
	%D%/apikey.c %D%/apikey.h \
	%D%/kind.c %D%/kind.h \
	%D%/normalise.c %D%/normalise.h \
	%D%/phone.h \
	%D%/signature.c %D%/signature.h

lib_libzohosync_a_SOURCES = $(lib_floor0) $(lib_floor1) $(lib_floor2)
nodist_lib_libzohosync_a_SOURCES = sql/texts.c sql/texts.h

# The C++ shim stands apart: only the job that normalises links it.
noinst_LIBRARIES += lib/libphone.a
if PHONENUMBER
lib_libphone_a_SOURCES = %D%/phone.cc
PHONE_LIBS = -lphonenumber
else
lib_libphone_a_SOURCES = %D%/phone_none.c
PHONE_LIBS =
endif
EXTRA_DIST += %D%/phone.cc %D%/phone_none.c

ZOHOSYNC_LIBS = lib/libzohosync.a $(PQ_LIBS) $(JSONC_LIBS) $(CRYPTO_LIBS)
