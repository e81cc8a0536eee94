#!/usr/bin/env bats
# Every statement under sql/ as the server sees it: its values have the types
# its head says, its columns are the ones it says, and the role that runs it
# may.

load ../promises/helper

setup_file() { stage none; }
teardown_file() { stage_close; }

# The login that runs the statements of a folder.
login_of() {
    case $1 in
    intake) echo web ;;
    backfill | channel | drain | fetch | fields | projections | reconcile | session | verify | zoho) echo job ;;
    admin) echo admin ;;
    migrate | setup) echo "$STAGE_SUPER" ;;
    esac
}

# psql as the login of a folder; what migrate does it does as the owner
psql_as() {
    local set=$1 role
    shift
    role=$(login_of "$set")
    if [ "$set" = migrate ]; then
        PGOPTIONS='-c role=zohosync_owner' stage_as psql -X -q -At \
            -v ON_ERROR_STOP=1 -d "host=$STAGE/pg dbname=zohosync user=$role" "$@"
    else
        stage_as psql -X -q -At -v ON_ERROR_STOP=1 \
            -d "host=$STAGE/pg dbname=zohosync user=$role" "$@"
    fi
}

files_of() {
    find "$TOP_SRCDIR/sql/$1" -name '*.sql' | sort
}

# Types of the head's values, comma-separated, as the server names them.
head_types() {
    local types
    types=$(sed -n 's/^-- \$[0-9]* *\([a-z0-9]*\(\[\]\)\{0,1\}\).*/"\1"/p' "$1" | paste -sd ,)
    echo "select coalesce(string_agg(t::regtype::text, ',' order by n), '')
            from unnest('{$types}'::text[]) with ordinality as u (t, n);"
}

# One psql for a folder: each file prepared, its types beside the head's.
compare_types() {
    local file name
    for file in $(files_of "$1"); do
        name=$(basename "$file" .sql)
        printf "%s -n %s: ''\n" '\echo' "$name"
        head_types "$file"
        printf 'prepare "%s" as\n' "$name"
        cat "$file"
        printf "%s -n %s: ''\n" '\echo' "$name"
        echo "select coalesce(string_agg(t::text, ',' order by n), '')
                from pg_prepared_statements,
                     unnest(parameter_types) with ordinality as u (t, n)
               where name = '$name';"
    done >"$BATS_TEST_TMPDIR/types.sql"
    psql_as "$1" <"$BATS_TEST_TMPDIR/types.sql" >"$BATS_TEST_TMPDIR/types"
    awk 'NR % 2' "$BATS_TEST_TMPDIR/types" >"$BATS_TEST_TMPDIR/want"
    awk 'NR % 2 == 0' "$BATS_TEST_TMPDIR/types" >"$BATS_TEST_TMPDIR/got"
    expect "$(files_of "$1" | wc -l)" "$(wc -l <"$BATS_TEST_TMPDIR/got")" 'statements seen'
    expect "$(cat "$BATS_TEST_TMPDIR/want")" "$(cat "$BATS_TEST_TMPDIR/got")" 'types of values'
}

# Columns as "name type", one a line, as the head's return line has them; none
# where a head says more than a list can ("nothing of use", "as dead_list").
head_columns() {
    sed -n '/^-- returns/,$ {
        /^--/! q
        /^-- returns/! { /^--  /! q; }
        s/^-- returns *//; s/^-- *//; p
    }' "$1" | paste -sd ' ' | sed 's/[:;(].*//; s/,  */\n/g' | sed 's/ *$//'
}

# The prose behind the last column goes.
two_words() {
    awk '{ print $1, $2 }'
}

compare_columns() {
    local file name got want bad=0
    for file in $(files_of "$1"); do
        name=$(basename "$file" .sql)
        want=$(head_columns "$file")
        case $want in
        'nothing of use' | 'as '*) continue ;;
        '' | nothing) want=nothing ;;
        *) want=$(two_words <<<"$want") ;;
        esac
        { sed 's/;[[:space:]]*$//' "$file"; echo '\gdesc'; } |
            psql_as "$1" -F ' ' >"$BATS_TEST_TMPDIR/got"
        # psql says this in words
        got=$(sed 's/^The command has no result.*/nothing/
            s/timestamp with time zone/timestamptz/' "$BATS_TEST_TMPDIR/got")
        expect "$want" "$got" "sql/$1/$name.sql: columns" || bad=1
    done
    return "$bad"
}

