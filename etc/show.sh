# shellcheck shell=sh
# shellcheck disable=SC2154 # what etc/quickstart sets
# The show of etc/quickstart: a stage, the stream of etc/generate, what became
# of it, a company (company.sh), and a look-out until Ctrl-C. Sourced; "show" is all it is called by.

# What cron does: start the program each minute, whatever the last one does.
# It gets a session of its own, so that Ctrl-C reaches only us.
start_cron() {
    export STAGE STAGE_CONF TOP_SRCDIR
    # shellcheck disable=SC2016 # the inner shell expands them
    setsid sh -c '. "$1"
        while :; do
            stage_as "$STAGE/bin/zohosync" drain -c "$STAGE_CONF" &
            sleep 60
        done' cron "$top/tests/stage.sh" </dev/null >"$STAGE/cron.log" 2>&1 &
    cron_pid=$!
}

open_stage() {
    begin stage
    STAGE_FSYNC=on
    STAGE_PROCS=2
    export STAGE_FSYNC STAGE_PROCS
    stage_open "$build/obj" >"$build/stage.log" 2>&1 ||
        failed "$build/stage.log"
    stage_web fastcgi >>"$build/stage.log" 2>&1 ||
        failed "$build/stage.log"
    start_cron
    done_with "PostgreSQL, lighttpd, a cron of its own, in $STAGE"
}

# ---- the show ----

ask() {
    stage_query "$1" </dev/null
}

# send FILE: the answer's status and word; its time is added to $ms10
send() {
    # shellcheck disable=SC2046 # two numbers
    set -- $(curl -q -s -m 30 -o "$show/answer" \
        -w '%{http_code} %{time_total}' -K "$show/$1.curl")
    ms10=$((ms10 + $(awk "BEGIN { printf \"%d\", $2 * 10000 }")))
    answer="$1 $(jq -r .status "$show/answer" 2>/dev/null)"
}

# show_row "FILES" ROUTE SENTENCE WANT
show_row() {
    ms10=0
    got=$4
    n=0
    for file in $1; do
        send "$file"
        n=$((n + 1))
        [ "$answer" = "$4" ] || got=$answer
    done
    colour=$good
    case $got in
    202\ accepted) ;;
    *) colour=$odd ;;
    esac
    if [ "$got" != "$4" ]; then
        colour=$bad
        wrong=$((wrong + 1))
    fi
    ms10=$((ms10 / n))
    printf '  %-13s %-41s %s%-12s%s %s%4d.%d ms%s\n' "${2%%\?*}" "$3" \
        "$colour" "$got" "$plain" "$dim" $((ms10 / 10)) $((ms10 % 10)) "$plain"
}

post_all() {
    show=$STAGE/show
    mkdir "$show" && chmod 700 "$show"
    URL=$STAGE_URL BOOKS_SECRET=$STAGE_SECRET API_KEY=$STAGE_KEY \
        NOTIFICATION_TOKEN=$STAGE_TOKEN \
        python3 "$top/etc/generate" --seed 7 "$show" || exit 70
    head_line 'What Zoho sends to /api/zoho/webhooks/, and the answer'
    tab=$(printf '\t')
    while IFS=$tab read -r files route sentence want <&3; do
        show_row "$files" "$route" "$sentence" "$want"
    done 3<"$show/plan"
}

# until_is WANT SQL: within 30 s
until_is() {
    tries=0
    until [ "$(ask "$2")" = "$1" ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 600 ] || return 1
        sleep 0.05
    done
}

# The refused are counted within a second, the others applied sooner.
wait_until_applied() {
    answered=$(date +%s%N)
    until_is 0 'select count(*) from sync.work' || return 1
    applied_ms=$((($(date +%s%N) - answered) / 1000000))
    [ "$wrong" -gt 0 ] ||
        until_is t 'select exists (select from sync.refusal)' || wrong=1
}

show_tables() {
    head_line "What stands in PostgreSQL, $applied_ms ms after the last answer"
    ask "select format('  %s %s %s %s %s %s GBP', rpad(invoice_number, 9),
               rpad(customer_name, 23), due_date, rpad(status, 7),
               (select rpad(format('%s line%s', count(*), case count(*)
                       when 1 then '' else 's' end), 9)
                  from zoho.invoice_line_items
                 where invoice_id = zoho_invoice_id), lpad(total::text, 8))
          from zoho.invoices order by 1"
    ask "select format('  %s %s %s %s in stock %s, Trade %s GBP', rpad(sku, 9),
               rpad(name, 23), case when is_active then 'active '
               else 'deleted' end, lpad(round(stock_quantity)::text, 4),
               lpad(p.price::text, 6), lpad(coalesce(t.price::text, '-'), 5))
          from zoho.products p
          left join zoho.product_prices t using (zoho_item_id) order by 1"
    ask "select format('  %s %s %s%s', rpad(split_part(module, '.', 2), 9),
               rpad(concat_ws(' ', data ->> 'First_Name',
               data ->> 'Last_Name'), 23), coalesce(data ->> 'Phone', '-'),
               ' (' || (noted -> 0 ->> 'reason') || ')')
          from mirror.record where module like 'crm.%' order by module, id"
}

