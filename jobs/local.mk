# Programs cron or a person starts, and the front door.
bin_PROGRAMS += jobs/zohosync
pkglibexec_PROGRAMS += \
	jobs/backfill \
	jobs/dead \
	jobs/drain \
	jobs/fetch \
	jobs/fields \
	jobs/get \
	jobs/key \
	jobs/login \
	jobs/migrate \
	jobs/reconcile \
	jobs/setup \
	jobs/status \
	jobs/verify \
	jobs/watch \
	jobs/webhooks

jobs_zohosync_SOURCES = %D%/zohosync.c

# Those that normalise take the C++ shim, and so the C++ linker.
jobs_backfill_SOURCES = %D%/backfill.c
nodist_EXTRA_jobs_backfill_SOURCES = force_cxx_link.cxx
jobs_backfill_LDADD = lib/libzohosync.a lib/libphone.a $(ZOHOSYNC_LIBS) \
	$(PHONE_LIBS) $(CURL_LIBS)

jobs_verify_SOURCES = %D%/verify.c
nodist_EXTRA_jobs_verify_SOURCES = force_cxx_link.cxx
jobs_verify_LDADD = lib/libzohosync.a lib/libphone.a $(ZOHOSYNC_LIBS) \
	$(PHONE_LIBS) $(CURL_LIBS)

jobs_drain_SOURCES = %D%/drain.c
nodist_EXTRA_jobs_drain_SOURCES = force_cxx_link.cxx
jobs_drain_LDADD = lib/libzohosync.a lib/libphone.a $(ZOHOSYNC_LIBS) $(PHONE_LIBS)

jobs_fetch_SOURCES = %D%/fetch.c
jobs_fetch_LDADD = $(ZOHOSYNC_LIBS) $(CURL_LIBS)

jobs_fields_SOURCES = %D%/fields.c
jobs_fields_LDADD = $(ZOHOSYNC_LIBS) $(CURL_LIBS)

jobs_get_SOURCES = %D%/get.c
nodist_EXTRA_jobs_get_SOURCES = force_cxx_link.cxx
jobs_get_LDADD = lib/libzohosync.a lib/libphone.a $(ZOHOSYNC_LIBS) \
	$(PHONE_LIBS) $(CURL_LIBS)

jobs_reconcile_SOURCES = %D%/reconcile.c
nodist_EXTRA_jobs_reconcile_SOURCES = force_cxx_link.cxx
jobs_reconcile_LDADD = lib/libzohosync.a lib/libphone.a $(ZOHOSYNC_LIBS) \
	$(PHONE_LIBS) $(CURL_LIBS)

jobs_migrate_SOURCES = %D%/migrate.c
jobs_migrate_LDADD = $(ZOHOSYNC_LIBS)

jobs_dead_SOURCES = %D%/dead.c
jobs_dead_LDADD = $(ZOHOSYNC_LIBS)

jobs_key_SOURCES = %D%/key.c
jobs_key_LDADD = $(ZOHOSYNC_LIBS)

jobs_login_SOURCES = %D%/login.c
jobs_login_LDADD = $(ZOHOSYNC_LIBS) $(CURL_LIBS)

jobs_setup_SOURCES = %D%/setup.c
jobs_setup_CPPFLAGS = $(AM_CPPFLAGS) -DLOCALSTATEDIR='"$(localstatedir)"' \
	-DPKGDATADIR='"$(pkgdatadir)"'
jobs_setup_LDADD = $(ZOHOSYNC_LIBS)

jobs_status_SOURCES = %D%/status.c
jobs_status_LDADD = $(ZOHOSYNC_LIBS)

jobs_watch_SOURCES = %D%/watch.c
jobs_watch_LDADD = $(ZOHOSYNC_LIBS) $(CURL_LIBS)

jobs_webhooks_SOURCES = %D%/webhooks.c
jobs_webhooks_LDADD = $(ZOHOSYNC_LIBS) $(CURL_LIBS)

dist_man_MANS += \
	%D%/zohosync-backfill.8 \
	%D%/zohosync-dead.8 \
	%D%/zohosync-drain.8 \
	%D%/zohosync-fetch.8 \
	%D%/zohosync-fields.8 \
	%D%/zohosync-get.8 \
	%D%/zohosync-key.8 \
	%D%/zohosync-login.8 \
	%D%/zohosync-migrate.8 \
	%D%/zohosync-reconcile.8 \
	%D%/zohosync-setup.8 \
	%D%/zohosync-status.8 \
	%D%/zohosync-verify.8 \
	%D%/zohosync-watch.8 \
	%D%/zohosync-webhooks.8 \
	%D%/zohosync.8
