# Tests: cmocka for the parts, bats for the promises, scripts for the house.
# Each bats file has a private stage (tests/stage.sh), so make -j is safe.
if CMOCKA
unit_tests = \
	tests/unit/test_answer \
	tests/unit/test_apikey \
	tests/unit/test_apikey_file \
	tests/unit/test_array \
	tests/unit/test_body \
	tests/unit/test_buf \
	tests/unit/test_change \
	tests/unit/test_change_rules \
	tests/unit/test_datatype \
	tests/unit/test_date \
	tests/unit/test_digest \
	tests/unit/test_envelope \
	tests/unit/test_err \
	tests/unit/test_fails \
	tests/unit/test_fails_record \
	tests/unit/test_fcgi_wire \
	tests/unit/test_form \
	tests/unit/test_front \
	tests/unit/test_gather \
	tests/unit/test_hook \
	tests/unit/test_json \
	tests/unit/test_kind \
	tests/unit/test_mirror \
	tests/unit/test_module \
	tests/unit/test_normalise \
	tests/unit/test_progress \
	tests/unit/test_proof \
	tests/unit/test_queue \
	tests/unit/test_queue_settle \
	tests/unit/test_reply \
	tests/unit/test_request \
	tests/unit/test_route \
	tests/unit/test_seal \
	tests/unit/test_settings \
	tests/unit/test_settings_env \
	tests/unit/test_settings_put \
	tests/unit/test_signature \
	tests/unit/test_spool \
	tests/unit/test_spool_fails \
	tests/unit/test_store \
	tests/unit/test_store_along \
	tests/unit/test_text \
	tests/unit/test_value \
	tests/unit/test_width
endif
check_PROGRAMS += $(unit_tests)

# The longest first, so that they do not end alone.
promise_tests = \
	%D%/promises/promise_10_cron.bats \
	%D%/promises/install_vps.bats \
	%D%/promises/history.bats \
	%D%/promises/install_shared.bats \
	%D%/promises/setup.bats \
	%D%/promises/upgrade.bats \
	%D%/promises/failover.bats \
	%D%/promises/slow_clients.bats \
	%D%/promises/pgbouncer.bats \
	%D%/promises/promise_10_anywhere.bats \
	%D%/promises/promise_01_never_lost.bats \
	%D%/promises/promise_01_spool.bats \
	%D%/promises/promise_01_loading.bats \
	%D%/promises/backfill.bats \
	%D%/promises/bad_input.bats \
	%D%/promises/bodies.bats \
	%D%/promises/cgi.bats \
	%D%/promises/commands.bats \
	%D%/promises/dead_letters.bats \
	%D%/promises/failover_copy.bats \
	%D%/promises/grouped.bats \
	%D%/promises/promise_02_exactly_once.bats \
	%D%/promises/promise_03_newest_wins.bats \
	%D%/promises/promise_04_accounted.bats \
	%D%/promises/promise_05_keys.bats \
	%D%/promises/promise_05_refusals.bats \
	%D%/promises/promise_05_unproven.bats \
	%D%/promises/promise_06_budget.bats \
	%D%/promises/promise_06_limits.bats \
	%D%/promises/promise_07_honest.bats \
	%D%/promises/promise_08_bad_field.bats \
	%D%/promises/promise_09_least_privilege.bats \
	%D%/promises/routes.bats \
	%D%/promises/second_host.bats \
	%D%/promises/setup_hosted.bats \
	%D%/promises/setup_refuses.bats \
	%D%/promises/web_reload.bats

# Those that ask Zoho want the simulator.
zoho_tests = \
	%D%/promises/lost_day.bats \
	%D%/promises/legacy.bats \
	%D%/promises/long_lists.bats \
	%D%/promises/zoho_faults.bats \
	%D%/promises/reconcile.bats \
	%D%/promises/promise_06_fetch.bats \
	%D%/promises/fields.bats \
	%D%/promises/fields_views.bats \
	%D%/promises/formulas.bats \
	%D%/promises/get.bats \
	%D%/promises/login.bats \
	%D%/promises/verify.bats \
	%D%/promises/watch.bats \
	%D%/promises/webhooks.bats \
	%D%/promises/token_service.bats
