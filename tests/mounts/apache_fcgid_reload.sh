#!/bin/sh
# Reload, restart and sudden death under a stream of posts, behind
# Apache with mod_fcgid.
# shellcheck source=tests/mounts/run.sh
. "${TOP_SRCDIR:?}/tests/mounts/run.sh"
mount_run apache-fcgid reload
