#!/bin/sh
# The short form of crash_states.py for make check: some states of each moment.
: "${TOP_SRCDIR:=$(cd "$(dirname "$0")/../.." && pwd)}"
export TOP_SRCDIR
exec python3 "$TOP_SRCDIR/tests/fault/crash_states.py" --short --seed "${SEED:-1}"
