# Tests: cmocka for the parts, bats for the promises, in private directories.
if CMOCKA
unit_tests = \
	tests/unit/test_apikey \
	tests/unit/test_apikey_file \
	tests/unit/test_date \
	tests/unit/test_digest \
	tests/unit/test_form \
	tests/unit/test_json \
	tests/unit/test_kind \
	tests/unit/test_normalise \
	tests/unit/test_signature
endif
check_PROGRAMS += $(unit_tests)

promise_tests = \
	%D%/promises/routes.bats

TESTS += $(unit_tests) $(promise_tests)
TEST_EXTENSIONS = .bats .sh
TEST_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TEST_DRIVER)
BATS_LOG_DRIVER = $(TEST_DRIVER)
BATS_LOG_COMPILER = bats
AM_BATS_LOG_FLAGS = --tap
SH_LOG_DRIVER = $(TEST_DRIVER)
SH_LOG_COMPILER = sh
AM_TESTS_ENVIRONMENT = \
	TOP_SRCDIR='$(abs_top_srcdir)'; export TOP_SRCDIR; \
	TOP_BUILDDIR='$(abs_top_builddir)'; export TOP_BUILDDIR; \
	CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT; \
	PATH="$$PATH:/usr/sbin"; export PATH;

EXTRA_DIST += $(promise_tests) %D%/stage.sh %D%/promises/helper.bash

unit_cppflags = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
unit_libs = $(ZOHOSYNC_LIBS) $(CMOCKA_LIBS)

tests_unit_test_apikey_SOURCES = %D%/unit/test_apikey.c
tests_unit_test_apikey_CPPFLAGS = $(unit_cppflags)
tests_unit_test_apikey_LDADD = $(unit_libs)

tests_unit_test_apikey_file_SOURCES = %D%/unit/test_apikey_file.c
tests_unit_test_apikey_file_CPPFLAGS = $(unit_cppflags)
tests_unit_test_apikey_file_LDADD = $(unit_libs)

tests_unit_test_date_SOURCES = %D%/unit/test_date.c
tests_unit_test_date_CPPFLAGS = $(unit_cppflags)
tests_unit_test_date_LDADD = $(unit_libs)

tests_unit_test_digest_SOURCES = %D%/unit/test_digest.c
tests_unit_test_digest_CPPFLAGS = $(unit_cppflags)
tests_unit_test_digest_LDADD = $(unit_libs)

tests_unit_test_form_SOURCES = %D%/unit/test_form.c
tests_unit_test_form_CPPFLAGS = $(unit_cppflags)
tests_unit_test_form_LDADD = $(unit_libs)

tests_unit_test_json_SOURCES = %D%/unit/test_json.c
tests_unit_test_json_CPPFLAGS = $(unit_cppflags)
tests_unit_test_json_LDADD = $(unit_libs)

tests_unit_test_kind_SOURCES = %D%/unit/test_kind.c
tests_unit_test_kind_CPPFLAGS = $(unit_cppflags)
nodist_EXTRA_tests_unit_test_kind_SOURCES = force_cxx_link.cxx
tests_unit_test_kind_LDADD = lib/libzohosync.a lib/libphone.a $(unit_libs) $(PHONE_LIBS)

tests_unit_test_normalise_SOURCES = %D%/unit/test_normalise.c
tests_unit_test_normalise_CPPFLAGS = $(unit_cppflags)
nodist_EXTRA_tests_unit_test_normalise_SOURCES = force_cxx_link.cxx
tests_unit_test_normalise_LDADD = lib/libzohosync.a lib/libphone.a $(unit_libs) $(PHONE_LIBS)

tests_unit_test_signature_SOURCES = %D%/unit/test_signature.c
tests_unit_test_signature_CPPFLAGS = $(unit_cppflags)
tests_unit_test_signature_LDADD = $(unit_libs)
