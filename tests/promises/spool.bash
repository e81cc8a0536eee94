# shellcheck shell=bash
# What the tests of the spool share; loaded after helper and receiver.
#
#   post_some FIRST LAST        leads of those numbers, each answered 202
#   expect_all_once FIRST LAST  they are applied once, from the inbox, in the
#                               order in which they were sent
#   back_again                  wait until the receiver stores again, then
#                               forget what that took
#   spool_mended                in teardown: PostgreSQL runs, the spool can be
#                               written and holds nothing strange

post_some() {
    local i
    for i in $(seq "$1" "$2"); do
        expect 202 "$(post_text Leads "$(lead "$i")")" "lead $i" || return 1
        expect accepted "$(says .status)" "lead $i" || return 1
    done
}

expect_all_once() {
    expect 0 "$(spooled)" 'left in the spool' || return 1
    expect "$(seq "$1" "$2" | paste -sd ' ')" \
        "$(query "select string_agg(id, ' ' order by seq) from mirror.record")" 'records in order' || return 1
    expect "$(($2 - $1 + 1))" "$(query 'select count(*) from mirror.version')" 'effects' || return 1
    expect 0 "$(query 'select count(*) from sync.work')" 'waiting' || return 1
    accounted
}

is_up() {
    local before
    before=$(spooled)
    expect 202 "$(post_text Leads "$(lead 999999)")" && [ "$before" = "$(spooled)" ]
}

back_again() {
    until_true 15 is_up
    query "delete from sync.inbox where convert_from(body, 'UTF8') ~ '999999';
        delete from sync.work w where not exists (select from sync.inbox i where i.seq = w.seq)"
    grep -l 999999 "$STAGE"/spool/*.req 2>/dev/null | xargs -r rm -f
}

spool_mended() {
    [ -s "$STAGE/pg/data/postmaster.pid" ] || stage_pg_start
    chmod 770 "$STAGE/spool"
    rm -f "$STAGE/spool/.half.req" "$STAGE/spool/README"
}
