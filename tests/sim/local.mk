# The Zoho simulator: a program of its own, which uses nothing of lib/ but
# JSON, buffers and errors. Left out where a library of its own is missing.
sim_sources = \
	%D%/act.c \
	%D%/act.h \
	%D%/act_field.c \
	%D%/books.h \
	%D%/books_check.c \
	%D%/books_list.c \
	%D%/books_one.c \
	%D%/books_write.c \
	%D%/bulk.c \
	%D%/bulk.h \
	%D%/bulk_cell.c \
	%D%/bulk_cell.h \
	%D%/bulk_read.c \
	%D%/bulk_read_do.c \
	%D%/bulk_write.c \
	%D%/bulk_write_do.c \
	%D%/call.c \
	%D%/call.h \
	%D%/control.c \
	%D%/control.h \
	%D%/coql.c \
	%D%/coql.h \
	%D%/coql_columns.c \
	%D%/coql_group.c \
	%D%/coql_read.c \
	%D%/coql_word.c \
	%D%/coql_word.h \
	%D%/counter.c \
	%D%/counter.h \
	%D%/criteria.c \
	%D%/criteria.h \
	%D%/criteria_json.c \
	%D%/crm.h \
	%D%/crm_check.c \
	%D%/crm_check.h \
	%D%/crm_delete.c \
	%D%/crm_error.c \
	%D%/crm_field_make.c \
	%D%/crm_fields.c \
	%D%/crm_list.c \
	%D%/crm_merge.c \
	%D%/crm_meta.c \
	%D%/crm_meta.h \
	%D%/crm_one.c \
	%D%/crm_write.c \
	%D%/csv.c \
	%D%/csv.h \
	%D%/day.c \
	%D%/dc.c \
	%D%/dc.h \
	%D%/deliver.c \
	%D%/deliver.h \
	%D%/fault.c \
	%D%/fault.h \
	%D%/field.c \
	%D%/field.h \
	%D%/file_text.c \
	%D%/file_text.h \
	%D%/hook_body.c \
	%D%/hook_body.h \
	%D%/hook_books.c \
	%D%/hook_check.c \
	%D%/hook_check.h \
	%D%/hook_crm.c \
	%D%/hook_made.c \
	%D%/hook_made.h \
	%D%/hook_text.c \
	%D%/hook_text.h \
	%D%/hook_usage.c \
	%D%/limit.c \
	%D%/limit.h \
	%D%/line.c \
	%D%/line.h \
	%D%/main.c \
	%D%/mass_update.c \
	%D%/merge.c \
	%D%/merge.h \
	%D%/merge_call.c \
	%D%/moment.c \
	%D%/moment.h \
	%D%/multipart.c \
	%D%/notify.c \
	%D%/oauth.c \
	%D%/oauth.h \
	%D%/options.c \
	%D%/options.h \
	%D%/out.c \
	%D%/out.h \
	%D%/page_token.c \
	%D%/page_token.h \
	%D%/pairs.c \
	%D%/pairs.h \
	%D%/record.c \
	%D%/record.h \
	%D%/recycle_bin.c \
	%D%/route.c \
	%D%/route.h \
	%D%/route_table.c \
	%D%/search.c \
	%D%/server.c \
	%D%/server.h \
	%D%/server_answer.c \
	%D%/server_own.h \
	%D%/sim.h \
	%D%/state.c \
	%D%/tables_books.c \
	%D%/tables_crm.c \
	%D%/value.c \
	%D%/value.h \
	%D%/value_make.c \
	%D%/value_make.h \
	%D%/value_write.c \
	%D%/variant.c \
	%D%/variant.h \
	%D%/view.c \
	%D%/view.h \
	%D%/watch.c \
	%D%/watch.h \
	%D%/watch_condition.c \
	%D%/watch_list.c \
	%D%/watch_own.h \
	%D%/webhook.c \
	%D%/webhook.h \
	%D%/webhook_sign.c \
	%D%/workflow.c \
	%D%/workflow.h \
	%D%/world.c \
	%D%/world.h \
	%D%/world_change.c

sim_tests = \
	%D%/books.bats \
	%D%/bulk.bats \
	%D%/coql.bats \
	%D%/crm_filters.bats \
	%D%/crm_read.bats \
	%D%/crm_write.bats \
	%D%/hooks_books.bats \
	%D%/hooks_crm.bats \
	%D%/limits.bats \
	%D%/merge.bats \
	%D%/notices.bats \
	%D%/oauth.bats \
	%D%/program.bats \
	%D%/sdk.bats

if SIM
check_PROGRAMS += tests/sim/zoho-sim
tests_sim_zoho_sim_SOURCES = $(sim_sources) \
	lib/buf.c lib/err.c lib/json.c lib/json_scan.c lib/json_tree.c lib/text.c
tests_sim_zoho_sim_CPPFLAGS = $(AM_CPPFLAGS) $(SIM_CFLAGS)
tests_sim_zoho_sim_LDADD = $(SIM_LIBS) $(JSONC_LIBS) $(CRYPTO_LIBS)
TESTS += $(sim_tests)

# What npm brought for sdk.bats.
mostlyclean-local:
	rm -rf tests/sim/sdk-run
endif

EXTRA_DIST += \
	$(sim_sources) \
	$(sim_tests) \
	%D%/receiver.py \
	%D%/sim.bash \
	%D%/sdk/package.json \
	%D%/sdk/run.js \
	%D%/zoho-sim.1