show_account() {
    if [ "$wrong" -eq 0 ]; then
        head_line "What became of it: ${good}all is as it must be"
    else
        head_line "What became of it: ${bad}$wrong of it not as it must be"
    fi
    ask "with n as (
        select outcome, count(*) as n from sync.outcome group by outcome
    ) select format('  %s requests = %s applied + %s stale + %s to fetch '
               '+ %s dead + %s waiting', (select count(*) from sync.inbox),
               (select coalesce(sum(n), 0) from n where outcome = 'applied'),
               (select coalesce(sum(n), 0) from n where outcome = 'stale'),
               (select coalesce(sum(n), 0) from n where outcome = 'fetched'),
               (select coalesce(sum(n), 0) from n where outcome = 'dead'),
               (select count(*) from sync.work))"
    ask "select format('  and %s repeat, not worked on again; %s refused, '
               'with nothing kept but a sample',
               (select count(*) from sync.repeat),
               (select sum(hits) from sync.refusal))"
}

# What must be there, by the generator's own account of what it sent.
compare() {
    tab=$(printf '\t')
    while IFS=$tab read -r want sentence sql <&3; do
        got=$(ask "$sql")
        [ "$got" != "$want" ] || continue
        wrong=$((wrong + 1))
        printf '  %swanted %s (%s), there is: %s%s\n' "$bad" "$want" \
            "$sentence" "${got:-nothing}" "$plain"
    done 3<"$show/expect"
    "$STAGE/bin/zohosync" status --account -c "$STAGE_CONF" \
        >"$show/account" 2>&1 || {
        wrong=$((wrong + 1))
        cat "$show/account"
    }
}

show_doors() {
    head_line 'Look for yourself'
    printf '  %s\n' "psql 'host=$STAGE/pg dbname=zohosync user=report'" \
        "curl $STAGE_URL/api/zoho/webhooks/health" \
        "curl -K $show/more.curl     # a dearer product; twice: a repeat" \
        "$STAGE/bin/zohosync status -c $STAGE_CONF" \
        "curl $zoho/zsim/company     # and what else zoho-sim(1) can play"
    printf '  An outage of Zoho, and its end:\n'
    printf '  %s\n' \
        "curl $zoho/zsim/faults -d '{\"match\":\"/\",\"do\":\"503\",\"times\":-1}'" \
        "$STAGE/bin/zohosync reconcile -c $STAGE_CONF; echo \$?" \
        "curl -X DELETE $zoho/zsim/faults"
}

nap() {
    sleep "$1" &
    nap_pid=$!
    wait "$nap_pid"
    nap_pid=
}

# Until Ctrl-C: a line for each request that somebody sends.
follow() {
    printf '%sIt runs on: Ctrl-C ends it and takes everything away.%s\n' \
        "$dim" "$plain"
    trap 'printf "\n"; exit 0' INT TERM HUP
    last=$(ask 'select coalesce(max(seq), 0) from sync.outcome')
    while kill -0 "$cron_pid" 2>/dev/null; do
        nap 1
        rows=$(ask "select seq, to_char(finished_at, 'HH24:MI:SS'),
                   rpad(event_type, 24), rpad(outcome, 10),
                   round(1000 * extract(epoch from finished_at - received_at))
              from sync.outcome where seq > $last order by seq") || exit 70
        [ -n "$rows" ] || continue
        echo "$rows" | awk -F '|' \
            '{ printf "  %s  %s %s %5d ms\n", $2, $3, $4, $5 }'
        last=$(echo "$rows" | tail -n 1 | cut -d '|' -f 1)
    done
    say 'the drain is gone'
    exit 70
}

show() {
    wrong=0
    exec 9>&-
    cd / # psql complains where its user may not be
    open_stage
    post_all
    if ! wait_until_applied; then
        begin drain
        cp "$STAGE/log" "$build/drain.log"
        failed "$build/drain.log"
    fi
    show_tables
    compare
    show_account
    company
    if [ "$mode" = once ]; then
        [ "$wrong" -eq 0 ]
        exit
    fi
    show_doors
    follow
}
