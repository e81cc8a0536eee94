# The fault runner: README tells how to add a scenario.
TESTS += %D%/short.sh %D%/fail_each.sh %D%/crash_states.sh

check_PROGRAMS += tests/fault/crash_states
tests_fault_crash_states_SOURCES = %D%/crash_states.c
tests_fault_crash_states_LDADD = $(ZOHOSYNC_LIBS)

EXTRA_DIST += \
	%D%/README \
	%D%/crash_disk.py \
	%D%/crash_play.py \
	%D%/crash_record.c \
	%D%/crash_states.py \
	%D%/crash_states.sh \
	%D%/drains.py \
	%D%/eio.c \
	%D%/fail_calls.py \
	%D%/fail_draining.py \
	%D%/fail_each.py \
	%D%/fail_each.sh \
	%D%/fail_receiving.py \
	%D%/fail_scene.py \
	%D%/fail_tools.py \
	%D%/fail_zoho.py \
	%D%/fault.py \
	%D%/load.py \
	%D%/oracle.py \
	%D%/order_model.py \
	%D%/poison.tsv \
	%D%/refused.tsv \
	%D%/run.py \
	%D%/shim.c \
	%D%/shim.h \
	%D%/shim_calls.c \
	%D%/shim_own.c \
	%D%/short.sh \
	%D%/slow.tsv \
	%D%/small_disk.py \
	%D%/stage.py \
	%D%/store.py \
	%D%/stubborn.tsv \
	%D%/zoho.py \
	%D%/zoho_mirror.py \
	%D%/scenarios/away.py \
	%D%/scenarios/clock.py \
	%D%/scenarios/cron_storm.py \
	%D%/scenarios/cuts.py \
	%D%/scenarios/disk_full.py \
	%D%/scenarios/guard.py \
	%D%/scenarios/hot_record.py \
	%D%/scenarios/kills.py \
	%D%/scenarios/limits.py \
	%D%/scenarios/order.py \
	%D%/scenarios/poison.py \
	%D%/scenarios/zoho_day.py \
	%D%/scenarios/zoho_gone.py \
	%D%/scenarios/zoho_limits.py \
	%D%/scenarios/zoho_watch.py

# Longer than an hour. FAULT='--only kills --seed 7' is passed on.
fault: all $(check_PROGRAMS)
	TOP_SRCDIR='$(abs_top_srcdir)' TOP_BUILDDIR='$(abs_top_builddir)' \
	PATH="$$PATH:/usr/sbin" python3 $(srcdir)/%D%/run.py $(FAULT)
.PHONY: fault
CLEANFILES += fault-results.jsonl
