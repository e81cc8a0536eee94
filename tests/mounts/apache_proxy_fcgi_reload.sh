#!/bin/sh
# Reload, restart and sudden death under a stream of posts, behind
# Apache with mod_proxy_fcgi, the program kept running by cron.
# shellcheck source=tests/mounts/run.sh
. "${TOP_SRCDIR:?}/tests/mounts/run.sh"
mount_run apache-proxy-fcgi reload
