#!/bin/sh
# The documents say what the code does, and the code does what they say: both
# ways, for settings, options, routes, statuses, commands and tables. Lists
# that differ are printed with < for the first and > for the second.
# shellcheck disable=SC2016 # $1 and its like belong to awk

LC_ALL=C
export LC_ALL
src=${TOP_SRCDIR:-.}
build=${TOP_BUILDDIR:-$src}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
cd "$src" || exit 1
build=$(cd "$OLDPWD" && cd "$build" && pwd)

count=0
failed=0

# ok STATUS SENTENCE: one line of TAP, and what $tmp/why holds if it failed
ok() {
    count=$((count + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $count - $2"
    else
        failed=$((failed + 1))
        echo "not ok $count - $2"
        sed 's/^/# /' "$tmp/why"
    fi
    : >"$tmp/why"
}

# same FILE FILE SENTENCE: both hold the same lines, and at least one
same() {
    sort -u "$1" >"$tmp/left"
    sort -u "$2" >"$tmp/right"
    if [ ! -s "$tmp/left" ]; then
        echo "nothing was found to compare" >"$tmp/why"
        ok 1 "$3"
        return
    fi
    diff "$tmp/left" "$tmp/right" | grep '^[<>]' >"$tmp/why"
    [ ! -s "$tmp/why" ]
    ok $? "$3"
}

# none SENTENCE: $tmp/why is empty
none() {
    [ ! -s "$tmp/why" ]
    ok $? "$1"
}

page_of() {
    case $1 in
    webhook) echo cgi/zohosync-webhook.8 ;;
    zohosync) echo jobs/zohosync.8 ;;
    *) echo "jobs/zohosync-$1.8" ;;
    esac
}

jobs=$(sed -n 's/^jobs_\([a-z]*\)_SOURCES.*/\1/p' jobs/local.mk |
    grep -v '^zohosync$')
pages=$(find cgi jobs etc sql -name '*.[578]' | sort)

# ---- settings ----

# A row of lib/settings_rows.c on one line: KIND NAME DEFAULT MIN MAX, - for none
rows() {
    tr '\n\t' '  ' <lib/settings_rows.c |
        grep -oE '(TEXT|SECRET|NUMBER|SWITCH)\([A-Z_]+,[^"]*("[^"]*",)?( *[0-9]+, *[0-9]+,)?' |
        awk -F '[(,]' '{
            kind = $1; name = $2; text = "-"; min = "-"; max = "-"
            if (kind != "SECRET" && match($0, /"[^"]*"/) && RLENGTH > 2)
                text = substr($0, RSTART + 1, RLENGTH - 2)
            if (kind == "NUMBER") { min = $(NF - 2); max = $(NF - 1) }
            gsub(/ /, "", min); gsub(/ /, "", max)
            print kind, name, text, min, max
        }'
}
rows >"$tmp/rows"
cut -d ' ' -f 2 "$tmp/rows" >"$tmp/settings"

sed -n 's/^\.It Cm \([A-Z_]*\)$/\1/p' etc/zohosync.conf.5 >"$tmp/listed"
same "$tmp/settings" "$tmp/listed" \
    "each setting is in zohosync.conf(5), and nothing else is"

sed -n 's/^#* *\(export \)*\([A-Z][A-Z_]*\)=.*/\2/p' \
    etc/zohosync.conf.sample >"$tmp/listed"
same "$tmp/settings" "$tmp/listed" \
    "each setting is in the sample file, and nothing else is"

# The item of a setting as words, one a line, without the macros' marks.
words_of() {
    awk -v want="$1" '
        /^\.It / || /^\.El/ { on = ($2 == "Cm" && $3 == want); next }
        on' etc/zohosync.conf.5 | tr ' ' '\n' | sed 's/[.;]$//'
}
while read -r kind name text min max; do
    words_of "$name" >"$tmp/words"
    for word in "$text" "$min" "$max"; do
        [ "$word" = - ] || grep -qxF -e "$word" "$tmp/words" ||
            echo "$name: $word is not in its item" >>"$tmp/why"
    done
    if [ "$kind" = SECRET ] && ! grep -qx Secret "$tmp/words"; then
        echo "$name: not called a secret" >>"$tmp/why"
    fi
    if [ "$kind" != SECRET ] && grep -qx Secret "$tmp/words"; then
        echo "$name: called a secret" >>"$tmp/why"
    fi
done <"$tmp/rows"
none "zohosync.conf(5) has each default, each range and each secret"

sed -n 's/^\t{ "\([A-Z_]*\)", SET_[A-Z_]* },$/\1/p' lib/settings.c |
    while read -r old; do
        grep -q "^\.Cm $old\$" etc/zohosync.conf.5 || echo "$old"
    done >"$tmp/why"
none "zohosync.conf(5) names the old names of settings"

# ---- options ----

