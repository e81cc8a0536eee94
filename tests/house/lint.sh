#!/bin/sh
# What the tools say of the sources: one line each for shellcheck, cppcheck,
# clang-tidy and clang-format. A tool that is missing is skipped.
cd "${TOP_SRCDIR:?}" || exit 1
: "${TOP_BUILDDIR:?}"

n=0
echo 1..4

# verdict NAME TOOL COMMAND...: ok where the command says nothing and exits 0
verdict() {
    n=$((n + 1))
    what=$1
    tool=$2
    shift 2
    if ! command -v "$tool" >/dev/null 2>&1; then
        echo "ok $n - $what # SKIP $tool is not installed"
        return
    fi
    if said=$("$@" 2>&1) && [ -z "$said" ]; then
        echo "ok $n - $what"
    else
        echo "not ok $n - $what"
        printf '%s\n' "$said" | sed 's/^/# /' | head -n 60
    fi
}

shell_scripts() {
    shellcheck -s sh -e SC1091,SC2034,SC2154 tests/stage.sh tests/stage_web.sh etc/quickstart etc/show.sh tests/house/*.sh tests/bench/*.sh tests/fault/*.sh tests/mounts/*.sh
    shellcheck -s bash -e SC1090,SC1091,SC2154,SC2034,SC2030,SC2031 \
        .ci/run tests/promises/*.bash tests/promises/*.bats tests/house/*.bats tests/fuzz/*.bats tests/mounts/*.bats
}

# Those that configure asks the compiler for.
warnings() {
    sed -n '/^m4_foreach_w(\[flag\]/,/\]/p' configure.ac | grep -o -- '-W[a-z0-9=-]*'
}

tidy() {
    # shellcheck disable=SC2046
    clang-tidy --quiet lib/*.c cgi/*.c jobs/*.c -- -std=gnu11 -D_GNU_SOURCE $(warnings) \
        '-DZOHOSYNC_VERSION="0"' '-DSYSCONFDIR="/etc"' '-DBINDIR="/usr/bin"' \
        '-DPKGLIBEXECDIR="/usr/libexec/zohosync"' \
        '-DLOCALSTATEDIR="/var"' '-DPKGDATADIR="/usr/share/zohosync"' -Ilib "-I$TOP_BUILDDIR/sql" \
        $(pkg-config --cflags libpq json-c libcrypto) 2>/dev/null
}

verdict 'shellcheck finds nothing in the scripts' shellcheck shell_scripts
verdict 'cppcheck finds nothing in the programs' cppcheck \
    cppcheck -q --enable=warning,performance,portability --inline-suppr \
    --suppress=missingIncludeSystem -Ilib lib cgi jobs
verdict 'clang-tidy finds nothing in the programs' clang-tidy tidy
verdict 'every C file is as clang-format wants it' clang-format \
    clang-format --dry-run -Werror lib/*.c lib/*.h cgi/*.c jobs/*.c tests/*/*.c tests/*/*.h
