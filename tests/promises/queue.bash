# shellcheck shell=bash
# More words for the tests of the draining side; loaded after helper.
#
#   put ROUTE [ORIGIN]   store each line of standard input as a request, as
#                        sql/intake/store.sql does, without the dedupe
#   due_now              make every waiting request due
#   pids_of PROGRAM      processes of this stage's program, by their binary
#   item ID TIME [STOCK] body of a Books item
#   adjust ID TIME ITEM QUANTITY   body of a stock adjustment
#   lead ID TIME [MEMBERS]         body of a CRM lead

put() {
    stage_psql -v route="$1" -v origin="${2:-webhook}" \
        -c 'create temp table line (n serial, body text)' \
        -c "\\copy line (body) from pstdin with (format csv, delimiter E'\\x01', quote E'\\x02')" \
        -f "$TOP_SRCDIR/tests/promises/put.sql"
}

due_now() {
    query 'update sync.work set not_before = now()' >/dev/null
}

pids_of() {
    # in another namespace of a chroot the path begins further out
    find /proc/[0-9]*/exe -maxdepth 0 -lname "*$STAGE/bin/$1" 2>/dev/null |
        cut -d / -f 3
}

# kill_all PROGRAM [SIGNAL]: those that run now, by id
kill_all() {
    local pid
    for pid in $(pids_of "$1"); do
        kill -"${2:-KILL}" "$pid" 2>/dev/null || true
    done
}

none_left() {
    [ -z "$(pids_of "$1")" ]
}

# Nothing waits, neither in the queue nor in the spool.
all_done() {
    [ "$(query 'select count(*) from sync.work')" = 0 ] &&
        [ "$(spooled)" = 0 ]
}

item() {
    printf '{"item":{"item_id":"%s","name":"Item %s","stock_on_hand":%s,"last_modified_time":"%s"}}\n' \
        "$1" "$1" "${3:-0}" "$2"
}

adjust() {
    printf '{"inventory_adjustment":{"inventory_adjustment_id":"%s","last_modified_time":"%s","line_items":[{"item_id":"%s","quantity_adjusted":%s}]}}\n' \
        "$1" "$2" "$3" "$4"
}

lead() {
    printf '{"id":"%s","Last_Name":"Example","Modified_Time":"%s"%s}\n' \
        "$1" "$2" "${3:+,$3}"
}

# A drain beside all tests of the file, as cron has it; with further options.
drain_lingers() {
    stage_as "$STAGE/bin/zohosync" drain --slot 3000 "$@" -c "$STAGE_CONF" 3>&- >/dev/null 2>&1 &
    DRAIN_PID=$!
    export DRAIN_PID
}
drain_ends() {
    pkill -TERM -P "$DRAIN_PID" || true
    wait "$DRAIN_PID" 2>/dev/null || true
}

# outcomes: how many requests ended how, as "applied=1 dead=2"
outcomes() {
    query "select coalesce(string_agg(outcome || '=' || n, ' ' order by outcome), '')
             from (select outcome, count(*) as n from sync.outcome group by 1) o"
}

# What a person sees on a terminal is in the log otherwise.
last_summary() {
    sed -n 's/.*drained: //p' "$STAGE/log" | tail -n 1
}

# summary_of WORD: one figure of the last summary
summary_of() {
    last_summary | tr ' ' '\n' | sed -n "s/^$1=//p"
}

# A constraint of the test that stands for a row the database will not take.
break_products() {
    query "alter table zoho.products add constraint not_for_sale
           check (name is distinct from 'Item $1') not valid" >/dev/null
}

mend_products() {
    query "set client_min_messages = error;
           alter table zoho.products drop constraint if exists not_for_sale" >/dev/null
}

# run_status WANT COMMAND...: its output goes to $OUT, what it says is kept
run_status() {
    local want=$1 got=0
    shift
    "$@" >"$OUT" 2>&1 || got=$?
    expect "$want" "$got" "exit status of: $* ($(cat "$OUT"))"
}

# Batches that last long enough to be interrupted: seconds for each row.
slow_down() {
    stage_psql >/dev/null <<SQL
create table public.pace as select $1::float8 as row_s;
grant select on public.pace to public;
create function public.slow() returns trigger language plpgsql as \$\$
begin perform pg_sleep(row_s) from public.pace; return new; end \$\$;
create trigger slow before insert or update on mirror.record
    for each row execute function public.slow();
SQL
}

full_speed() {
    query 'update public.pace set row_s = 0' >/dev/null
}

# A drain is inside a batch, rows in hand.
in_batch() {
    [ "$(query "select count(*) > 0 from pg_stat_activity
                 where application_name = 'zohosync drain'
                   and wait_event = 'PgSleep'")" = t ]
}

# As if slow_down had never been.
quicken() {
    stage_psql >/dev/null <<'SQL'
set client_min_messages = error;
drop trigger if exists slow on mirror.record;
drop function if exists public.slow;
drop table if exists public.pace;
SQL
}
