# shellcheck shell=sh
# The promises that have to do with receiving, behind one mount: every test of
# tests/promises that carries the tag "mount", as it stands there, with
# STAGE_MOUNT set. Sourced by the file of a mount; prints TAP.
#   mount_run MOUNT TAGS [FILE...]
: "${TOP_SRCDIR:?}" "${TOP_BUILDDIR:?}"
# shellcheck source=tests/stage.sh
. "$TOP_SRCDIR/tests/stage.sh"

mount_run() {
    STAGE_MOUNT=$1
    export STAGE_MOUNT
    lacks=$(stage_lacks "$STAGE_MOUNT")
    if [ -n "$lacks" ]; then
        echo "1..0 # SKIP $lacks"
        exit 0
    fi
    # shellcheck disable=SC2046 # no blanks in our names
    exec bats --tap --filter-tags "$2" \
        $(grep -lE '^# bats (file|test)_tags=(.*,)?'"$2"'(,|$)' "$TOP_SRCDIR"/tests/promises/*.bats)
}
