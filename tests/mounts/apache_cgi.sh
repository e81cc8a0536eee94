#!/bin/sh
# The promises of receiving behind Apache as plain CGI.
# shellcheck source=tests/mounts/run.sh
. "${TOP_SRCDIR:?}/tests/mounts/run.sh"
mount_run apache-cgi mount