# Options at the start of the lines of a help text.
options_of_help() {
    awk '/^ +-/ { for (i = 1; $i ~ /^-/; i++) { sub(/,$/, "", $i); print $i } }'
}
options_of_page() {
    awk '/^\.It Fl/ { for (i = 2; i < NF; i++) if ($i == "Fl") print "-" $(i + 1) }' "$1"
}
for name in $jobs webhook; do
    program=$build/jobs/$name
    [ "$name" != webhook ] || program=$build/cgi/webhook
    "$program" --help | options_of_help >"$tmp/a"
    options_of_page "$(page_of "$name")" >"$tmp/b"
    same "$tmp/a" "$tmp/b" "$name: --help and its page have the same options"
done
grep -oE '"--?[a-zA-Z]+"' jobs/zohosync.c | tr -d '"' >"$tmp/a"
options_of_page jobs/zohosync.8 >"$tmp/b"
same "$tmp/a" "$tmp/b" "zohosync: the program and its page have the same options"

# ---- exit statuses ----

# By hand: sysexits(3).
number_of() {
    case $1 in
    EX_OK) echo 0 ;;
    EX_USAGE) echo 64 ;;
    EX_DATAERR) echo 65 ;;
    EX_UNAVAILABLE) echo 69 ;;
    EX_SOFTWARE) echo 70 ;;
    EX_OSERR) echo 71 ;;
    EX_IOERR) echo 74 ;;
    EX_TEMPFAIL) echo 75 ;;
    EX_CONFIG) echo 78 ;;
    *) echo "unknown:$1" ;;
    esac
}
statuses_in() {
    grep -ohE '\bEX_[A-Z]+' "$@" | sort -u | while read -r name; do
        number_of "$name"
    done
}
statuses_of_page() {
    awk '/^\.Sh/ { on = /EXIT STATUS/ } on && /^\.It/ { print $2 }' "$1"
}
for name in $jobs; do
    statuses_in lib/job_main.c lib/err.c >"$tmp/a"
    statuses_of_page "$(page_of "$name")" >"$tmp/b"
    same "$tmp/a" "$tmp/b" "$name: its page has each exit status, and no other"
done
statuses_in lib/fcgi_main.c >"$tmp/a"
statuses_of_page cgi/zohosync-webhook.8 >"$tmp/b"
same "$tmp/a" "$tmp/b" "webhook: its page has each exit status, and no other"
statuses_in jobs/zohosync.c >"$tmp/a"
statuses_of_page jobs/zohosync.8 >"$tmp/b"
same "$tmp/a" "$tmp/b" "zohosync: its page has each exit status, and no other"

# ---- routes ----

sed -n 's/^\t{ "\([A-Z]*\)", "\([^"]*\)", .*/\1 \2/p' cgi/webhook.c >"$tmp/a"
awk '/^\.It Ic [A-Z]+ Pa / { print $3, $5 }' cgi/zohosync-webhook.8 >"$tmp/b"
same "$tmp/a" "$tmp/b" "each route is in the page of webhook, and nothing else is"

# Routes of modules: of Books by their members, of the CRM by their macro.
tr '\n\t' '  ' <lib/module.c |
    sed 's/{ *\.name/\n&/g; s/ CRM("/\n&/g' |
    sed -n -e 's/^{ *\.name = "\([a-z.]*\)".*\.route = "\([a-z-]*\)".*/\2 \1/p' \
        -e 's/^ CRM("\([a-z.]*\)", "\([A-Za-z]*\)".*/\2 \1/p' >"$tmp/a"
awk '/^\.It Li [A-Za-z-]+ Ta Li / { print $3, $6 }' \
    cgi/zohosync-webhook.8 >"$tmp/b"
same "$tmp/a" "$tmp/b" "each module's route is in the page of webhook"

sed -n 's/^\t{ \([2-5][0-9][0-9]\), "[A-Z].*/\1/p' lib/request.c >"$tmp/a"
awk '/^\.Ss/ { on = /Answers/ } on && /^\.It/ { print $2 }' \
    cgi/zohosync-webhook.8 >"$tmp/b"
same "$tmp/a" "$tmp/b" "each status that webhook answers is in its page"

# ---- commands ----

sed -n 's/^\t{ "\([a-z]*\)", "[^"]*" },$/\1/p' jobs/zohosync.c >"$tmp/commands"
awk '/^\.It Ic / { print $3 }' jobs/zohosync.8 >"$tmp/b"
same "$tmp/commands" "$tmp/b" "each command is in zohosync(8), and nothing else is"
echo "$jobs" >"$tmp/b"
same "$tmp/commands" "$tmp/b" "each job is a command, and each command a job"

completion=etc/zohosync.bash-completion
while read -r command; do
    grep -qwF -e "$command" $completion 2>>"$tmp/why" ||
        echo "$command" >>"$tmp/why"
done <"$tmp/commands"
none "each command is completed by bash"
for name in $jobs; do
    "$build/jobs/$name" --help | options_of_help | grep '^--' |
        while read -r option; do
            grep -qE -e "(^|[^a-z-])$option([^a-z-]|\$)" $completion \
                2>/dev/null || echo "$name $option"
        done