if SIM
TESTS += $(zoho_tests)
endif

house_tests = \
	%D%/house/bench.bats \
	%D%/house/documents.sh \
	%D%/house/floors.sh \
	%D%/house/lint.sh \
	%D%/house/statements.bats

TESTS += $(promise_tests) $(house_tests) $(unit_tests)
TEST_EXTENSIONS = .bats .sh
# --comments: why a test failed stands beside its name at once
TEST_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) \
	$(top_srcdir)/build-aux/tap-driver.sh --comments
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

# Longer than check, and with figures: see README.
bench: all
	sh $(srcdir)/tests/bench/run.sh $(abs_builddir)

# Does the time of a proof tell how much of it was right?
EXTRA_PROGRAMS += tests/bench/timing
tests_bench_timing_SOURCES = %D%/bench/timing.c
tests_bench_timing_LDADD = $(ZOHOSYNC_LIBS) -lm
timing: tests/bench/timing$(EXEEXT)
	tests/bench/timing$(EXEEXT) $(TIMING)
.PHONY: timing

# Every test under AddressSanitizer and UndefinedBehaviorSanitizer.
check-sanitized:
	$(MKDIR_P) sanitized
	cd sanitized && { test -f Makefile || \
	    $(abs_srcdir)/configure -q --enable-sanitizers \
	    CFLAGS='-O1 -g' CXXFLAGS='-O1 -g'; } && \
	    SANITIZED_TREE=yes $(MAKE) check
.PHONY: bench check-sanitized

clean-local:
	rm -rf sanitized coverage analyzed threads fuzzing

