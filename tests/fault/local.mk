# The fault runner: README tells how to add a scenario.
TESTS += %D%/short.sh

EXTRA_DIST += \
	%D%/README \
	%D%/fault.py \
	%D%/load.py \
	%D%/oracle.py \
	%D%/run.py \
	%D%/short.sh \
	%D%/stage.py \
	%D%/scenarios/away.py \
	%D%/scenarios/cuts.py \
	%D%/scenarios/guard.py \
	%D%/scenarios/kills.py

# Longer than an hour. FAULT='--only kills --seed 7' is passed on.
fault: all
	TOP_SRCDIR='$(abs_top_srcdir)' TOP_BUILDDIR='$(abs_top_builddir)' \
	PATH="$$PATH:/usr/sbin" python3 $(srcdir)/%D%/run.py $(FAULT)
.PHONY: fault
CLEANFILES += fault-results.jsonl