# A plan is made and its rights are checked; nothing is run.
explain_all() {
    local file name nulls
    for file in $(files_of "$1"); do
        name=$(basename "$file" .sql)
        nulls=$(sed -n 's/^-- \$[0-9].*/null/p' "$file" | paste -sd ,)
        printf 'prepare "%s" as\n' "$name"
        cat "$file"
        printf '%s %s\n' '\echo' "$name"
        printf 'explain (costs off) execute "%s"%s;\n' "$name" "${nulls:+($nulls)}"
    done >"$BATS_TEST_TMPDIR/explain.sql"
    PGOPTIONS='-c plan_cache_mode=force_generic_plan' psql_as "$1" \
        <"$BATS_TEST_TMPDIR/explain.sql" >"$BATS_TEST_TMPDIR/plans" ||
        { expect 'every plan' "none after $(grep -x '[a-z_]*' "$BATS_TEST_TMPDIR/plans" | tail -n 1)" "sql/$1"; }
}

@test "the receiver's statements take what their heads say" { compare_types intake; }
@test "the drain's statements take what their heads say" { compare_types drain; }
@test "fetch's statements take what their heads say" { compare_types fetch; }
@test "the statements of loads take what their heads say" { compare_types backfill; }
@test "the statements of proofs take what their heads say" { compare_types verify; }
@test "the statements of metadata take what their heads say" { compare_types fields; }
@test "the statements that ask Zoho take what their heads say" { compare_types zoho; }
@test "the statements of channels take what their heads say" { compare_types channel; }
@test "reconcile's statements take what their heads say" { compare_types reconcile; }
@test "the statements of sessions take what their heads say" { compare_types session; }
@test "the projections take what their heads say" { compare_types projections; }
@test "the administrator's statements take what their heads say" { compare_types admin; }
@test "the statements of migrate take what their heads say" { compare_types migrate; }
@test "the statements of setup take what their heads say" { compare_types setup; }

@test "the receiver's statements return what their heads say" { compare_columns intake; }
@test "the drain's statements return what their heads say" { compare_columns drain; }
@test "fetch's statements return what their heads say" { compare_columns fetch; }
@test "the statements of loads return what their heads say" { compare_columns backfill; }
@test "the statements of proofs return what their heads say" { compare_columns verify; }
@test "the statements of metadata return what their heads say" { compare_columns fields; }
@test "the statements that ask Zoho return what their heads say" { compare_columns zoho; }
@test "the statements of channels return what their heads say" { compare_columns channel; }
@test "reconcile's statements return what their heads say" { compare_columns reconcile; }
@test "the statements of sessions return what their heads say" { compare_columns session; }
@test "the projections return what their heads say" { compare_columns projections; }
@test "the administrator's statements return what their heads say" { compare_columns admin; }
@test "the statements of migrate return what their heads say" { compare_columns migrate; }
@test "the statements of setup return what their heads say" { compare_columns setup; }

@test "the web server's role may run the receiver's statements" { explain_all intake; }
@test "the jobs' role may run the drain's statements" { explain_all drain; }
@test "the jobs' role may run fetch's statements" { explain_all fetch; }
@test "the jobs' role may run the statements of loads" { explain_all backfill; }
@test "the jobs' role may run the statements of proofs" { explain_all verify; }
@test "the jobs' role may run the statements of metadata" { explain_all fields; }
@test "the jobs' role may run the statements that ask Zoho" { explain_all zoho; }
@test "the jobs' role may run the statements of channels" { explain_all channel; }
@test "the jobs' role may run reconcile's statements" { explain_all reconcile; }
@test "the jobs' role may run the statements of sessions" { explain_all session; }
@test "the jobs' role may run the projections" { explain_all projections; }
@test "the administrator's role may run its statements" { explain_all admin; }
@test "the owner's role may run the statements of migrate" { explain_all migrate; }
@test "a superuser may run the statements of setup" { explain_all setup; }

@test "no folder of statements is left out" {
    expect 'admin backfill channel drain fetch fields intake migrate projections reconcile session setup verify zoho' \
        "$(find "$TOP_SRCDIR/sql" -mindepth 2 -name '*.sql' -printf '%h\n' |
            sed 's/.*\///' | grep -vx -e schema -e down | sort -u | paste -sd ' ')"
}
