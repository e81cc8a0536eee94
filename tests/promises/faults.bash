# shellcheck shell=bash
# Words for the tests of Zoho's faults; loaded after helper, queue and zoho.

# fault DO PATH [TIMES [AFTER [MS]]]
fault() {
    zsim POST faults "{\"match\":\"$2\",\"do\":\"$1\",\"times\":${3:-1},\"after\":${4:-0},\"args\":{\"ms\":${5:-0}}}" >/dev/null
}

# Budget and token as on the first day.
nothing_spent() {
    query "truncate sync.spent;
           update sync.budget set others = 0, others_at = '-infinity', closed_until = '-infinity';
           update sync.token set sealed = null, expires_at = '-infinity', refused_until = '-infinity', last_error = ''" >/dev/null
}

# One record of each service is wanted.
want_two() {
    announce crm.leads "$(zoho_ids Leads 1)"
    announce books.items "$(zoho_ids items 1)"
}
wanted() { query "select coalesce(string_agg(module, ' ' order by module), '') from sync.fetch"; }
# What stands in the inbox, for a drain to apply.
came() { query "select string_agg(distinct module, ' ' order by module) from sync.inbox where module <> 'books.bills'"; }
calls() { counted '.crm_calls + .books_calls'; }

# A person, or time, has mended it: what waits is due, and what was closed open.
mended() {
    zsim DELETE faults >/dev/null
    query "update sync.fetch set not_before = now();
           update sync.budget set closed_until = now();
           update sync.token set refused_until = now()" >/dev/null
}
all_comes() {
    mended
    run_status 0 zohosync fetch --once
    expect '' "$(wanted)"
    expect 'books.items crm.leads' "$(came)"
}

# waits MODULES WORDS: these wait, the reason is kept with them and logged
waits() {
    expect "$1" "$(wanted)"
    expect t "$(query "select bool_and(last_error like '%$2%' and tries = 1 and not_before > now()) from sync.fetch")" \
        "$(query 'select last_error from sync.fetch')"
    grep -q "warn: .*$2" "$STAGE/log" || { cat "$STAGE/log"; return 1; }
}

# settings NAME SED_SCRIPT: a settings file that differs
settings() {
    sed "$2" "$STAGE_CONF" | stage_as tee "$STAGE/$1.conf" >/dev/null
    stage_as chmod 600 "$STAGE/$1.conf"
}
fetch_with() { stage_as "$STAGE/bin/fetch" --once -c "$STAGE/$1.conf"; }

# A token that is good for four minutes still, by our clock.
old_token() {
    announce books.bills "$(zoho_ids bills 1)"
    zohosync fetch --once
    query "update sync.token set minted_at = now() - interval '56 minutes', expires_at = now() + interval '4 minutes'" >/dev/null
}

# Others have had all the tokens of these ten minutes.
throttle() {
    zsim PUT variants "{\"token_throttle\":\"$1\"}" >/dev/null
    until [ "$(zoho_token)" = null ]; do :; done
}

# another OPTIONS...: a second simulator, of the same company, at $OTHER, which
# stands for PORT in them
another() {
    rm -f "$BATS_TEST_TMPDIR/port"
    OTHER=$(stage_free_port)
    "$TOP_BUILDDIR/tests/sim/zoho-sim" --port "$OTHER" --port-file "$BATS_TEST_TMPDIR/port" \
        --company 2000 --seed 7 "${@//PORT/$OTHER}" >/dev/null 2>&1 3>&- &
    OTHER_PID=$!
    until_true 10 test -s "$BATS_TEST_TMPDIR/port"
}

# Certificates for localhost: one that is good and one that was, of an authority.
certificates() {
    local days
    (
        cd "$BATS_TEST_TMPDIR" || return
        printf 'subjectAltName=DNS:localhost\n' >name
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj '/CN=Example' \
            -keyout ca.key -out ca.pem
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=localhost' -keyout key -out request
        for days in 2 -1; do
            openssl x509 -req -in request -CA ca.pem -CAkey ca.key -CAcreateserial -extfile name \
                -days "$days" -out "cert$days.pem"
        done
    ) 2>/dev/null
    stage_as tee "$STAGE/ca.pem" <"$BATS_TEST_TMPDIR/ca.pem" >/dev/null
}

# tls NAME HOST [TRUST]: settings for the other simulator
tls() {
    settings "$1" "s|^ZOHO_API_BASE=.*|ZOHO_API_BASE=https://$2:$OTHER|; \$aZOHO_CA_FILE=${3-$STAGE/ca.pem}"
}
