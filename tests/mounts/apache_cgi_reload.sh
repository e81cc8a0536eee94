#!/bin/sh
# Reload, restart and sudden death under a stream of posts, behind
# Apache as plain CGI.
# shellcheck source=tests/mounts/run.sh
. "${TOP_SRCDIR:?}/tests/mounts/run.sh"
mount_run apache-cgi reload
