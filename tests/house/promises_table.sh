#!/bin/sh
# tests/PROMISES.md and the tests agree: each promise has its row, each file of
# tests/promises is named, each named file is there. TAP output.
#
#   TOP_SRCDIR=. sh tests/house/promises_table.sh
set -u
: "${TOP_SRCDIR:=$(cd "$(dirname "$0")/../.." && pwd)}"
cd "$TOP_SRCDIR/tests" || exit 99
export LC_ALL=C
found=$(mktemp)
trap 'rm -f "$found"' EXIT

n=0
failed=0
# says SENTENCE: holds where the rule before it found nothing
says() {
    n=$((n + 1))
    if [ ! -s "$found" ]; then
        echo "ok $n - $1"
        return
    fi
    failed=$((failed + 1))
    echo "not ok $n - $1"
    sed 's/^/# /' "$found"
}

# row NUMBER: the line of that promise
row() {
    grep "^| $1 |" PROMISES.md
}

# The files that stand in backticks.
# shellcheck disable=SC2016
named() {
    grep -oE '`[a-z]+/[a-z0-9_/]+\.(bats|sh|c|py|tsv)`' | tr -d '`'
}

for number in 1 2 3 4 5 6 7 8 9 10; do
    case $(row $number | wc -l) in
    1) ;;
    0) echo "promise $number has no row" ;;
    *) echo "promise $number has several rows" ;;
    esac
    row $number | awk -F ' *[|] *' -v number=$number '
        $3 == "" || $4 == "" || $5 == "" || NF != 6 {
            print "promise " number ": a column is empty or one too many"
        }'
done >"$found"
says 'each of the ten promises has one row, with tests and figures'

for file in promises/promise_[0-9][0-9]_*.bats; do
    number=${file#promises/promise_}
    number=${number%%_*}
    row "${number#0}" | named | grep -qxF "$file" ||
        echo "$file is not in its row"
done >"$found"
says 'each file of a promise is named in its row'

for file in promises/*.bats; do
    named <PROMISES.md | grep -qxF "$file" || echo "$file is not named"
done >"$found"
says 'each file of tests/promises is named'

named <PROMISES.md | sort -u | while read -r file; do
    [ -f "$file" ] || echo "$file is not there"
done >"$found"
says 'each named file is there'

echo "1..$n"
[ "$failed" -eq 0 ]
