# shellcheck shell=bash
# What the tests of the simulator share: one of their own on a free port.
#
#   setup_file()    { sim; }              options of zoho-sim may follow
#   teardown_file() { sim_close; }
#
#   call METHOD PATH [curl args]   a call with a token; the status in $status,
#                                  the body in $output
#   get PATH [curl args]           the same for GET
#   zsim METHOD PATH [JSON]        a control path; prints the answer
#   has JQ [WANT]                  the body's value by a jq program; "true"
#                                  where WANT is left out
#   is STATUS                      the status is this

: "${TOP_SRCDIR:=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}"
: "${TOP_BUILDDIR:=$TOP_SRCDIR}"

sim() {
    SIM_DIR=$(mktemp -d)
    "$TOP_BUILDDIR/tests/sim/zoho-sim" --port 0 --port-file "$SIM_DIR/port" \
        --now 2026-01-31T09:15:00+00:00 "$@" \
        >"$SIM_DIR/out" 2>&1 3>&- &
    SIM_PID=$!
    for _ in $(seq 100); do
        [ -s "$SIM_DIR/port" ] && break
        sleep 0.05
    done
    SIM=http://127.0.0.1:$(cat "$SIM_DIR/port")
    export SIM SIM_PID SIM_DIR
    zsim POST clock '{"rate":0}' >/dev/null
    SIM_TOKEN=$(token)
    export SIM_TOKEN
}

sim_close() {
    [ -z "${RECEIVER_PID:-}" ] || kill "$RECEIVER_PID"
    kill "$SIM_PID"
    wait "$SIM_PID" 2>/dev/null || true
    rm -rf "$SIM_DIR"
}

# refresh [curl args]: the answer of the token endpoint
# shellcheck disable=SC2120 # the tests pass them
refresh() {
    curl -s "$SIM/oauth/v2/token" -d grant_type=refresh_token \
        -d client_id=1000.SIMCLIENT -d client_secret=simsecret \
        -d "refresh_token=${REFRESH:-1000.simrefresh}" "$@"
}

# shellcheck disable=SC2119
token() { refresh | jq -r .access_token; }

call() {
    local method=$1 path=$2
    shift 2
    output=$(curl -s -g -X "$method" -D "$BATS_TEST_TMPDIR/head" \
        -H "Authorization: Zoho-oauthtoken $SIM_TOKEN" \
        -H "Content-Type: ${TYPE:-application/json}" \
        -w '\n%{http_code}' "$@" "$SIM$path") || true
    status=${output##*$'\n'}
    output=${output%$'\n'*}
}

get() { call GET "$@"; }
post() { call POST "$1" -d "$2"; }
put() { call PUT "$1" -d "$2"; }

# crm PATH and books PATH: GETs below the roots
crm() { get "/crm/v8/$1" "${@:2}"; }
books() {
    case $1 in
    *\?*) get "/books/v3/$1&organization_id=10234695" "${@:2}" ;;
    *) get "/books/v3/$1?organization_id=10234695" "${@:2}" ;;
    esac
}

zsim() {
    if [ $# -gt 2 ]; then
        curl -s -X "$1" "$SIM/zsim/$2" -d "$3"
    else
        curl -s -X "$1" "$SIM/zsim/$2"
    fi
}

advance() { zsim POST clock "{\"advance\":$1}" >/dev/null; }

is() {
    [ "$status" = "$1" ] && return
    echo "status $status, not $1: $output"
    return 1
}

has() {
    local seen want=${2:-true}
    seen=$(jq -rc "$1" <<<"$output")
    [ "$seen" = "$want" ] && return
    echo "$1: $seen, not $want"
    echo "$output" | head -c 2000
    return 1
}

# header NAME: its value in the last answer
header() {
    grep -i "^$1:" "$BATS_TEST_TMPDIR/head" | tail -n 1 |
        sed 's/^[^:]*: *//; s/\r$//'
}

# first MODULE [N]: the id of a record of CRM
first() {
    crm "$1?fields=id&per_page=${2:-1}"
    jq -r ".data[${2:-1} - 1].id" <<<"$output"
}

# receiver: something that keeps each call as a line of JSON in
# $SIM_DIR/received; its address is $RECEIVER
receiver() {
    python3 "$TOP_SRCDIR/tests/sim/receiver.py" "$SIM_DIR" 3>&- &
    RECEIVER_PID=$!
    for _ in $(seq 100); do
        [ -s "$SIM_DIR/receiver" ] && break
        sleep 0.05
    done
    RECEIVER=http://127.0.0.1:$(cat "$SIM_DIR/receiver")
    export RECEIVER RECEIVER_PID
}

# delivered: waits until nothing is on its way
delivered() {
    for _ in $(seq 200); do
        [ "$(zsim GET deliveries | jq .pending)" = 0 ] && return
        sleep 0.05
    done
    return 1
}
