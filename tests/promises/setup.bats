#!/usr/bin/env bats
# zohosync setup: an organisation is a database and a settings file, and this
# makes both, once, whatever stops it half way (promises 5, 7, 9, 10; F017,
# F018).

load helper
load queue
load install
load founding

setup_file() { founding_stage; }
teardown_file() { stage_close; }
setup() { founding_place; }

# Everything that setup makes, with times and owners, for comparison.
all_of_it() {
    stage_as find "$ETC" -printf '%p %m %u %g %i %T@\n' | sort
    stage_as find "$ETC" -type f -exec sha256sum {} + | sort
    ask postgres 'select datname, datacl from pg_database order by 1'
    ask postgres 'select rolname, rolcanlogin, rolpassword from pg_authid order by 1'
    ask postgres 'select roleid::regrole, member::regrole from pg_auth_members order by 1, 2'
    ask "$1" 'select number, checksum, applied_at from sync.migration order by 1'
}

# ---- what it makes ----

@test "one command makes database, tables, logins, settings, folders and a key, and prints what to paste" {
    run_status 0 found - --show-secrets
    expect zohosync "$(databases | grep zohosync)"
    expect "$(find "$TOP_SRCDIR/sql/schema" -name '0*.sql' | wc -l)" "$(ask zohosync 'select count(*) from sync.migration')"
    expect 'zohosync_admin_login|{zohosync_admin}
zohosync_job_login|{zohosync_job}
zohosync_owner_login|{zohosync_owner}
zohosync_report_login|{zohosync_report}
zohosync_web_login|{zohosync_web}' "$(ask postgres "select m.member::regrole, array_agg(m.roleid::regrole)
        from pg_auth_members m where m.member::regrole::text like 'zohosync%' group by 1" | sort)"
    expect '' "$(stage_as find "$ETC" -type f -perm /077)" 'files are for one user alone'
    expect '700 700' "$(stage_as stat -c %a "$ETC/var/spool/zohosync" "$ETC/var/log/zohosync" | paste -sd ' ')"
    # each route of Books, each module of the CRM, and the notifications
    for route in products customers invoices bills credit-notes stock prices Leads Deals Contacts Accounts; do
        expect "https://shop.example.com/api/zoho/webhooks/$route" "$(printed_url "$OUT" $route)"
    done
    expect https://shop.example.com/api/zoho/webhooks "$(value "$ETC/zohosync.conf" WEBHOOK_URL)"
    grep -q 'notify_url  https://shop.example.com/api/zoho/webhooks/notifications' "$OUT"
    expect "$(value "$ETC/zohosync.conf" ZOHO_WEBHOOK_SECRET)" "$(printed_secret "$OUT")"
    grep -q "token  *$(value "$ETC/zohosync.conf" ZOHO_NOTIFICATION_TOKEN)\$" "$OUT"
    grep -q 'lighttpd\|zohosync.cgi' "$OUT"
    grep -q '^ *\* \* \* \* \* .*zohosync drain' "$OUT"
}

@test "what is sent as printed becomes a row, by the programs and settings that were made" {
    local conf=$ETC/first.conf
    run_status 0 found first --show-secrets
    expect 202 "$(books "$conf" "$(printed_secret "$OUT")" 1)"
    expect 202 "$(cgi "$conf" /api/zoho/webhooks/Leads "$(lead_of 2)" HTTP_X_API_KEY="$(printed_key "$OUT")")"
    expect 401 "$(books "$conf" wrong 3)"
    stage_as "$STAGE/bin/zohosync" drain --once -c "$conf"
    expect '1 2' "$(ask zohosync_first 'select zoho_invoice_id from zoho.invoices') $(ask zohosync_first 'select id from zoho.leads')"
    stage_as "$STAGE/bin/zohosync" status -c "$conf" >/dev/null
    stage_as "$STAGE/bin/zohosync" migrate status -c "$conf" >/dev/null
}

@test "secrets are fresh, of 256 bits, and such as Zoho takes" {
    local name which all=''
    for name in fresh_a fresh_b; do
        run_status 0 found $name
        for which in ZOHO_WEBHOOK_SECRET ZOHO_NOTIFICATION_TOKEN; do
            # 43 of 62 letters are 256 bits; Books takes 12 to 50 letters and digits
            value "$ETC/$name.conf" $which | grep -qE '^[A-Za-z0-9]{43}$'
            all="$all $(value "$ETC/$name.conf" $which)"
        done
        all="$all $(stage_as sed 's/.*://' "$ETC/$name".*.pgpass | paste -sd ' ')"
    done
    expect 14 "$(tr ' ' '\n' <<<"$all" | sed '/^$/d' | wc -l)"
    expect 14 "$(tr ' ' '\n' <<<"$all" | sed '/^$/d' | sort -u | wc -l)"
}

@test "no password is printed, sent to PostgreSQL or logged by it" {
    local password
    run_status 0 found quiet --show-secrets
    for password in $(stage_as sed 's/.*://' "$ETC"/quiet.*.pgpass); do
        expect 0 "$(grep -c "$password" "$OUT")"
        expect 0 "$(grep -c "$password" "$STAGE/pg/log")"
    done
    grep -q 'alter role "zohosync_quiet_web_login" password' "$STAGE/pg/log"
}

