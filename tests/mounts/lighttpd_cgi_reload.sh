#!/bin/sh
# Reload, restart and sudden death under a stream of posts, behind
# lighttpd as plain CGI.
# shellcheck source=tests/mounts/run.sh
. "${TOP_SRCDIR:?}/tests/mounts/run.sh"
mount_run cgi reload
