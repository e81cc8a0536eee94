#!/bin/sh
# The short form of fail_each.py for make check: some calls of every kind.
: "${TOP_SRCDIR:=$(cd "$(dirname "$0")/../.." && pwd)}"
export TOP_SRCDIR
exec python3 "$TOP_SRCDIR/tests/fault/fail_each.py" --sample "${SAMPLE:-12}" --seed "${SEED:-1}"