@test "secrets are printed on a terminal alone, or when asked for" {
    local conf=$ETC/hush.conf key
    run_status 0 found hush
    expect 0 "$(grep -c -e "$(value "$conf" ZOHO_WEBHOOK_SECRET)" -e "$(value "$conf" ZOHO_NOTIFICATION_TOKEN)" "$OUT")"
    expect 0 "$(stage_as cat "$ETC/hush.keys" | wc -l)" 'a key that nobody sees is not made'
    grep -q 'zohosync key create' "$OUT"
    run_status 0 found hush --print
    expect 0 "$(grep -c "$(value "$conf" ZOHO_WEBHOOK_SECRET)" "$OUT")"
    run_status 0 found hush --print --show-secrets
    expect "$(value "$conf" ZOHO_WEBHOOK_SECRET)" "$(printed_secret "$OUT")"
    expect 0 "$(stage_as cat "$ETC/hush.keys" | wc -l)" '--print makes nothing'
    # a terminal: the first key is made now, and shown
    stage_as script -qec "$STAGE/bin/zohosync setup --org hush -c $conf --var-dir $ETC/var --database-url '$(super)'" /dev/null >"$OUT" </dev/null
    key=$(printed_key "$OUT")
    expect 202 "$(cgi "$conf" /api/zoho/webhooks/Leads "$(lead_of 1)" HTTP_X_API_KEY="$key")"
    expect "$(value "$conf" ZOHO_WEBHOOK_SECRET)" "$(printed_secret "$OUT")"
    stage_as script -qec "$STAGE/bin/zohosync setup --org hush -c $conf --print --url https://shop.example.com/" /dev/null >"$OUT" </dev/null
    expect "$(value "$conf" ZOHO_WEBHOOK_SECRET)" "$(printed_secret "$OUT")"
    expect https://shop.example.com/api/zoho/webhooks/bills "$(printed_url "$OUT" bills)"
    stage_as tee -a "$conf" >/dev/null <<<'WEBHOOK_URL=https://kept.example.com/api/zoho/webhooks'
    run_status 0 stage_as "$STAGE/bin/zohosync" setup --org hush -c "$conf" --print
    expect https://kept.example.com/api/zoho/webhooks/bills "$(printed_url "$OUT" bills)"
    expect 0 "$(grep -c "$key" "$OUT")" 'a key is shown once'
}

@test "an address with a path is taken as the program's own place" {
    run_status 0 found place --url https://shop.example.com/cgi-bin/zohosync.cgi --show-secrets
    expect https://shop.example.com/cgi-bin/zohosync.cgi/invoices "$(printed_url "$OUT" invoices)"
    expect 202 "$(cgi "$ETC/place.conf" /cgi-bin/zohosync.cgi "$(lead_of 1)" PATH_INFO=/Leads HTTP_X_API_KEY="$(printed_key "$OUT")")"
    run_status 0 found place --url https://shop.example.com/other --print
    grep -q 'WEBHOOK_ALIAS_PREFIX=/other is missing' "$OUT"
}

@test "with --dry-run it says what it would make, and makes nothing" {
    local before
    before=$(databases)
    run_status 0 found dry --dry-run
    for word in 'the database zohosync_dry' 'the login zohosync_dry_web_login' "$ETC/dry.conf" "$ETC/dry.keys" \
        "$ETC/var/spool/zohosync_dry" "passwords in $ETC/dry.web.pgpass"; do
        grep -q "^would make $word" "$OUT"
    done
    expect '' "$(stage_as find "$ETC" -mindepth 1)"
    expect "$before" "$(databases)"
    expect 0 "$(ask postgres "select count(*) from pg_roles where rolname like 'zohosync_dry%'")"
    # over one that stands, only what is missing
    run_status 0 found dry
    stage_as rm -r "$ETC/var/spool/zohosync_dry"
    run_status 0 found dry --dry-run
    expect "would make $ETC/var/spool/zohosync_dry" "$(cat "$OUT")"
}

# ---- again ----

@test "run again it changes nothing" {
    run_status 0 found again --show-secrets
    all_of_it zohosync_again >"$BATS_TEST_TMPDIR/before"
    run_status 0 found again --show-secrets
    expect 'nothing is missing; --print says again what to paste into Zoho' "$(cat "$OUT")"
    all_of_it zohosync_again >"$BATS_TEST_TMPDIR/after"
    expect '' "$(diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after")"
}

@test "killed at any moment, it is run again and all of it stands" {
    local i name
    for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
        name=killed_$i
        # the later ones come further; each kill is one that a person could see
        (found $name --show-secrets & sleep "$(awk "BEGIN { print $i * $i * 0.01 }")"
            for pid in $(pids_of setup); do kill -KILL "$pid"; done
            wait) >/dev/null 2>&1 || true
        run_status 0 found $name --show-secrets
        run_status 0 found $name
        run_status 0 found $name --print --show-secrets
        expect 202 "$(books "$ETC/$name.conf" "$(printed_secret "$OUT")" 1)" "after kill $i"
        stage_as "$STAGE/bin/zohosync" drain --once -c "$ETC/$name.conf"
        expect 1 "$(ask zohosync_$name 'select count(*) from zoho.invoices')"
        expect '' "$(stage_as find "$ETC" -name '*.new')" 'nothing half made is left'
    done
}

