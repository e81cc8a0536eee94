#!/bin/sh
# The promises of receiving behind Apache with mod_proxy_fcgi, the program kept running by cron.
# shellcheck source=tests/mounts/run.sh
. "${TOP_SRCDIR:?}/tests/mounts/run.sh"
mount_run apache-proxy-fcgi mount
