#!/usr/bin/env bats
# What web servers do with programs and connections that would lose requests in
# silence, and that nothing is lost by it (promise 1). Each test starts the
# servers it speaks of, beside one PostgreSQL.

load mounted

receivers() {
    pgrep -f "^$STAGE/bin/webhook" || true
}

@test "no file of etc sets a limit or a connection that loses requests" {
    expect '' "$(grep -liE '^[^#]*(LimitRequestBody|enablereuse=on|stream-request-body)' "$TOP_SRCDIR"/etc/*.conf)"
    # without one mod_fcgid takes 128 KiB
    expect 1 "$(grep -c '^FcgidMaxRequestLen 8388608$' "$TOP_SRCDIR/etc/apache-fcgid.conf")"
}

@test "of the requests that a receiver had in hand when it died, those answered 2xx are kept" {
    local mount i pids
    for mount in $mounts; do
        mounted "$mount" STORE_TIMEOUT_MS=30000
        expect 202 "$(with_key "$(lead 9)")"
        clean_tables
        { head -n 1 "$STAGE/pg/data/postmaster.pid"
          pgrep -P "$(head -n 1 "$STAGE/pg/data/postmaster.pid")"; } >"$BATS_TEST_TMPDIR/stopped"
        xargs kill -STOP <"$BATS_TEST_TMPDIR/stopped"
        pids=()
        for i in 1 2 3; do
            printf '%s' "$(lead $i)" >"$BATS_TEST_TMPDIR/body.$i"
            post Leads "$BATS_TEST_TMPDIR/body.$i" -o /dev/null 3>&- >"$BATS_TEST_TMPDIR/status.$i" &
            pids+=($!)
        done
        sleep 1
        expect '' "$(cat "$BATS_TEST_TMPDIR"/status.*)" "$mount: none is answered yet"
        receivers | xargs -r kill -KILL
        # mod_fcgid asks another process then, which finds the spool
        wait "${pids[@]}"
        xargs kill -CONT <"$BATS_TEST_TMPDIR/stopped"
        : >"$BATS_TEST_TMPDIR/stopped"
        drain
        for i in 1 2 3; do
            case $(cat "$BATS_TEST_TMPDIR/status.$i") in
            50[0-4] | 000) ;;
            202) expect 1 "$(query "select count(*) from mirror.record where id = '$i'")" "$mount, lead $i" ;;
            *) expect '202, 5xx or none' "$(cat "$BATS_TEST_TMPDIR/status.$i")" "$mount, lead $i" ;;
            esac
        done
        [ "$mount" = apache-fcgid ] || expect '' "$(cat "$BATS_TEST_TMPDIR"/status.* | grep ^2)" "$mount"
        until_true 30 is_taken
        rm "$BATS_TEST_TMPDIR"/status.*
        clean_tables
    done
}

is_taken() {
    [ "$(with_key "$(lead 4)")" = 202 ]
}

# answers HOW_MANY: to as many leads, each answer once
answers() {
    local i
    for i in $(seq "$1"); do
        with_key "$(lead "$i")"
    done | sort -u | paste -sd ' '
}

@test "a receiver that is not there is 503, and no 200 without a word, until it is there again" {
    mounted apache-proxy-fcgi
    expect 202 "$(answers 1)"
    stage_end_group "$STAGE/other-run/pid.first"
    expect '' "$(receivers)"
    clean_tables
    # many, so that each process of Apache has met it
    expect 503 "$(answers 20)" 'the socket is there, nobody listens'
    rm -f "$STAGE/other-run/webhook.sock"
    expect 503 "$(answers 20)" 'no socket'
    expect 503 "$(ask GET /api/health)"
    expect_nothing_kept
    stage_cron_minute second
    until_true 20 test -S "$STAGE/other-run/webhook.sock"
    # Apache keeps no grudge
    expect 202 "$(answers 40)"
}

