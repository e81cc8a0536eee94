#!/bin/sh
# The parts and the promises that read what strangers send, once more under
# AddressSanitizer and UndefinedBehaviorSanitizer, in a build tree of its own.
# "make check-sanitized" runs every test so.
cd "${TOP_BUILDDIR:?}" || exit 1
: "${TOP_SRCDIR:?}"
tree=$TOP_BUILDDIR/sanitized

case ${SANITIZED_TREE:-} in
?*)
    echo '1..0 # SKIP this is that tree'
    exit 0
    ;;
esac

units=$(sed -n 's/^	\(tests\/unit\/test_[a-z_]*\).*/\1/p' "$TOP_SRCDIR/tests/local.mk" |
    sort -u | tr '\n' ' ')
promises='tests/promises/bad_input.bats tests/promises/bodies.bats
tests/promises/promise_03_newest_wins.bats tests/promises/promise_05_unproven.bats
tests/promises/promise_05_keys.bats tests/promises/promise_05_refusals.bats
tests/promises/dead_letters.bats'

step() {
    what=$1
    shift
    n=$((n + 1))
    if "$@" >"$tree/log" 2>&1; then
        echo "ok $n - $what"
    else
        echo "not ok $n - $what"
        grep -E '^(FAIL|ERROR)|error|ERROR: Addr|runtime error' "$tree/log" | sed 's/^/# /' | head -n 40
    fi
}

build() {
    cd "$tree" || return 1
    [ -f Makefile ] || "$TOP_SRCDIR/configure" -q --enable-sanitizers \
        CFLAGS='-O1 -g' CXXFLAGS='-O1 -g' || return 1
    make -j2
}

run() {
    cd "$tree" || return 1
    SANITIZED_TREE=yes MAKEFLAGS='' make check TESTS="$*"
}

n=0
echo 1..4
mkdir -p "$tree"
step 'the tree builds with the sanitizers' build
# shellcheck disable=SC2086
step 'the parts run clean under them' run $units
# shellcheck disable=SC2086
step 'the promises run clean under them' run $promises
step 'the saved fuzz inputs run clean under them' run tests/fuzz/replay
