#!/usr/bin/env bats
# Slow, half-open and broken clients hold up nobody (R56), and whoever reaches
# the FastCGI socket cannot bring the program down.

load helper
load queue
load receiver

setup_file() {
    stage fastcgi
    [ -n "$(stage_lacks apache-proxy-fcgi)" ] || start_apache
    SEED=${SEED:-$RANDOM}
    export SEED
    echo "# SEED=$SEED" >&3
}
teardown_file() {
    STAGE_WEB=apache- stage_web_stop
    stage_close
}
setup() {
    clean_tables
    BEFORE=$(pids_of webhook)
}
teardown() { let_go; }

# A second web server on the same stage, which hands bodies on as they come.
start_apache() {
    local lighttpd=$STAGE_URL
    STAGE_WEB=apache- stage_web_open apache-proxy-fcgi
    export APACHE_URL=$STAGE_URL STAGE_URL=$lighttpd
    until_true 30 curl -fs -o /dev/null "$APACHE_URL/api/health"
}

behind_apache() {
    [ -n "${APACHE_URL:-}" ] || skip "$(stage_lacks apache-proxy-fcgi | head -n 1)"
    STAGE_URL=$APACHE_URL
}

post_lead() {
    post_text Leads "$(lead "$1")" --max-time 60
}

# While the process runs, and three times at least, another sender is at work:
# each of its events must be answered 202.
others_are_served_until_end_of() {
    local n=0
    while [ "$n" -lt 3 ] || kill -0 "$1" 2>/dev/null; do
        n=$((n + 1))
        expect 202 "$(post_lead "90$n")" "event $n" || return 1
    done
    expect "$n" "$(query "select count(*) from sync.inbox where convert_from(body, 'UTF8') ~ '\"90[0-9]+\"'")"
}

the_same_process_serves() {
    expect 202 "$(post_lead 990001)" || return 1
    expect accepted "$(says .status)" || return 1
    expect "$BEFORE" "$(pids_of webhook)" 'processes'
}

# slowly OPTIONS: many connections of slowhttptest for some seconds
slowly() {
    command -v slowhttptest >/dev/null || skip 'slowhttptest is not installed'
    slowhttptest "$@" -c 150 -r 150 -i 1 -l 4 -u "$STAGE_URL/api/zoho/webhooks/Leads" >"$BATS_TEST_TMPDIR/slow" 2>&1 3>&- &
    others_are_served_until_end_of $!
    # or it did nothing
    sed 's/\x1b\[[0-9;]*m//g' "$BATS_TEST_TMPDIR/slow" | grep -q -E 'Hit test time limit|No open connections left'
    the_same_process_serves
}

# ---- through a web server ----

@test "slow headers hold up nobody" { slowly -H; }

@test "slow bodies hold up nobody" { slowly -B -s 8192 -f application/json; }

@test "slow readers hold up nobody" { slowly -X -k 3; }

@test "overlapping ranges hold up nobody" { slowly -R -t HEAD; }

@test "slow headers behind Apache hold up nobody" { behind_apache; slowly -H; }

@test "slow bodies, which Apache hands on as they come, hold up nobody" { behind_apache; slowly -B -s 8192 -f application/json; }

@test "slow readers behind Apache hold up nobody" { behind_apache; slowly -X -k 3; }