EXTRA_DIST += \
	$(promise_tests) \
	$(zoho_tests) \
	$(house_tests) \
	%D%/promises/bad_input.py \
	%D%/promises/crash.c \
	%D%/promises/fastcgi_client.py \
	%D%/promises/faults.bash \
	%D%/promises/founding.bash \
	%D%/promises/equal.py \
	%D%/promises/helper.bash \
	%D%/promises/histories.py \
	%D%/promises/install.bash \
	%D%/promises/poster.py \
	%D%/promises/proof.bash \
	%D%/promises/put.sql \
	%D%/promises/queue.bash \
	%D%/promises/receiver.bash \
	%D%/promises/roles.sql \
	%D%/promises/roles.tsv \
	%D%/promises/scale.bash \
	%D%/promises/spool.bash \
	%D%/promises/stream.py \
	%D%/promises/tls.py \
	%D%/promises/zoho.bash \
	%D%/unit/change_line.h \
	%D%/unit/envelope_sample.h \
	%D%/unit/fails.c \
	%D%/unit/fails.h \
	%D%/unit/fails.wrap \
	%D%/unit/fake_db.c \
	%D%/unit/fake_db.h \
	%D%/unit/settings_file.h \
	%D%/unit/spool_place.h \
	%D%/unit/store.wrap \
	%D%/unit/store_played.h \
	%D%/unit/table.h \
	%D%/payloads/README \
	%D%/payloads/bad_input.tsv \
	%D%/payloads/bad_input_mounts.tsv \
	%D%/payloads/books_bills_number_ids.json \
	%D%/payloads/books_bills_text_ids.json \
	%D%/payloads/books_contacts_delete.json \
	%D%/payloads/books_contacts_number_ids.json \
	%D%/payloads/books_contacts_text_ids.json \
	%D%/payloads/books_creditnotes_number_ids.json \
	%D%/payloads/books_creditnotes_text_ids.json \
	%D%/payloads/books_inventoryadjustments_draft.json \
	%D%/payloads/books_inventoryadjustments_number_ids.json \
	%D%/payloads/books_inventoryadjustments_other_key.json \
	%D%/payloads/books_inventoryadjustments_text_ids.json \
	%D%/payloads/books_invoices_bad_values.json \
	%D%/payloads/books_invoices_duplicate_lines.json \
	%D%/payloads/books_invoices_no_lines.json \
	%D%/payloads/books_invoices_number_ids.json \
	%D%/payloads/books_invoices_text_ids.json \
	%D%/payloads/books_items_envelope.json \
	%D%/payloads/books_items_envelope_nested.json \
	%D%/payloads/books_items_inactive.json \
	%D%/payloads/books_items_jsonstring.form \
	%D%/payloads/books_items_no_time.json \
	%D%/payloads/books_items_number_ids.json \
	%D%/payloads/books_items_pairs.form \
	%D%/payloads/books_items_text_ids.json \
	%D%/payloads/books_pricebooks_number_ids.json \
	%D%/payloads/books_pricebooks_percentage.json \
	%D%/payloads/books_pricebooks_text_ids.json \
	%D%/payloads/broken_cut.json \
	%D%/payloads/broken_empty.json \
	%D%/payloads/broken_html.json \
	%D%/payloads/broken_no_entity.json \
	%D%/payloads/broken_no_id.json \
	%D%/payloads/broken_not_json.json \
	%D%/payloads/broken_nul.json \
	%D%/payloads/challenge.form \
	%D%/payloads/crm_accounts_create.json \
	%D%/payloads/crm_contacts_create.json \
	%D%/payloads/crm_deals_create.json \
	%D%/payloads/crm_deals_multiselect_commas.json \
	%D%/payloads/crm_deals_multiselect_empty.json \
	%D%/payloads/crm_deals_multiselect_json_text.json \
	%D%/payloads/crm_deals_multiselect_semicolons.json \
	%D%/payloads/crm_deals_stage_update.json \
	%D%/payloads/crm_leads_bare.json \
	%D%/payloads/crm_leads_create.json \
	%D%/payloads/crm_leads_delete.json \
	%D%/payloads/crm_leads_flat.json \
	%D%/payloads/crm_leads_missing_owner.json \
	%D%/payloads/crm_leads_operation_missing.json \
	%D%/payloads/crm_leads_operation_unknown.json \
	%D%/payloads/crm_leads_operation_upper.json \
	%D%/payloads/crm_leads_several.json \
	%D%/payloads/crm_leads_stale_update.json \
	%D%/payloads/crm_leads_update.json \
	%D%/payloads/crm_leads_workflow.form \
	%D%/payloads/crm_leads_workflow.json \
	%D%/payloads/crm_notification_delete.json \
	%D%/payloads/crm_notification_insert.json \
	%D%/payloads/crm_notification_no_token.json \
	%D%/payloads/crm_notification_number_ids.json \
	%D%/payloads/crm_notification_update.json \
	%D%/payloads/crm_notification_wrong_token.json \
	%D%/payloads/list_array.json \
	%D%/payloads/list_notifications.json \
	%D%/payloads/test.json \
	%D%/bench/backfill.sh \
	%D%/bench/backfill_in_sql.sql \
	%D%/bench/common.sh \
	%D%/bench/drain.sh \
	%D%/bench/drain_in_sql.sql \
	%D%/bench/fill.sql \
	%D%/bench/latency.sh \
	%D%/bench/pace.py \
	%D%/bench/receive.sh \
	%D%/bench/receive_more.sh \
	%D%/bench/refill.sql \
	%D%/bench/report.awk \
	%D%/bench/run.sh \
	%D%/bench/slow_sync.c \
	%D%/bench/store_one.sql \
	%D%/bench/trivial.c \
	%D%/stage.sh \
	%D%/stage_web.sh

unit_cppflags = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
unit_libs = $(ZOHOSYNC_LIBS) $(CMOCKA_LIBS)

tests_unit_test_answer_SOURCES = %D%/unit/test_answer.c
tests_unit_test_answer_CPPFLAGS = $(unit_cppflags)
tests_unit_test_answer_LDADD = $(unit_libs)

tests_unit_test_apikey_SOURCES = %D%/unit/test_apikey.c
tests_unit_test_apikey_CPPFLAGS = $(unit_cppflags)
tests_unit_test_apikey_LDADD = $(unit_libs)

