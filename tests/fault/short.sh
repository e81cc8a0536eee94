#!/bin/sh
# The short form of "make fault", a line of TAP each.
: "${TOP_SRCDIR:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${TOP_BUILDDIR:=$TOP_SRCDIR}"
export TOP_SRCDIR TOP_BUILDDIR
exec python3 "$TOP_SRCDIR/tests/fault/run.py" --short --tap --jobs 3 --results ''
