# What looks for faults that no test asks about, and what the tests reach.
# Each builds in a directory of its own.
EXTRA_DIST += \
	%D%/coverage.sh \
	%D%/coverage_flush.c \
	%D%/promises_table.sh \
	%D%/reproducible.sh \
	%D%/sanitized.sh \
	%D%/valgrind.sh \
	%D%/valgrind.supp

# Lines and branches of lib/ that parts and promises reach; exit status 1
# where what decides stays below its bar.
coverage:
	sh $(srcdir)/%D%/coverage.sh $(abs_srcdir) $(abs_builddir)/coverage \
	    $(promise_tests) $(unit_tests)

# gcc's analyzer over every program, and the linters. It loses sight of memory
# that realloc() puts into a list; leaks are for the sanitizers and valgrind.
analyze: all
	$(MKDIR_P) analyzed
	cd analyzed && { test -f Makefile || \
	    $(abs_srcdir)/configure -q --enable-werror \
	    CFLAGS='-O2 -g -fanalyzer -Wno-analyzer-malloc-leak'; } && \
	    $(MAKE) all
	$(MAKE) check TESTS=tests/house/lint.sh

# Parts, receiver (plain CGI and FastCGI) and drain under memcheck.
check-valgrind: all $(check_PROGRAMS)
	sh $(srcdir)/%D%/valgrind.sh $(abs_srcdir) $(abs_builddir) \
	    $(unit_tests) tests/promises/cgi.bats tests/promises/bodies.bats

# The receiver under load, reloads and outages with ThreadSanitizer.
thread_tests = \
	tests/promises/grouped.bats \
	tests/promises/promise_01_loading.bats \
	tests/promises/promise_01_spool.bats \
	tests/promises/routes.bats \
	tests/promises/web_reload.bats
check-threads:
	$(MKDIR_P) threads
	cd threads && { test -f Makefile || $(abs_srcdir)/configure -q \
	    CFLAGS='-O1 -g -fsanitize=thread' \
	    CXXFLAGS='-O1 -g -fsanitize=thread' LDFLAGS=-fsanitize=thread; } && \
	    $(MAKE) check TESTS='$(thread_tests)'

# Two builds in different places are the same, byte for byte.
check-reproducible: all
	$(MAKE) check TESTS=%D%/reproducible.sh

.PHONY: analyze check-reproducible check-threads check-valgrind coverage
