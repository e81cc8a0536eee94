#!/bin/sh
# What the tests reach of lib/: "make coverage". Builds a tree of its own,
# runs the parts and the promises in it, and prints lines and branches of each
# file. What decides what becomes of an event has a bar; the exit status is 1
# where a file stays below it or a test fails.
#
#   sh tests/house/coverage.sh SOURCE_DIR TREE TEST...
#
# Without a TEST it only prints what the tree has counted so far. A program
# that is killed loses its counts: what only a killed one ran counts as not
# reached. Branches that only C++ exceptions take are left out.
set -u
bar=90
decides='apikey apikey_line body change choice date dedupe digest envelope
    figure kind mirror normalise note operation proof queue reading record
    reference signature store'

src=$(cd "$1" && pwd) tree=$2
shift 2

# As root the stage's programs run as postgres, from copies; each adds to the
# counts where its object file was made. umask and modes let both in.
open_to_all() {
    umask 0
    find lib cgi jobs -type d -exec chmod a+rwx {} +
    find . -name '*.gcda' -delete
    if [ "$(id -u)" -eq 0 ] &&
        ! runuser -u postgres -- test -w "$tree/lib"; then
        echo "coverage: the user postgres cannot write into $tree" >&2
        return 1
    fi
}

# The compiler flushes counts at exit(), not at _exit().
build() {
    [ -f flush.o ] || ${CC:-cc} -c -o flush.o \
        "$src/tests/house/coverage_flush.c" || return 1
    [ -f Makefile ] || "$src/configure" -q \
        CFLAGS='-O0 -g --coverage -fprofile-update=atomic' \
        CXXFLAGS='-O0 -g --coverage -fprofile-update=atomic' \
        LDFLAGS="--coverage -Wl,--wrap=_exit $tree/flush.o" || return 1
    make -s all PREFIX_MAP= && make -s check TESTS= PREFIX_MAP=
}

table() {
    gcovr -r "$src" --object-directory "$tree/lib" --filter "$src/lib/" \
        --exclude-throw-branches --exclude-unreachable-branches \
        --csv "$tree/coverage.csv" "$tree/lib" || return 1
    awk -F , -v bar="$bar" -v decides="$decides" '
        function share(part, all) { return all > 0 ? 100 * part / all : 100 }
        function row(name, n, got, b, took, mark) {
            printf "%-24s %5d %6.1f %%   %5d %6.1f %%  %s\n", name, n,
                share(got, n), b, share(took, b), mark
        }
        BEGIN {
            n = split(decides, word, /[ \n]+/)
            for (i = 1; i <= n; i++)
                wanted["lib/" word[i] ".c"] = 1
            printf "%-24s %5s %8s   %5s %8s\n", "", "lines", "", "branches", ""
        }
        NR > 1 && $1 ~ /\.(c|cc)$/ {
            mark = ""
            if ($1 in wanted) {
                delete wanted[$1]
                low = share($6, $5) < bar
                mark = low ? "decides, BELOW " bar " %" : "decides"
                below += low
                d2 += $2; d3 += $3; d5 += $5; d6 += $6
            }
            row($1, $2, $3, $5, $6, mark)
            a2 += $2; a3 += $3; a5 += $5; a6 += $6
        }
        END {
            row("what decides", d2, d3, d5, d6, "")
            row("all", a2, a3, a5, a6, "")
            for (name in wanted) {
                print name ": not counted at all"
                below++
            }
            exit below > 0
        }' "$tree/coverage.csv"
}

mkdir -p "$tree" && cd "$tree" || exit 1
status=0
if [ $# -gt 0 ]; then
    build && open_to_all || exit 1
    make check TESTS="$*" PREFIX_MAP= || status=1
fi
table || status=1
exit "$status"
