# Fuzzing. "make check" replays the saved corpus and asks Python about some
# thousand cases; "make fuzz" searches on, for hours.
fuzz_harnesses = \
	apikey \
	cgi \
	change \
	date \
	envelope \
	fcgi \
	form \
	json \
	kind \
	log \
	module \
	normalise \
	operation \
	planted \
	request \
	settings \
	signature \
	text

fuzz_sources = \
	%D%/fuzz.h \
	%D%/fuzz_apikey.c \
	%D%/fuzz_cgi.c \
	%D%/fuzz_change.c \
	%D%/fuzz_date.c \
	%D%/fuzz_envelope.c \
	%D%/fuzz_fcgi.c \
	%D%/fuzz_fields.h \
	%D%/fuzz_file.h \
	%D%/fuzz_form.c \
	%D%/fuzz_json.c \
	%D%/fuzz_kind.c \
	%D%/fuzz_log.c \
	%D%/fuzz_module.c \
	%D%/fuzz_normalise.c \
	%D%/fuzz_operation.c \
	%D%/fuzz_planted.c \
	%D%/fuzz_request.c \
	%D%/fuzz_settings.c \
	%D%/fuzz_signature.c \
	%D%/fuzz_text.c

# Without libphonenumber: numbers stay as given, and C links alone.
fuzz_libs = $(ZOHOSYNC_LIBS)

check_PROGRAMS += tests/fuzz/answer tests/fuzz/replay
tests_fuzz_answer_SOURCES = %D%/answer.c %D%/fuzz.h %D%/fuzz_fields.h \
	lib/phone_none.c
tests_fuzz_answer_LDADD = $(fuzz_libs)
tests_fuzz_replay_SOURCES = %D%/replay.c $(fuzz_sources) lib/phone_none.c
tests_fuzz_replay_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_PLANT
tests_fuzz_replay_LDADD = $(fuzz_libs)

TESTS += tests/fuzz/replay %D%/differential.bats

# In a tree of its own: one program for each harness.
fuzz-programs:
	$(MAKE) sql/texts.h
	$(MAKE) lib/libzohosync.a
	$(MKDIR_P) %D%
	for name in $(fuzz_harnesses); do \
	    $(CC) $(AM_CPPFLAGS) $(AM_CFLAGS) $(CFLAGS) -DFUZZ_ALONE \
	        -DFUZZ_PLANT -fsanitize=fuzzer -o %D%/fuzz_$$name \
	        $(srcdir)/%D%/fuzz_$$name.c $(srcdir)/lib/phone_none.c \
	        $(AM_LDFLAGS) $(fuzz_libs) || exit 1; \
	done

fuzz_configure = test -f Makefile || $(abs_srcdir)/configure -q \
	--enable-sanitizers --without-phonenumber

# FUZZ_RUNS, FUZZ_SECONDS, FUZZ_ONLY: see run.py. FUZZ_CASES and FUZZ_SEED are
# for the comparison with Python.
fuzz: all tests/fuzz/answer
	$(MKDIR_P) fuzzing/libfuzzer fuzzing/afl
	cd fuzzing/libfuzzer && \
	    { $(fuzz_configure) CC=clang CFLAGS='-O1 -g'; } && \
	    $(MAKE) CFLAGS='-O1 -g -fsanitize=fuzzer-no-link' fuzz-programs
	cd fuzzing/afl && \
	    { $(fuzz_configure) CC=afl-clang-fast CFLAGS='-O1 -g'; } && \
	    AFL_QUIET=1 $(MAKE) fuzz_harnesses='cgi planted' fuzz-programs
	status=0; \
	python3 $(srcdir)/%D%/run.py $(abs_srcdir) fuzzing || status=1; \
	TOP_SRCDIR=$(abs_srcdir) TOP_BUILDDIR=$(abs_builddir) \
	    FUZZ_CASES=$${FUZZ_CASES:-1000000} FUZZ_SEED=$${FUZZ_SEED:-} \
	    bats --tap $(srcdir)/%D%/differential.bats || status=1; \
	exit $$status

# What make fuzz learnt, minimised, into the source tree.
fuzz-corpus:
	python3 $(srcdir)/%D%/run.py --save $(abs_srcdir) fuzzing
.PHONY: fuzz fuzz-corpus fuzz-programs

EXTRA_DIST += \
	%D%/corpus.py \
	%D%/dates.py \
	%D%/differential.bats \
	%D%/differential.py \
	%D%/documents.py \
	%D%/forms.py \
	%D%/fuzz.dict \
	%D%/material.py \
	%D%/records.py \
	%D%/run.py \
	%D%/corpus/apikey.txt \
	%D%/corpus/cgi.txt \
	%D%/corpus/change.txt \
	%D%/corpus/date.txt \
	%D%/corpus/envelope.txt \
	%D%/corpus/fcgi.txt \
	%D%/corpus/form.txt \
	%D%/corpus/json.txt \
	%D%/corpus/kind.txt \
	%D%/corpus/log.txt \
	%D%/corpus/module.txt \
	%D%/corpus/normalise.txt \
	%D%/corpus/operation.txt \
	%D%/corpus/planted.txt \
	%D%/corpus/request.txt \
	%D%/corpus/settings.txt \
	%D%/corpus/signature.txt \
	%D%/corpus/text.txt
