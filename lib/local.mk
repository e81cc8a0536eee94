# What the programs share, in floors: a file includes none of a floor above
# its own, which tests/house/floors checks against this list. One noun a file.
noinst_LIBRARIES += lib/libzohosync.a

# the ground
lib_floor0 = \
	%D%/account.c %D%/account.h \
	%D%/aside.c %D%/aside.h \
	%D%/buf.c %D%/buf.h \
	%D%/clock.c %D%/clock.h \
	%D%/date.c %D%/date.h \
	%D%/err.c %D%/err.h \
	%D%/file.c %D%/file.h \
	%D%/gather.c %D%/gather.h \
	%D%/log.c %D%/log.h \
	%D%/making.c %D%/making.h \
	%D%/place.c %D%/place.h \
	%D%/settings.c %D%/settings.h \
	%D%/settings_put.c %D%/settings_rows.c \
	%D%/loop.c %D%/loop.h \
	%D%/sql.h \
	%D%/stop.c %D%/stop.h \
	%D%/text.c %D%/text.h

# thin over libpq, json-c, OpenSSL, libcurl and the web server's interface
lib_floor1 = \
	%D%/array.c %D%/array.h \
	%D%/conninfo.c %D%/conninfo.h \
	%D%/db.c %D%/db.h \
	%D%/digest.c %D%/digest.h \
	%D%/exchange.h \
	%D%/fcgi_params.c %D%/fcgi_params.h \
	%D%/fcgi_wire.c %D%/fcgi_wire.h \
	%D%/form.c %D%/form.h \
	%D%/http.c %D%/http.h \
	%D%/http_call.c %D%/http_own.h %D%/http_pairs.c \
	%D%/json.c %D%/json.h %D%/json_tree.c \
	%D%/json_scan.c %D%/json_scan.h \
	%D%/passfile.c %D%/passfile.h \
	%D%/phone.h \
	%D%/pipeline.c %D%/pipeline.h \
	%D%/progress.c %D%/progress.h \
	%D%/request.c %D%/request.h \
	%D%/rows.c %D%/rows.h \
	%D%/seal.c %D%/seal.h \
	%D%/secret.c %D%/secret.h

# what the domain knows
lib_floor2 = \
	%D%/answer.c %D%/answer.h \
	%D%/apikey.c %D%/apikey.h \
	%D%/apikey_line.c %D%/apikey_line.h \
	%D%/body.c %D%/body.h \
	%D%/budget.c %D%/budget.h \
	%D%/centre.c %D%/centre.h \
	%D%/chain.c %D%/chain.h \
	%D%/change.c %D%/change.h \
	%D%/choice.c \
	%D%/chores.c %D%/chores.h \
	%D%/chosen.c %D%/chosen.h \
	%D%/datatype.c %D%/datatype.h \
	%D%/dedupe.c %D%/dedupe.h \
	%D%/envelope.c %D%/envelope.h \
	%D%/figure.c \
	%D%/front.c %D%/front.h \
	%D%/group.c %D%/group.h \
	%D%/keep.c %D%/keep.h \
	%D%/hook.c %D%/hook.h \
	%D%/kind.c %D%/kind.h \
	%D%/login.c %D%/login.h \
	%D%/mint.c %D%/mint.h \
	%D%/module.c %D%/module.h \
	%D%/normalise.c %D%/normalise.h \
	%D%/note.c %D%/note.h \
	%D%/operation.c %D%/operation.h \
	%D%/organisation.c %D%/organisation.h \
	%D%/proof.c %D%/proof.h \
	%D%/reading.c %D%/reading.h \
	%D%/record.c %D%/record.h \
	%D%/reference.c \
	%D%/refill.c %D%/refill.h \
	%D%/refused.c %D%/refused.h \
	%D%/rules.c %D%/rules.h \
	%D%/schema.c %D%/schema.h \
	%D%/session.c %D%/session.h \
	%D%/signature.c %D%/signature.h \
	%D%/slot.c %D%/slot.h \
	%D%/spool.c %D%/spool.h %D%/spool_put.c \
	%D%/token.c %D%/token.h \
	%D%/verdict.c %D%/verdict.h

# what the product does
lib_floor3 = \
	%D%/access.c %D%/access.h \
	%D%/asking.c %D%/asking.h \
	%D%/backfill.c %D%/backfill.h \
	%D%/backfill_pages.c %D%/backfill_own.h \
	%D%/backfill_prove.c \
	%D%/channel.c %D%/channel.h \
	%D%/compare.c %D%/compare.h \
	%D%/crm.c %D%/crm.h \
	%D%/drain.c %D%/drain.h \
	%D%/failures.c %D%/failures.h \
	%D%/fetch.c %D%/fetch.h \
	%D%/fetch_ask.c %D%/fetch_own.h \
	%D%/fetch_put.c \
	%D%/fetcher.c %D%/fetcher.h \
	%D%/founding.c %D%/founding.h \
	%D%/health.c %D%/health.h \
	%D%/hint.c %D%/hint.h \
	%D%/hook_books.c %D%/hook_books.h \
	%D%/hook_crm.c %D%/hook_crm.h \
	%D%/intake.c %D%/intake.h \
	%D%/legacy.c %D%/legacy.h \
	%D%/legacy_load.c \
	%D%/link.c %D%/link.h \
	%D%/listing.c %D%/listing.h \
	%D%/listing_place.c %D%/listing_own.h \
	%D%/listing_query.c \
	%D%/lookup.c %D%/lookup.h \
	%D%/metadata.c %D%/metadata.h \
	%D%/mirror.c %D%/mirror.h \
	%D%/pages.c %D%/pages.h \
	%D%/paste.c %D%/paste.h \
	%D%/queue.c %D%/queue.h \
	%D%/reconcile.c %D%/reconcile.h \
	%D%/reconcile_bring.c %D%/reconcile_own.h \
	%D%/reconcile_pages.c \
	%D%/spooler.c %D%/spooler.h \
	%D%/spot.c %D%/spot.h \
	%D%/store.c %D%/store.h \
	%D%/task.c %D%/task.h \
	%D%/telling.c %D%/telling.h \
	%D%/tool.c %D%/tool.h \
	%D%/unspool.c %D%/unspool.h \
	%D%/verify.c %D%/verify.h \
	%D%/watch.c %D%/watch.h \
	%D%/watched.c %D%/watched.h \
	%D%/width.c %D%/width.h \
	%D%/worker.c %D%/worker.h \
	%D%/zoho.c %D%/zoho.h \
	%D%/zoho_call.c %D%/zoho_own.h \
	%D%/zoho_send.c

# the skeletons of the programs
lib_floor4 = \
	%D%/connection.c %D%/connection.h \
	%D%/connection_own.h %D%/connections.c \
	%D%/fcgi_main.c %D%/fcgi_main.h \
	%D%/job_main.c %D%/job_main.h \
	%D%/keeper.c %D%/keeper.h \
	%D%/route.c %D%/route.h \
	%D%/server.c %D%/server.h

lib_libzohosync_a_SOURCES = \
	$(lib_floor0) $(lib_floor1) $(lib_floor2) $(lib_floor3) $(lib_floor4)
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
