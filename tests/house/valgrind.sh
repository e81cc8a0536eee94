#!/bin/sh
# Unit tests, receiver and drain under valgrind's memcheck: no invalid access,
# no use of what was never written, no leak. TAP output.
#
#   sh tests/house/valgrind.sh SOURCE_DIR BUILD_DIR TEST...
#
# The programs of a stage are replaced by scripts that start the true ones
# under valgrind; each process leaves a file of what was found. A test is a
# program of the build, or a file of bats. Of the latter only what valgrind
# says counts: programs that are thirty times slower may run into limits of
# time that the test does not expect, and then do what is right there.
set -u
src=$1 build=$2
shift 2
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/true" "$tmp/found" "$tmp/tree" "$tmp/tree/cgi" "$tmp/tree/jobs"
ln -s "$build/Makefile" "$tmp/tree/"
cp "$src/tests/house/valgrind.supp" "$tmp/supp"
chmod 755 "$tmp" "$tmp/true"
chmod 777 "$tmp/found"

# Debian's valgrind is a shell script, and a shell drops what is odd in the
# environment of a CGI program: so is no script of ours one.
valgrind=$(command -v valgrind.bin || command -v valgrind) || {
    echo '1..0 # SKIP valgrind is not installed'
    exit 0
}
memcheck="$valgrind -q --leak-check=full --errors-for-leak-kinds=definite,possible
    --error-exitcode=99 --vgdb=no --trace-children=yes
    --suppressions=$tmp/supp
    --trace-children-skip=/bin/*,/usr/bin/*
    --log-file=$tmp/found/%p.%n"

n=0
failed=0

# judge STATUS SENTENCE: nothing was found, and something ran
judge() {
    n=$((n + 1))
    find "$tmp/found" -type f -size +0 -exec cat {} + >"$tmp/why"
    ran=$(find "$tmp/found" -type f | wc -l)
    rm -f "$tmp"/found/*
    if [ "$1" -eq 0 ] && [ "$ran" -gt 0 ] && [ ! -s "$tmp/why" ]; then
        echo "ok $n - $2 ($ran processes)"
        return
    fi
    failed=$((failed + 1))
    echo "not ok $n - $2 ($ran processes)"
    {
        grep -v -e '^ok' -e ' OK ' -e '\[ RUN' "$tmp/said"
        cat "$tmp/why"
    } | head -n 100 | sed 's/^/# /'
}

(cd "$build" && find cgi jobs -maxdepth 1 -type f -perm -u+x) >"$tmp/programs"
while read -r program; do
    cp "$build/$program" "$tmp/true/"
    cat >"$tmp/tree/$program" <<END
#!/usr/bin/python3
import os, sys
command = """$memcheck $tmp/true/${program#*/}""".split()
os.execvp(command[0], command + sys.argv[1:])
END
    chmod 755 "$tmp/tree/$program"
done <"$tmp/programs"

for test in "$@"; do
    case $test in
    *.bats)
        TOP_SRCDIR=$src TOP_BUILDDIR=$tmp/tree bats "$src/$test" \
            >"$tmp/said" 2>&1
        judge 0 "valgrind finds nothing in the programs of $test"
        ;;
    *)
        # shellcheck disable=SC2086
        (cd "$build" && TOP_SRCDIR=$src $memcheck "./$test") \
            >"$tmp/said" 2>&1
        judge $? "valgrind finds nothing in $test"
        ;;
    esac
done
echo "1..$n"
[ "$failed" -eq 0 ]