done >"$tmp/why"
none "each option is completed by bash"

# ---- tables ----

cat sql/schema/*.sql >"$tmp/sql"
grep -oE '^create (table|view) (sync|mirror|zoho)\.[a-z_]+' "$tmp/sql" |
    cut -d ' ' -f 3 >"$tmp/a"
# What people may call, and what is made for each module by the example of
# one; then the views that the schema makes by name: sync.make_view() and its
# loop.
{
    grep -oE '^create function mirror\.[a-z_]+' "$tmp/sql" | cut -d ' ' -f 3
    printf 'zoho.leads_as_of\nzoho.leads_history\n'
    for name in leads deals contacts accounts; do
        echo "zoho.$name"
        echo "zoho.zoho_$name"
    done
} >>"$tmp/a"
grep -oE '\b(sync|mirror|zoho)\.[a-z_]+[a-z](\.[a-z]+)?\b' sql/zohosync-schema.7 |
    cut -d . -f 1,2 | grep -vxE 'sync\.make_[a-z]+' >"$tmp/b"
same "$tmp/a" "$tmp/b" "each table and view is in zohosync-schema(7), and nothing else is"

grep -oE "'zohosync_[a-z]+'" sql/schema/0001_ground.sql | tr -d "'" >"$tmp/a"
awk '/^\.Ss/ { on = /Roles/ } on && /^\.It Li/ { print $3 }' \
    sql/zohosync-schema.7 >"$tmp/b"
same "$tmp/a" "$tmp/b" "each role is in zohosync-schema(7), and no other"

# What other pages say of tables and settings is there as well.
for page in $pages ARCHITECTURE.md NEWS; do
    grep -oE '\b(sync|mirror)\.[a-z_]*[a-z]\b' "$page" | sort -u |
        grep -vE '\.[ch]$' |
        while read -r name; do
            grep -qE "(table|view|sequence|function) $name( |\(|;|\$)" "$tmp/sql" ||
                echo "$page: $name"
        done
    grep -oE '^\.Cm [A-Z_]+[A-Z]\b' "$page" | cut -c 5- | sort -u |
        while read -r name; do
            grep -qE "[(A-Z]$name,|\"$name\"" lib/settings.c lib/settings_rows.c ||
                echo "$page: $name"
        done
done >"$tmp/why"
none "pages name no table and no setting that is not there"

# ---- pages ----

for name in $jobs webhook zohosync; do
    [ -f "$(page_of "$name")" ] || echo "$name"
done >"$tmp/why"
none "each program has a page"

for page in $pages; do
    want=${page##*/}
    title=$(awk '/^\.Dt/ { print tolower($2) "." $3 }' "$page")
    [ "$title" = "$want" ] || echo "$page: its title is $title"
    grep -q "^\.Nm ${want%.*}\$" "$page" || echo "$page: not its name"
    for heading in NAME DESCRIPTION 'SEE ALSO' BUGS; do
        grep -q "^\.Sh $heading\$" "$page" || echo "$page: no $heading"
    done
    sed -n 's/^\.Xr \(zohosync[a-z.-]*\) \([0-9]\).*/\1.\2/p' "$page" |
        while read -r other; do
            echo "$pages" | grep -q "/$other\$" || echo "$page: no $other"
        done
    cat ./*/local.mk | grep -q "%D%/$want" || echo "$page: not installed"
done >"$tmp/why"
none "each page has its name, its headings, pages it names, and is installed"

if command -v mandoc >/dev/null; then
    for page in $pages; do
        mandoc -T lint -W warning "$page" 2>&1
    done | grep -v 'outdated mandoc.db' >"$tmp/why"
    none "each page passes mandoc"
else
    ok 0 "each page passes mandoc # SKIP mandoc is not installed"
fi

# ---- the rest ----

version=$("$build/jobs/zohosync" --version)
[ "$(sed -n 1p NEWS)" = "$version" ] || echo "$version" >"$tmp/why"
none "NEWS begins with the current version"
for name in $jobs webhook; do
    program=$build/jobs/$name
    [ "$name" != webhook ] || program=$build/cgi/webhook
    [ "$("$program" --version)" = "$name ${version#* }" ] || echo "$name"
done >"$tmp/why"
none "each program says that version"

grep -oE '\b(cgi|etc|jobs|lib|sql|tests)/[a-z0-9_./-]*[a-z0-9]\b' \
    ARCHITECTURE.md | sort -u | while read -r path; do
    [ -e "$path" ] || [ -e "$build/$path" ] || echo "$path"
done >"$tmp/why"
grep -oE '\b[a-z_]+\(\)' ARCHITECTURE.md | tr -d '()' | sort -u |
    while read -r name; do
        cat ./*/*.[ch] "$tmp/sql" | grep -qE "(^|[ *.])$name\(" ||
            echo "$name()"
    done >>"$tmp/why"
none "ARCHITECTURE.md names files and functions that are there"

echo "1..$count"
[ "$failed" -eq 0 ]
