#!/bin/sh
# Two builds of one source are the same, byte for byte (R40): from another
# place, into another place, later, under another umask, language and time
# zone. TAP output.
#
#   TOP_BUILDDIR=. sh tests/house/reproducible.sh
set -u
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT

# build SOURCE TREE: all programs and their archives
build() {
    mkdir -p "$2" && cd "$2" || return 1
    "$1/configure" -q && make -s all
}

# What the build made that runs or is linked, by name.
sums() {
    (cd "$1" && find cgi jobs lib sql -type f \
        \( -perm -u+x -o -name '*.a' -o -name 'texts.[ch]' \) |
        LC_ALL=C sort | xargs sha256sum)
}

n=0
failed=0
ok() {
    n=$((n + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $n - $2"
        return
    fi
    failed=$((failed + 1))
    echo "not ok $n - $2"
    sed 's/^/# /' "$tmp/why" | head -n 40
}

first=$tmp/source
second=$tmp/elsewhere/with/a/longer/name
make -s -C "${TOP_BUILDDIR:?}" distdir distdir="$first" >"$tmp/why" 2>&1
ok $? 'there is a source to distribute'
mkdir -p "$second"
cp -R "$first/." "$second"
find "$second" -type f -exec touch -d 2001-09-09T01:46:40Z {} +

(umask 022 && LC_ALL=C TZ=UTC build "$first" "$tmp/one") >"$tmp/why" 2>&1
ok $? 'the source builds in one place'
(umask 077 && LC_ALL=C.UTF-8 TZ=Asia/Kathmandu build "$second" "$tmp/two/er") \
    >"$tmp/why" 2>&1
ok $? 'a copy of it builds in another, later, under other habits'

sums "$tmp/one" >"$tmp/sums.one"
sums "$tmp/two/er" >"$tmp/sums.two"
grep -q ' cgi/webhook$' "$tmp/sums.one"
ok $? 'there is something to compare'
diff "$tmp/sums.one" "$tmp/sums.two" >"$tmp/why"
ok $? 'programs, archives and texts are the same'

sed -n 's/.* \(cgi\/webhook\|jobs\/[a-z]*\)$/\1/p' "$tmp/sums.one" |
    while read -r program; do
        ! grep -qF "$tmp" "$tmp/one/$program" ||
            echo "$program"
    done >"$tmp/why"
[ ! -s "$tmp/why" ]
ok $? 'no program holds the path it was built in'

echo "1..$n"
[ "$failed" -eq 0 ]