# half_uploads N: connections with half a body, more than Apache waits for
# before it hands on, held until let_go, which breaks every second one off with
# a reset. $HELD is how many.
half_uploads() {
    coproc HOLDER { python3 -c '
import socket, struct, sys
held = []
for n in range(int(sys.argv[3])):
    s = socket.create_connection((sys.argv[1].split("/")[2].split(":")[0], int(sys.argv[1].rsplit(":", 1)[1])))
    s.sendall(b"POST /api/zoho/webhooks/Leads HTTP/1.1\r\nHost: x\r\nX-API-Key: %s\r\n"
              b"Content-Type: application/json\r\nContent-Length: 200000\r\n\r\n{\"data\":[{\"id\":\"1\"%s" % (
                  sys.argv[2].encode(), b" " * 100000))
    held.append(s)
print(len(held), flush=True)
sys.stdin.read()
for s in held[::2]:
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
for s in held:
    s.close()' "$STAGE_URL" "$STAGE_KEY" "$1" 3>&-; }
    read -r HELD <&"${HOLDER[0]}"
}

let_go() {
    [ -n "${HOLDER_PID:-}" ] || return 0
    local pid=$HOLDER_PID input=${HOLDER[1]}
    exec {input}>&-
    wait "$pid" || true
}

uploads_broken_off() {
    local n
    half_uploads 100
    expect 100 "$HELD"
    for n in 1 2 3 4 5; do expect 202 "$(post_lead "$n")" "event $n beside them"; done
    let_go
    for n in 6 7 8 9 10; do expect 202 "$(post_lead "$n")" "event $n after them"; done
    the_same_process_serves
    expect 11 "$(query 'select count(*) from sync.inbox')" 'nothing of the halves is stored'
    expect 0 "$(find "$STAGE/spool" -name '*.req' | wc -l)"
}

@test "uploads that stand still half-way, and then break off, hold up nobody and leave nothing" { uploads_broken_off; }

@test "nor behind Apache" { behind_apache; uploads_broken_off; }

# ---- on the FastCGI socket itself ----

# fastcgi COMMAND [N]: see fastcgi_client.py
fastcgi() {
    timeout 120 python3 "$TOP_SRCDIR/tests/promises/fastcgi_client.py" "$(receiver_socket)" "$STAGE_KEY" "$@" 3>&-
}

# lighttpd numbers the sockets of its processes.
receiver_socket() {
    find "$STAGE" -maxdepth 1 -type s -name 'webhook.sock*' | sort | head -n 1
}

in_inbox() {
    query 'select count(*) from sync.inbox'
}

@test "a good request is served whole, byte by byte, in many padded records and on a kept connection" {
    expect '202 0' "$(fastcgi good 1)"
    expect '202 0' "$(fastcgi bytewise 2)"
    expect '202 0' "$(fastcgi padded 3)"
    expect '202 0, 202 0, 202 0' "$(fastcgi kept 4)"
    expect 4 "$(in_inbox)"
    expect 2 "$(query 'select count(*) from sync.repeat')" 'the kept connection said the same three times'
}

@test "other roles and a second request beside the first are refused by the protocol's rules" {
    expect '0 3, 0 3, 0 3, 0 3' "$(fastcgi role)"
    expect '0 1, 202 0' "$(fastcgi two 1)"
    expect '202 0' "$(fastcgi others 2)"
    the_same_process_serves
}

@test "values are asked as often as one likes" {
    expect '10 FCGI_MAX_CONNS FCGI_MPXS_CONNS' "$(fastcgi values)"
    fastcgi values_many # answered or closed
    expect '11 0 77' "$(fastcgi unknown)"
    the_same_process_serves
}

@test "what breaks the protocol's rules is refused, and nothing of it stored" {
    expect 'refused all' "$(fastcgi breaking 1)"
    expect 0 "$(in_inbox)"
    the_same_process_serves
}

@test "a request cut off at any byte is not stored, and hurts nobody" {
    expect 'done' "$(fastcgi cut 1)"
    the_same_process_serves
    expect 1 "$(in_inbox)"
}

@test "a sender that does not wait for its answer hurts nobody" {
    expect 'done' "$(fastcgi gone 100)"
    the_same_process_serves
    until_true 30 all_fifty
}

# Each was whole, so each is kept: the sender cannot know, but may hope.
all_fifty() { [ "$(in_inbox)" = 51 ]; }

@test "more parameters or more body than anybody takes is refused with 431 and 413" {
    expect '431 0, 413 0' "$(fastcgi oversized 1)"
    expect 0 "$(in_inbox)"
    the_same_process_serves
}

@test "noise hurts nobody" {
    expect 'done' "$(fastcgi noise 1)"
    the_same_process_serves
}

# idle N: connections that say nothing or half of something; $HELD is how many
idle() {
    coproc HOLDER { python3 "$TOP_SRCDIR/tests/promises/fastcgi_client.py" "$(receiver_socket)" "$STAGE_KEY" idle "$1" 3>&-; }
    read -r HELD <&"${HOLDER[0]}"
}

@test "a thousand connections that say nothing hold up nobody" {
    local n
    [ "$(ulimit -Hn)" = unlimited ] || [ "$(ulimit -Hn)" -ge 1100 ] || skip 'not as many descriptors here'
    idle 1000
    expect 1000 "$HELD"
    for n in 1 2 3 4 5; do expect 202 "$(post_lead "$n")" "event $n beside them"; done
    let_go
    the_same_process_serves
    expect 6 "$(in_inbox)"
}

@test "two thousand of them, more than the program may have descriptors, hold up nobody" {
    local n
    [ "$(ulimit -Hn)" = unlimited ] || [ "$(ulimit -Hn)" -ge 2100 ] || skip 'not as many descriptors here'
    idle 2000
    for n in 1 2 3 4 5; do expect 202 "$(post_lead "$n")" "event $n beside them"; done
    let_go
    the_same_process_serves
}

@test "two hundred good requests that come a few bytes at a time are all answered, and others beside them" {
    fastcgi slow 200 >"$BATS_TEST_TMPDIR/slow" &
    others_are_served_until_end_of $!
    expect '202 0' "$(cat "$BATS_TEST_TMPDIR/slow")"
    the_same_process_serves
}