@test "two at once make one organisation" {
    found twice >"$OUT.1" 2>&1 &
    local first=$!
    found twice >"$OUT.2" 2>&1 || true
    wait $first || true
    run_status 0 found twice
    grep -q 'nothing is missing' "$OUT"
    expect 202 "$(books "$ETC/twice.conf" "$(value "$ETC/twice.conf" ZOHO_WEBHOOK_SECRET)" 1)"
}

@test "what was lost is made again, and no secret changes" {
    local before
    run_status 0 found lost --show-secrets
    before=$(stage_as sha256sum "$ETC/lost.conf" "$ETC/lost.keys")
    ask postgres 'revoke connect on database zohosync_lost from zohosync_lost_web_login; drop role zohosync_lost_web_login' >/dev/null
    ask postgres "alter role zohosync_lost_job_login password 'another'" >/dev/null
    stage_as rm -r "$ETC/lost.report.pgpass" "$ETC/var"
    ask zohosync_lost 'grant connect on database zohosync_lost to zohosync_job' >/dev/null
    run_status 0 found lost
    expect "$before" "$(stage_as sha256sum "$ETC/lost.conf" "$ETC/lost.keys")"
    expect 202 "$(books "$ETC/lost.conf" "$(value "$ETC/lost.conf" ZOHO_WEBHOOK_SECRET)" 1)"
    stage_as "$STAGE/bin/zohosync" drain --once -c "$ETC/lost.conf"
    expect 1 "$(as "postgresql://127.0.0.1/zohosync_lost?user=zohosync_lost_report_login&passfile=$ETC/lost.report.pgpass" \
        'select count(*) from zoho.invoices')"
    expect 0 "$(ask postgres "select count(*) from pg_database d, aclexplode(d.datacl) a
        where d.datname = 'zohosync_lost' and a.privilege_type = 'CONNECT' and a.grantee = 'zohosync_job'::regrole")"
}

@test "after an upgrade it brings the tables up, and the owner's login may do so as well" {
    run_status 0 found newer
    run_status 0 stage_as "$STAGE/bin/zohosync" migrate --to 5 -c "$ETC/newer.conf"
    run_status 0 found newer
    grep -q 'making the tables of 0006' "$OUT"
    expect "$(find "$TOP_SRCDIR/sql/schema" -name '0*.sql' | wc -l)" "$(ask zohosync_newer 'select max(number) from sync.migration')"
    run_status 0 stage_as "$STAGE/bin/zohosync" migrate --to 5 -c "$ETC/newer.conf"
    run_status 0 stage_as "$STAGE/bin/zohosync" migrate -c "$ETC/newer.conf"
}

# ---- a second organisation ----

@test "each login gets into its own database and no other" {
    local one two conf which
    run_status 0 found left
    run_status 0 found right
    for one in left right; do
        conf=$ETC/$one.conf
        two=$([ $one = left ] && echo right || echo left)
        for which in DATABASE_URL WEB_DATABASE_URL ADMIN_DATABASE_URL OWNER_DATABASE_URL; do
            expect 1 "$(as "$(value "$conf" $which)" 'select 1')"
            as "$(value "$conf" $which | sed "s#zohosync_$one?#zohosync_$two?#; s#passfile=[^&]*#password=$(
                stage_as cat "$ETC/$one".*.pgpass | grep ":$(value "$conf" $which | sed 's/.*user=\([^&]*\).*/\1/'):" | sed 's/.*://')#")" \
                'select 1' >"$OUT" || true
            grep -q "permission denied for database \"zohosync_$two\"" "$OUT"
        done
    done
}

@test "a webhook of one organisation never reaches the other (promise 5)" {
    local one two
    run_status 0 found mine
    run_status 0 found yours
    one=$(value "$ETC/mine.conf" ZOHO_WEBHOOK_SECRET)
    two=$(value "$ETC/yours.conf" ZOHO_WEBHOOK_SECRET)
    expect 401 "$(books "$ETC/yours.conf" "$one" 1)"
    expect 401 "$(books "$ETC/mine.conf" "$two" 1)"
    expect 202 "$(books "$ETC/mine.conf" "$one" 1)"
    expect '1 0' "$(ask zohosync_mine 'select count(*) from sync.inbox') $(ask zohosync_yours 'select count(*) from sync.inbox')"
}

@test "beside a database that lets in every organisation none is made" {
    ask postgres 'create database by_hand' >/dev/null
    ask postgres 'grant connect on database by_hand to zohosync_job' >/dev/null
    run_status 65 found beside
    grep -q 'the database "by_hand" lets in the logins of every organisation' "$OUT"
    expect 0 "$(databases | grep -c beside)"
    ask postgres 'drop database by_hand' >/dev/null
}
