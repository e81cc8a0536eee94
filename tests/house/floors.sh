#!/bin/sh
# The rules of the house that a compiler does not hold: who may include whom,
# how long a file is, and what stands at the head of a statement. TAP output.
#
#   TOP_SRCDIR=. sh tests/house/floors.sh
set -u
: "${TOP_SRCDIR:=$(cd "$(dirname "$0")/../.." && pwd)}"
cd "$TOP_SRCDIR" || exit 99
export LC_ALL=C

n=0
failed=0

found=$(mktemp)
trap 'rm -f "$found" "$found.list"' EXIT

# says SENTENCE: a test, which holds where the rule before it found nothing;
# each line in "$found" is one breach.
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

# "FLOOR FILE" for each file the list names; "apart" for the C++ shim, which
# no floor holds.
floors() {
    awk '
        /^lib_floor[0-9]+ = / { floor = $1; sub(/lib_floor/, "", floor) }
        /^[ \t]*lib_libphone_a_SOURCES = / { floor = "apart" }
        {
            for (i = 1; i <= NF; i++)
                if (floor != "" && $i ~ /^%D%\//) {
                    file = $i
                    sub(/^%D%/, "lib", file)
                    print floor, file
                }
        }
        !/\\$/ { floor = "" }' lib/local.mk
}

# "FILE HEADER" for each header of ours that a file includes.
includes() {
    awk '/^[ \t]*#[ \t]*include[ \t]*"/ {
        split($0, part, "\"")
        print FILENAME, part[2]
    }' "$@"
}

sources() {
    find "$@" -name '*.[ch]' -o -name '*.cc' | sort
}

floors | awk '$1 != "apart" { print $1 }' | sort -u | wc -l |
    awk '$1 < 4 { print "only " $1 " floors were found in lib/local.mk" }' >"$found"
says 'lib/local.mk lists the floors'

{
    floors | awk '{ print $2 }' | sort | uniq -d | sed 's/$/: on two floors/'
    floors | awk '{ print $2 }' | sort -u >"$found.list"
    sources lib | while read -r file; do
        grep -qxF "$file" "$found.list" ||
            echo "$file: on no floor"
    done
    while read -r file; do
        [ -f "$file" ] || echo "$file: listed, but not there"
    done <"$found.list"
} >"$found"
says 'every file of lib is on exactly one floor'

# texts.h is made by the build, for everybody. Headers of no floor are not
# ours to judge here; the next test does.
# shellcheck disable=SC2046
{
    floors
    echo 0 lib/texts.h
    echo --
    includes $(sources lib)
} | awk '
    $1 == "--" { listed = 1; next }
    !listed { floor[$2] = $1; next }
    {
        header = "lib/" $2
        if (!(header in floor) || floor[$1] == "apart")
            next
        if (floor[header] > floor[$1])
            print $1 ": floor " floor[$1] " includes " header " of floor " \
                floor[header]
    }' >"$found"
says 'no file includes a header of a floor above its own'

# shellcheck disable=SC2046
includes $(sources lib) | while read -r file header; do
    [ "$header" = texts.h ] || [ -f "lib/$header" ] ||
        echo "$file: includes \"$header\", which is not of lib"
done >"$found"
says 'lib knows neither cgi nor jobs'

# shellcheck disable=SC2046
includes $(sources cgi jobs) | while read -r file header; do
    [ "$header" = texts.h ] || [ -f "lib/$header" ] ||
        [ -f "$(dirname "$file")/$header" ] ||
        echo "$file: includes \"$header\" of another folder"
done >"$found"
says 'programs share code only through lib'

# shellcheck disable=SC2046
wc -l $(sources cgi jobs lib) | awk '$2 != "total" && $1 >= 400 {
    print $2 ": " $1 " lines"
}' >"$found"
says 'a file of cgi, jobs and lib has fewer than 400 lines'

# ---- statements ----

statements() {
    find sql -mindepth 2 -name '*.sql' ! -path 'sql/schema/*' \
        ! -path 'sql/down/*' | sort
}

