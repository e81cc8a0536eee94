# Statements and schema files, compiled in as texts: see sql/embed.awk.
# One file a line, sorted.
sql_files = \
	%D%/admin/account.sql \
	%D%/admin/channels.sql \
	%D%/admin/dead_drop.sql \
	%D%/admin/dead_list.sql \
	%D%/admin/dead_retry.sql \
	%D%/admin/dead_show.sql \
	%D%/admin/fields_coverage.sql \
	%D%/admin/fields_drift.sql \
	%D%/admin/fields_list.sql \
	%D%/admin/fields_module.sql \
	%D%/admin/status.sql \
	%D%/backfill/legacy_archive.sql \
	%D%/backfill/legacy_counts.sql \
	%D%/backfill/legacy_rows.sql \
	%D%/backfill/standing.sql \
	%D%/channel/forget.sql \
	%D%/channel/heard.sql \
	%D%/channel/hurry.sql \
	%D%/channel/known.sql \
	%D%/channel/save.sql \
	%D%/drain/apply.sql \
	%D%/drain/bury.sql \
	%D%/drain/changed.sql \
	%D%/drain/claim.sql \
	%D%/drain/crash.sql \
	%D%/drain/days.sql \
	%D%/drain/fields.sql \
	%D%/drain/finish.sql \
	%D%/drain/load.sql \
	%D%/drain/lock.sql \
	%D%/drain/module.sql \
	%D%/drain/partitions.sql \
	%D%/drain/postpone.sql \
	%D%/drain/prune.sql \
	%D%/drain/resolve.sql \
	%D%/drain/try_lock.sql \
	%D%/drain/unlock.sql \
	%D%/drain/wake.sql \
	%D%/fetch/due.sql \
	%D%/fetch/fields.sql \
	%D%/fetch/fields_save.sql \
	%D%/fetch/keep.sql \
	%D%/fetch/known.sql \
	%D%/fetch/later.sql \
	%D%/fetch/settle.sql \
	%D%/fields/modules.sql \
	%D%/fields/save.sql \
	%D%/fields/seen.sql \
	%D%/fields/subforms.sql \
	%D%/fields/view.sql \
	%D%/intake/health.sql \
	%D%/intake/hint.sql \
	%D%/intake/refuse.sql \
	%D%/intake/store.sql \
	%D%/migrate/alone.sql \
	%D%/migrate/applied.sql \
	%D%/migrate/exists.sql \
	%D%/migrate/forget.sql \
	%D%/migrate/received.sql \
	%D%/migrate/record.sql \
	%D%/migrate/records.sql \
	%D%/migrate/tables.sql \
	%D%/projections/books_bills.sql \
	%D%/projections/books_contacts.sql \
	%D%/projections/books_creditnotes.sql \
	%D%/projections/books_inventoryadjustments.sql \
	%D%/projections/books_invoices.sql \
	%D%/projections/books_items.sql \
	%D%/projections/books_pricebooks.sql \
	%D%/reconcile/absent.sql \
	%D%/reconcile/begin.sql \
	%D%/reconcile/compare.sql \
	%D%/reconcile/deleted.sql \
	%D%/reconcile/done.sql \
	%D%/reconcile/doubt.sql \
	%D%/reconcile/due.sql \
	%D%/reconcile/failed.sql \
	%D%/reconcile/mark.sql \
	%D%/reconcile/mark_save.sql \
	%D%/reconcile/referrers.sql \
	%D%/session/begin.sql \
	%D%/session/finish.sql \
	%D%/session/outcome.sql \
	%D%/session/progress.sql \
	%D%/session/say.sql \
	%D%/setup/contents.sql \
	%D%/setup/database.sql \
	%D%/setup/groups.sql \
	%D%/setup/login.sql \
	%D%/setup/open.sql \
	%D%/setup/rights.sql \
	%D%/setup/taken.sql \
	%D%/verify/sample.sql \
	%D%/zoho/close_pool.sql \
	%D%/zoho/enter.sql \
	%D%/zoho/leave.sql \
	%D%/zoho/left_over.sql \
	%D%/zoho/limits.sql \
	%D%/zoho/take.sql \
	%D%/zoho/token_lock.sql \
	%D%/zoho/token_read.sql \
	%D%/zoho/token_refused.sql \
	%D%/zoho/token_save.sql \
	%D%/zoho/token_unlock.sql

sql_schema = \
	%D%/schema/0001_ground.sql \
	%D%/schema/0002_receiving.sql \
	%D%/schema/0003_mirror.sql \
	%D%/schema/0004_outcome.sql \
	%D%/schema/0005_fields.sql \
	%D%/schema/0006_crm_views.sql \
	%D%/schema/0007_books.sql \
	%D%/schema/0008_old_names.sql \
	%D%/schema/0009_budget.sql \
	%D%/schema/0010_session.sql \
	%D%/schema/0011_backfill.sql \
	%D%/schema/0012_metadata.sql \
	%D%/schema/0013_channel.sql \
	%D%/schema/0014_history.sql

sql_down = \
	%D%/down/0001_ground.sql \
	%D%/down/0002_receiving.sql \
	%D%/down/0003_mirror.sql \
	%D%/down/0004_outcome.sql \
	%D%/down/0005_fields.sql \
	%D%/down/0006_crm_views.sql \
	%D%/down/0007_books.sql \
	%D%/down/0008_old_names.sql \
	%D%/down/0009_budget.sql \
	%D%/down/0010_session.sql \
	%D%/down/0011_backfill.sql \
	%D%/down/0012_metadata.sql \
	%D%/down/0013_channel.sql \
	%D%/down/0014_history.sql

EXTRA_DIST += $(sql_files) $(sql_schema) $(sql_down) %D%/embed.awk
BUILT_SOURCES += %D%/texts.c %D%/texts.h
CLEANFILES += %D%/texts.c %D%/texts.h

%D%/texts.c: $(sql_files) $(sql_schema) $(sql_down) %D%/embed.awk
	$(AM_V_GEN)$(MKDIR_P) %D% && cd $(srcdir) && \
	$(AWK) -v want=source -f %D%/embed.awk $(sql_files) $(sql_schema) \
	    $(sql_down) > $(abs_builddir)/$@.tmp && \
	mv $(abs_builddir)/$@.tmp $(abs_builddir)/$@
%D%/texts.h: $(sql_files) %D%/embed.awk
	$(AM_V_GEN)$(MKDIR_P) %D% && cd $(srcdir) && \
	$(AWK) -v want=header -f %D%/embed.awk $(sql_files) $(sql_schema) \
	    $(sql_down) > $(abs_builddir)/$@.tmp && \
	mv $(abs_builddir)/$@.tmp $(abs_builddir)/$@

dist_man_MANS += %D%/zohosync-schema.7
