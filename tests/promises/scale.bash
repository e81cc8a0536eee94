# shellcheck shell=bash
# What the tests of more than one server share; loaded after helper, queue
# and receiver.
#
#   within SECONDS COMMAND...     again and again until it succeeds
#   web_head NAME KEY=VALUE...    a web server of its own, whose receivers have
#                                 these settings; its address is in $HEAD_URL.
#                                 HEAD_PROCS receivers, 2 unless set
#   web_head_stop NAME
#   stream_start [arguments]      events at a rate in the background, see
#                                 stream.py; to $STAGE_URL unless --url is given
#   stream_goes_on [N]            N more events are answered 202
#   stream_stop                   and wait for the last answers
#   stream_says                   one line: how many answers of each status,
#                                 and the longest time one took
#   expect_all_once [FIRST]       what was answered 202 (from number FIRST on)
#                                 is in the mirror, every record of it once,
#                                 and every request is accounted for

# As until_true, but by the clock: what is asked here may take its time.
within() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.05
    done
}

web_head() {
    local name=$1 conf=$STAGE_CONF port=$STAGE_PORT url=$STAGE_URL web=${STAGE_WEB:-}
    shift
    export STAGE_PROCS=${HEAD_PROCS:-2}
    OTHER_NAME=$name other_web "$@"
    HEAD_URL=$STAGE_URL
    STAGE_CONF=$conf STAGE_PORT=$port STAGE_URL=$url STAGE_WEB=$web
    export HEAD_URL
}

web_head_stop() {
    OTHER_NAME=$1 other_web_stop
}

stream_start() {
    local url=("--url" "$STAGE_URL")
    case " $* " in *' --url '*) url=() ;; esac
    rm -f "$STAGE/ledger"
    : >"$STAGE/streaming"
    # shellcheck disable=SC2153 # set by stage_open
    python3 "$TOP_SRCDIR/tests/promises/stream.py" "${url[@]}" --key "$STAGE_KEY" \
        --secret "$STAGE_SECRET" --guard "$STAGE/streaming" --ledger "$STAGE/ledger" \
        --rate "${STREAM_RATE:-50}" "$@" 3>&- &
    STREAM=$!
    within 40 stream_has 10
}

accepted() {
    awk '$2 == 202 { n++ } END { print n + 0 }' "$STAGE/ledger" 2>/dev/null || echo 0
}

stream_has() { [ "$(accepted)" -ge "$1" ]; }

stream_goes_on() {
    within 60 stream_has $(($(accepted) + ${1:-20}))
}

stream_stop() {
    rm -f "$STAGE/streaming"
    [ -z "${STREAM:-}" ] || wait "$STREAM"
    STREAM=
}

stream_says() {
    awk '{ n[$2]++; if ($3 > worst) worst = $3 }
        END { for (s in n) printf "%s=%d ", s, n[s]; printf "longest_ms=%d\n", worst }' "$STAGE/ledger"
}

# Answers that were not 202.
others() {
    awk '$2 != 202 { print $2 }' "$STAGE/ledger" | sort | uniq -c
}

# What was put back waits for its time; these tests do not.
finish() {
    due_now && drain >/dev/null 2>&1 && all_done
}

expect_all_once() {
    within 90 finish || return 1
    awk -v first="${1:-0}" '$2 == 202 && $1 >= first { print $1 }' "$STAGE/ledger" |
        LC_ALL=C sort -u >"$BATS_TEST_TMPDIR/acknowledged"
    query 'select id from mirror.record' | LC_ALL=C sort >"$BATS_TEST_TMPDIR/mirrored"
    [ -s "$BATS_TEST_TMPDIR/acknowledged" ]
    expect '' "$(LC_ALL=C comm -23 "$BATS_TEST_TMPDIR/acknowledged" "$BATS_TEST_TMPDIR/mirrored" | head)" \
        'answered 202 and not in the mirror' || return 1
    expect '' "$(query 'select id from mirror.version group by module, id having count(*) > 1 limit 9')" \
        'applied twice' || return 1
    expect '' "$(query "select convert_from(body, 'UTF8') from sync.inbox group by 1 having count(*) > 1 limit 9")" \
        'stored twice' || return 1
    expect 0 "$(query 'select count(*) from sync.dead')" 'dead letters' || return 1
    accounted
}

spooled() {
    find "$STAGE"/spool* -maxdepth 1 -name '[!.]*.req' | wc -l
}

health_of() {
    curl -s "$1/api/zoho/webhooks/health" | jq -r .status
}

health_is() { [ "$(health_of "$1")" = "$2" ]; }