@test "cron keeps one receiver running behind mod_proxy_fcgi, and only one" {
    local before keeper
    mounted apache-proxy-fcgi
    before=$(receivers)
    expect 1 "$(wc -w <<<"$before")"
    # the next minute: the lock is held, it leaves, and the socket stays
    stage_cron_minute second
    is_gone() { ! pgrep -g "$(cat "$STAGE/other-run/pid.second")" -r D,R,S,T >/dev/null; }
    until_true 10 test -s "$STAGE/other-run/pid.second"
    until_true 10 is_gone
    expect "$before" "$(receivers)"
    expect 202 "$(with_key "$(lead 1)")"
    # killed, it is there again before the minute is over
    kill -KILL "$before"
    until_true 20 is_taken
    expect 1 "$(receivers | wc -w)"
    # told to end, it is there again at once
    before=$(receivers)
    kill -TERM "$before"
    until_true 20 is_taken
    [ "$(receivers)" != "$before" ]
    # whoever started it is killed: nobody takes its socket away meanwhile
    before=$(receivers)
    keeper=$(cat "$STAGE/other-run/pid.first")
    pgrep -g "$keeper" | grep -vx "$before" | xargs kill -KILL
    stage_cron_minute third
    until_true 10 test -s "$STAGE/other-run/pid.third"
    expect 202 "$(with_key "$(lead 2)")"
    expect "$before" "$(receivers)"
    kill -TERM "$before"
    # and the minute after it has gone brings a new one
    until_true 20 none_listens
    stage_cron_minute fourth
    until_true 20 is_taken
    expect '' "$(find "$STAGE/other-run/webhook.sock" -perm /007)" 'open to others'
}

@test "a program started on a socket that another one serves leaves it alone" {
    local before
    mounted apache-proxy-fcgi
    before=$(receivers)
    (stage_as "$STAGE/bin/webhook" -c "$STAGE_CONF" -s "$STAGE/other-run/webhook.sock" \
        </dev/null >/dev/null 2>&1 3>&- &)
    sleep 2
    # whoever came second must not be there to answer
    for pid in $(receivers | grep -vx "$before"); do
        kill -KILL "$pid"
        second=$pid
    done
    expect 202 "$(with_key "$(lead 1)")" 'the first one still answers'
    expect '' "${second:-}" 'the second one'
}

# A listening socket is handed over as descriptor 0 and outlives its program,
# as the two units ask systemd for; the program is ended each second.
held_socket() {
    stage_as python3 - "$STAGE/other-run/webhook.sock" "$STAGE/bin/webhook" "$STAGE_CONF" "$1" 3>&- <<'END' &
import os, socket, subprocess, sys, time
path, program, conf, guard = sys.argv[1:]
held = socket.socket(socket.AF_UNIX)
held.bind(path)
held.listen(1024)
open(path + ".held", "w").close()
while os.path.exists(guard):
    run = subprocess.Popen([program, "-c", conf], stdin=held)
    print(run.pid, flush=True)
    time.sleep(1)
    run.terminate()
    run.wait()
END
}

@test "while a program whose socket systemd holds is started anew, senders wait and none is refused" {
    local guard=$STAGE/guard i=0 status=()
    mounted apache-proxy-fcgi
    stage_end_group "$STAGE/other-run/pid.first"
    rm -f "$STAGE/other-run/webhook.sock"
    stage_as touch "$guard"
    held_socket "$guard" >"$BATS_TEST_TMPDIR/programs"
    until_true 10 test -e "$STAGE/other-run/webhook.sock.held"
    while [ "$(wc -l <"$BATS_TEST_TMPDIR/programs")" -lt 4 ]; do
        i=$((i + 1))
        status+=("$(with_key "$(lead "$i")")")
    done
    stage_as rm -f "$guard"
    wait
    expect 202 "$(printf '%s\n' "${status[@]}" | sort -u)"
    expect "$i" "$(query 'select count(*) from sync.inbox')"
}

@test "the files of etc agree on one socket, and systemd understands its units" {
    expect /var/lib/zohosync/web/webhook.sock "$(grep -ho '/[a-z/]*/webhook\.sock' \
        "$TOP_SRCDIR/etc/apache-proxy-fcgi.conf" "$TOP_SRCDIR/etc/zohosync-webhook.socket" | sort -u)"
    expect 2 "$(grep -c 'cd /var/lib/zohosync/web && .* -s webhook\.sock' "$TOP_SRCDIR/etc/crontab-webhook")"
    command -v systemd-analyze >/dev/null || skip 'no systemd-analyze here'
    for unit in service socket; do
        stage_snippet zohosync-webhook.$unit >"$BATS_TEST_TMPDIR/zohosync-webhook.$unit"
    done
    expect '' "$(systemd-analyze verify --man=no "$BATS_TEST_TMPDIR"/zohosync-webhook.* 2>&1 | grep zohosync-webhook)"
}