# each_statement PROGRAM: awk over each file on its own, "base" being its name
each_statement() {
    statements | while read -r file; do
        awk -v file="$file" -v base="$(basename "$file" .sql)" "$1" "$file"
    done
}

statements | wc -l | awk '$1 < 20 { print "only " $1 " statements were found" }' >"$found"
says 'there are statements to look at'

# shellcheck disable=SC2016
each_statement '
    NR == 1 {
        if (index($0, "-- " base ": ") != 1 || length($0) < length(base) + 8)
            print file ": starts with \"" $0 "\", not \"-- " base ": sentence\""
        exit
    }' >"$found"
says "a statement's head starts with its name and a sentence"

# The build counts the lines "-- $N type" to know how many values to send.
# shellcheck disable=SC2016
each_statement '
    /^-- \$/ {
        head++
        number = substr($2, 2)
        if ($0 !~ /^-- \$[0-9]+ +[a-z0-9]+(\[\])? +[a-z_]/)
            print file ": \"" $0 "\" is not \"-- $N type  name\""
        if (number != head)
            print file ": $" number " is described where $" head " is due"
        if (in_text)
            print file ": $" number " is described below the head"
    }
    !/^--/ && NF > 0 { in_text = 1 }
    !/^[ \t]*--/ {
        line = $0
        sub(/--.*/, "", line)
        while (match(line, /\$[0-9]+/)) {
            number = substr(line, RSTART + 1, RLENGTH - 1) + 0
            used[number] = 1
            if (number > most)
                most = number
            line = substr(line, RSTART + RLENGTH)
        }
    }
    END {
        for (i = 1; i <= most; i++)
            if (!(i in used))
                print file ": $" i " is not used"
        if (most + 0 != head + 0)
            print file ": the head describes " head + 0 \
                " values, the statement takes " most + 0
    }' >"$found"
says "a statement's head describes each value once and in order"

# shellcheck disable=SC2016
each_statement '
    /^-- returns / { said++ }
    !/^[ \t]*--/ {
        if (first == "" && NF > 0)
            first = $1
        if ($0 ~ /^[ \t]*returning /)
            returning = 1
    }
    END {
        if (said > 1)
            print file ": says twice what it returns"
        if (said + 0 == 0 && (returning || first !~ /^(insert|update|delete)$/))
            print file ": does not say what it returns"
    }' >"$found"
says "a statement's head says what it returns"

# shellcheck disable=SC2016
each_statement '
    !/^[ \t]*--/ && NF > 0 {
        last = $0
        if ($0 ~ /;[ \t]*$/)
            ends++
    }
    END {
        if (ends != 1 || last !~ /;$/)
            print file ": " ends + 0 " statements, or text behind the last"
    }' >"$found"
says 'a file holds one statement'

{
    statements
    find sql/schema sql/down -name '*.sql' | sort
} | while read -r file; do
    grep -qF "%D%/${file#sql/}" sql/local.mk ||
        echo "$file: not in sql/local.mk"
done >"$found"
says 'every statement and schema file is compiled in'

for file in sql/schema/*.sql; do
    base=$(basename "$file")
    [ -f "sql/down/$base" ] || echo "$file: no way back"
    head -n 1 "$file" | grep -q "^-- ${base%.sql}: ." ||
        echo "$file: does not start with its name and a sentence"
done >"$found"
says 'every schema file has its way back'

for file in sql/down/*.sql; do
    [ -f "sql/schema/$(basename "$file")" ] || echo "$file: leads nowhere"
done >"$found"
says 'every way back has its schema file'

find sql/schema -name '*.sql' -printf '%f\n' | sort | awk -F _ '$1 + 0 != NR || $1 !~ /^[0-9][0-9][0-9][0-9]$/ {
    print $0 ": number " NR " is due"
}' >"$found"
says 'schema files are numbered without a gap'

echo "1..$n"
[ "$failed" -eq 0 ]