tests_unit_test_apikey_file_SOURCES = %D%/unit/test_apikey_file.c
tests_unit_test_apikey_file_CPPFLAGS = $(unit_cppflags)
tests_unit_test_apikey_file_LDADD = $(unit_libs)

tests_unit_test_array_SOURCES = %D%/unit/test_array.c
tests_unit_test_array_CPPFLAGS = $(unit_cppflags)
tests_unit_test_array_LDADD = $(unit_libs)

tests_unit_test_body_SOURCES = %D%/unit/test_body.c
tests_unit_test_body_CPPFLAGS = $(unit_cppflags)
tests_unit_test_body_LDADD = $(unit_libs)

tests_unit_test_buf_SOURCES = %D%/unit/test_buf.c
tests_unit_test_buf_CPPFLAGS = $(unit_cppflags)
tests_unit_test_buf_LDADD = $(unit_libs)

tests_unit_test_change_SOURCES = %D%/unit/test_change.c
tests_unit_test_change_CPPFLAGS = $(unit_cppflags)
tests_unit_test_change_LDADD = $(unit_libs)

tests_unit_test_change_rules_SOURCES = %D%/unit/test_change_rules.c
tests_unit_test_change_rules_CPPFLAGS = $(unit_cppflags)
tests_unit_test_change_rules_LDADD = $(unit_libs)

tests_unit_test_datatype_SOURCES = %D%/unit/test_datatype.c
tests_unit_test_datatype_CPPFLAGS = $(unit_cppflags)
nodist_EXTRA_tests_unit_test_datatype_SOURCES = force_cxx_link.cxx
tests_unit_test_datatype_LDADD = lib/libzohosync.a lib/libphone.a \
	$(unit_libs) $(PHONE_LIBS)

tests_unit_test_date_SOURCES = %D%/unit/test_date.c
tests_unit_test_date_CPPFLAGS = $(unit_cppflags)
tests_unit_test_date_LDADD = $(unit_libs)

tests_unit_test_digest_SOURCES = %D%/unit/test_digest.c
tests_unit_test_digest_CPPFLAGS = $(unit_cppflags)
tests_unit_test_digest_LDADD = $(unit_libs)

tests_unit_test_envelope_SOURCES = %D%/unit/test_envelope.c
tests_unit_test_envelope_CPPFLAGS = $(unit_cppflags)
tests_unit_test_envelope_LDADD = $(unit_libs)

tests_unit_test_err_SOURCES = %D%/unit/test_err.c
tests_unit_test_err_CPPFLAGS = $(unit_cppflags)
tests_unit_test_err_LDADD = $(unit_libs)

tests_unit_test_fails_SOURCES = %D%/unit/test_fails.c %D%/unit/fails.c
tests_unit_test_fails_LDFLAGS = $(AM_LDFLAGS) -Wl,@$(srcdir)/%D%/unit/fails.wrap
tests_unit_test_fails_CPPFLAGS = $(unit_cppflags)
nodist_EXTRA_tests_unit_test_fails_SOURCES = force_cxx_link.cxx
tests_unit_test_fails_LDADD = lib/libzohosync.a lib/libphone.a \
	$(unit_libs) $(PHONE_LIBS)

tests_unit_test_fails_record_SOURCES = %D%/unit/test_fails_record.c %D%/unit/fails.c
tests_unit_test_fails_record_LDFLAGS = $(AM_LDFLAGS) -Wl,@$(srcdir)/%D%/unit/fails.wrap
tests_unit_test_fails_record_CPPFLAGS = $(unit_cppflags)
nodist_EXTRA_tests_unit_test_fails_record_SOURCES = force_cxx_link.cxx
tests_unit_test_fails_record_LDADD = lib/libzohosync.a lib/libphone.a \
	$(unit_libs) $(PHONE_LIBS)

tests_unit_test_fcgi_wire_SOURCES = %D%/unit/test_fcgi_wire.c
tests_unit_test_fcgi_wire_CPPFLAGS = $(unit_cppflags)
tests_unit_test_fcgi_wire_LDADD = $(unit_libs)