none_listens() {
    [ -z "$(receivers)" ]
}

# mod_proxy_fcgi passes a body on while it comes.
@test "forty slow uploads starve no route" {
    mounted apache-proxy-fcgi
    # half a body each, and then nothing
    python3 - "$STAGE_PORT" "$STAGE_KEY" 3>&- <<'END' &
import socket, sys, time
held = []
for n in range(40):
    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    s.sendall(b"POST /api/zoho/webhooks/Leads HTTP/1.1\r\nHost: x\r\nX-API-Key: %s\r\n"
              b"Content-Length: 100000\r\n\r\n%s" % (sys.argv[2].encode(), b"x" * 50000))
    held.append(s)
time.sleep(60)
END
    slow=$!
    sleep 1
    expect 200 "$(ask GET /api/health -m 8)" 'liveness'
    expect 202 "$(with_key "$(lead 1)" -m 8)"
    kill $slow
    wait $slow || true
    expect 1 "$(query 'select count(*) from sync.inbox')"
}

# second_host MOUNT: what the file of etc says of a second organisation
second_host() {
    printf '<VirtualHost *>\n</VirtualHost>\n<VirtualHost *>\nServerName second.example.com\n'
    STAGE_CONF=$STAGE/second.conf STAGE_WEB=second- stage_snippet "$1.conf" |
        case $1 in
        apache-fcgid) sed -n '/^FcgidInitialEnv/,$p' ;;
        apache-proxy-fcgi) sed 's#fcgi://zohosync#fcgi://second#' ;;
        apache-cgi) cat ;;
        esac
    printf '</VirtualHost>\n'
}

@test "a second organisation in Apache has its own program, and neither answers for the other" {
    local mount body secret=secretOfTheSecond2026
    body=$(invoice 1)
    other_conf ZOHO_WEBHOOK_SECRET=$secret | stage_as tee "$STAGE/second.conf" >/dev/null
    stage_as chmod 600 "$STAGE/second.conf"
    printf '%s' "$body" >"$BATS_TEST_TMPDIR/body"
    for mount in apache-fcgid apache-proxy-fcgi apache-cgi; do
        STAGE_WEB_MORE=$(second_host $mount) mounted $mount
        [ $mount != apache-proxy-fcgi ] ||
            STAGE_CONF=$STAGE/second.conf STAGE_WEB=second- stage_cron_minute first
        there() { [ "$(ask GET /api/health -H 'Host: second.example.com')" = 200 ]; }
        until_true 10 there
        for _ in 1 2 3 4; do
            expect 202 "$(post invoices "$BATS_TEST_TMPDIR/body")" "$mount, the first"
            expect 401 "$(post invoices "$BATS_TEST_TMPDIR/body" -H 'Host: second.example.com')" "$mount, the first's at the second"
            signature="X-Zoho-Webhook-Signature: $(sign "$BATS_TEST_TMPDIR/body" $secret)"
            expect 202 "$(ask POST "$hooks/invoices" -H "$signature" -H 'Host: second.example.com' \
                --data-binary "$body")" "$mount, the second"
            expect 401 "$(ask POST "$hooks/invoices" -H "$signature" --data-binary "$body")" "$mount, the second's at the first"
        done
        STAGE_WEB=second- stage_web_stop
    done
}

@test "a header in two spellings lets nobody in by the second" {
    local mount
    for mount in $mounts; do
        mounted "$mount"
        status=$(ask POST "$hooks/Leads" --data-binary "$(lead 1)" -H 'X-API-Key: wrong' -H "X_API_Key: $STAGE_KEY")
        [[ $status == 40[01] ]] || expect '400 or 401' "$status" "$mount"
        status=$(ask POST "$hooks/Leads" --data-binary "$(lead 1)" -H "X-API_Key: $STAGE_KEY" -H 'X-API-Key: wrong')
        [[ $status == 40[01] ]] || expect '400 or 401' "$status" "$mount, the other way round"
        expect_nothing_kept "$mount"
    done
}
