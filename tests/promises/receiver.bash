# shellcheck shell=bash
# What the tests of the receiving side share beside helper.bash.
#
#   ask METHOD PATH [curl args]   prints the status; the answer is in
#                                 $ANSWER, its head in $ANSWER.head
#   field NAME                    a header of that answer
#   says JQ                       a part of that answer
#   other_web KEY=VALUE...        a second web server on the same stage with
#                                 these settings changed; the words of the
#                                 helper speak to it until the test ends
#   other_web_stop                in teardown
#   raw                           bytes from stdin to the web server, prints
#                                 the status of its answer

ask() {
    local method=$1 path=$2
    shift 2
    curl -s -X "$method" --path-as-is -o "$ANSWER" -D "$ANSWER.head" \
        -w '%{http_code}\n' "$@" "$STAGE_URL$path"
}

field() {
    tr -d '\r' <"$ANSWER.head" | sed -n "s/^$1: //ip"
}

says() {
    jq -r "$1" "$ANSWER"
}

other_conf() {
    local pair keys=
    for pair in "$@"; do
        keys="$keys${keys:+|}${pair%%=*}"
    done
    grep -Ev "^($keys)=" "$STAGE/zohosync.conf"
    printf '%s\n' "$@"
}

other_web() {
    local name=${OTHER_NAME:-other}
    other_conf "$@" | stage_as tee "$STAGE/$name.conf" >/dev/null
    stage_as chmod 600 "$STAGE/$name.conf"
    STAGE_CONF=$STAGE/$name.conf
    STAGE_WEB=$name-
    stage_web_open ${OTHER_MODE:+"$OTHER_MODE"}
    until_true 10 curl -s -o /dev/null "$STAGE_URL/api/health"
}

other_web_stop() {
    STAGE_WEB=${OTHER_NAME:-other}- stage_web_stop
}

raw() {
    python3 -c '
import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20)
s.settimeout(20)
s.sendall(sys.stdin.buffer.read())
if len(sys.argv) > 2:
    s.shutdown(socket.SHUT_WR)
got = b""
try:
    while b"\r\n" not in got:
        part = s.recv(65536)
        if not part:
            break
        got += part
except OSError:
    pass
line = got.split(b"\r\n")[0].decode("latin-1").split(" ")
print(line[1] if len(line) > 1 else "none")' "$STAGE_PORT" "$@"
}

# A full record of a CRM module as its own sender would wrap it.
lead() {
    printf '{"operation":"Leads.edit","source":"web","data":[{"id":"%s","Last_Name":"%s","Modified_Time":"%s"}]}' \
        "$1" "${2:-Example}" "${3:-2026-01-31T09:15:00+01:00}"
}

# A full invoice as Books sends it.
invoice() {
    printf '{"invoice":{"invoice_id":"%s","invoice_number":"INV-%s","line_items":[],"last_modified_time":"%s"}}' \
        "$1" "$1" "${2:-2026-01-31T09:20:00+0100}"
}

# Nothing was taken in: not stored, not queued, not remembered, not spooled.
expect_nothing_kept() {
    expect '0|0|0' "$(query 'select (select count(*) from sync.inbox),
        (select count(*) from sync.work), (select count(*) from sync.seen)')" \
        "${1:-nothing is stored}" || return 1
    expect 0 "$(find "$STAGE/spool" -name '*.req' | wc -l)" \
        "${1:-nothing is spooled}"
}