tests_unit_test_form_SOURCES = %D%/unit/test_form.c
tests_unit_test_form_CPPFLAGS = $(unit_cppflags)
tests_unit_test_form_LDADD = $(unit_libs)

tests_unit_test_hook_SOURCES = %D%/unit/test_hook.c
tests_unit_test_hook_CPPFLAGS = $(unit_cppflags)
tests_unit_test_hook_LDADD = $(unit_libs)

tests_unit_test_json_SOURCES = %D%/unit/test_json.c
tests_unit_test_json_CPPFLAGS = $(unit_cppflags)
tests_unit_test_json_LDADD = $(unit_libs)

tests_unit_test_kind_SOURCES = %D%/unit/test_kind.c
tests_unit_test_kind_CPPFLAGS = $(unit_cppflags)
nodist_EXTRA_tests_unit_test_kind_SOURCES = force_cxx_link.cxx
tests_unit_test_kind_LDADD = lib/libzohosync.a lib/libphone.a \
	$(unit_libs) $(PHONE_LIBS)

tests_unit_test_mirror_SOURCES = %D%/unit/test_mirror.c %D%/unit/fails.c %D%/unit/fake_db.c
tests_unit_test_mirror_LDFLAGS = $(AM_LDFLAGS) -Wl,@$(srcdir)/%D%/unit/fails.wrap -Wl,--wrap=db_call,--wrap=db_command
tests_unit_test_mirror_CPPFLAGS = $(unit_cppflags)
nodist_EXTRA_tests_unit_test_mirror_SOURCES = force_cxx_link.cxx
tests_unit_test_mirror_LDADD = lib/libzohosync.a lib/libphone.a \
	$(unit_libs) $(PHONE_LIBS)

tests_unit_test_module_SOURCES = %D%/unit/test_module.c
tests_unit_test_module_CPPFLAGS = $(unit_cppflags)
tests_unit_test_module_LDADD = $(unit_libs)

tests_unit_test_normalise_SOURCES = %D%/unit/test_normalise.c
tests_unit_test_normalise_CPPFLAGS = $(unit_cppflags)
nodist_EXTRA_tests_unit_test_normalise_SOURCES = force_cxx_link.cxx
tests_unit_test_normalise_LDADD = lib/libzohosync.a lib/libphone.a \
	$(unit_libs) $(PHONE_LIBS)

tests_unit_test_progress_SOURCES = %D%/unit/test_progress.c
tests_unit_test_progress_CPPFLAGS = $(unit_cppflags)
tests_unit_test_progress_LDADD = $(unit_libs)

tests_unit_test_proof_SOURCES = %D%/unit/test_proof.c
tests_unit_test_proof_CPPFLAGS = $(unit_cppflags)
tests_unit_test_proof_LDADD = $(unit_libs)

tests_unit_test_queue_SOURCES = %D%/unit/test_queue.c
tests_unit_test_queue_CPPFLAGS = $(unit_cppflags)
nodist_EXTRA_tests_unit_test_queue_SOURCES = force_cxx_link.cxx
tests_unit_test_queue_LDADD = lib/libzohosync.a lib/libphone.a \
	$(unit_libs) $(PHONE_LIBS)

tests_unit_test_queue_settle_SOURCES = %D%/unit/test_queue_settle.c %D%/unit/fails.c %D%/unit/fake_db.c
tests_unit_test_queue_settle_LDFLAGS = $(AM_LDFLAGS) -Wl,@$(srcdir)/%D%/unit/fails.wrap -Wl,--wrap=db_call,--wrap=db_command
tests_unit_test_queue_settle_CPPFLAGS = $(unit_cppflags)
nodist_EXTRA_tests_unit_test_queue_settle_SOURCES = force_cxx_link.cxx
tests_unit_test_queue_settle_LDADD = lib/libzohosync.a lib/libphone.a \
	$(unit_libs) $(PHONE_LIBS)

tests_unit_test_reply_SOURCES = %D%/unit/test_reply.c
tests_unit_test_reply_CPPFLAGS = $(unit_cppflags)
tests_unit_test_reply_LDADD = $(unit_libs)

