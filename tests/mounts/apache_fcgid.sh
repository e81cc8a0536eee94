#!/bin/sh
# The promises of receiving behind Apache with mod_fcgid.
# shellcheck source=tests/mounts/run.sh
. "${TOP_SRCDIR:?}/tests/mounts/run.sh"
mount_run apache-fcgid mount