tests_unit_test_request_SOURCES = %D%/unit/test_request.c
tests_unit_test_request_CPPFLAGS = $(unit_cppflags)
tests_unit_test_request_LDADD = $(unit_libs)

tests_unit_test_route_SOURCES = %D%/unit/test_route.c
tests_unit_test_route_CPPFLAGS = $(unit_cppflags)
tests_unit_test_route_LDADD = $(unit_libs)

tests_unit_test_seal_SOURCES = %D%/unit/test_seal.c
tests_unit_test_seal_CPPFLAGS = $(unit_cppflags)
tests_unit_test_seal_LDADD = $(unit_libs)

tests_unit_test_settings_put_SOURCES = %D%/unit/test_settings_put.c
tests_unit_test_settings_put_CPPFLAGS = $(unit_cppflags)
tests_unit_test_settings_put_LDADD = $(unit_libs)

tests_unit_test_settings_SOURCES = %D%/unit/test_settings.c
tests_unit_test_settings_CPPFLAGS = $(unit_cppflags)
tests_unit_test_settings_LDADD = $(unit_libs)

tests_unit_test_settings_env_SOURCES = %D%/unit/test_settings_env.c
tests_unit_test_settings_env_CPPFLAGS = $(unit_cppflags)
tests_unit_test_settings_env_LDADD = $(unit_libs)

tests_unit_test_signature_SOURCES = %D%/unit/test_signature.c
tests_unit_test_signature_CPPFLAGS = $(unit_cppflags)
tests_unit_test_signature_LDADD = $(unit_libs)

tests_unit_test_spool_SOURCES = %D%/unit/test_spool.c
tests_unit_test_spool_CPPFLAGS = $(unit_cppflags)
tests_unit_test_spool_LDADD = $(unit_libs)

tests_unit_test_spool_fails_SOURCES = %D%/unit/test_spool_fails.c
tests_unit_test_spool_fails_CPPFLAGS = $(unit_cppflags)
tests_unit_test_spool_fails_LDADD = $(unit_libs)

tests_unit_test_store_SOURCES = %D%/unit/test_store.c
tests_unit_test_store_LDFLAGS = $(AM_LDFLAGS) -Wl,@$(srcdir)/%D%/unit/store.wrap
tests_unit_test_store_CPPFLAGS = $(unit_cppflags)
tests_unit_test_store_LDADD = $(unit_libs)

tests_unit_test_store_along_SOURCES = %D%/unit/test_store_along.c
tests_unit_test_store_along_LDFLAGS = $(AM_LDFLAGS) -Wl,@$(srcdir)/%D%/unit/store.wrap
tests_unit_test_store_along_CPPFLAGS = $(unit_cppflags)
tests_unit_test_store_along_LDADD = $(unit_libs)

tests_unit_test_text_SOURCES = %D%/unit/test_text.c
tests_unit_test_text_CPPFLAGS = $(unit_cppflags)
tests_unit_test_text_LDADD = $(unit_libs)

tests_unit_test_value_SOURCES = %D%/unit/test_value.c
tests_unit_test_value_CPPFLAGS = $(unit_cppflags)
nodist_EXTRA_tests_unit_test_value_SOURCES = force_cxx_link.cxx
tests_unit_test_value_LDADD = lib/libzohosync.a lib/libphone.a \
	$(unit_libs) $(PHONE_LIBS)

tests_unit_test_width_SOURCES = %D%/unit/test_width.c
tests_unit_test_width_CPPFLAGS = $(unit_cppflags)
tests_unit_test_width_LDADD = $(unit_libs)

tests_unit_test_front_SOURCES = %D%/unit/test_front.c
tests_unit_test_front_CPPFLAGS = $(unit_cppflags)
tests_unit_test_front_LDADD = $(unit_libs)

tests_unit_test_gather_SOURCES = %D%/unit/test_gather.c
tests_unit_test_gather_CPPFLAGS = $(unit_cppflags)
tests_unit_test_gather_LDADD = $(unit_libs)
