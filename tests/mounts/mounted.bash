# What the tests of this directory that start several mounts share: each
# speaks to one at a time, beside one PostgreSQL.

load ../promises/helper
load ../promises/receiver

setup_file() { stage none; }
teardown_file() { stage_close; }
setup() { clean_tables; }
teardown() {
    [ ! -s "$BATS_TEST_TMPDIR/stopped" ] || xargs kill -CONT <"$BATS_TEST_TMPDIR/stopped" 2>/dev/null || true
    other_web_stop
}

hooks=/api/zoho/webhooks
mounts='fastcgi cgi apache-fcgid apache-proxy-fcgi apache-cgi'

# mounted MOUNT [KEY=VALUE...]: the words of the helper speak to it
mounted() {
    local lacks
    lacks=$(stage_lacks "$1")
    [ -z "$lacks" ] || skip "$lacks"
    other_web_stop
    OTHER_MODE=$1
    shift
    other_web "$@"
}

# with_key TEXT [curl args]: a lead or whatever the text is
with_key() {
    local text=$1
    shift
    ask POST "$hooks/Leads" -H "X-API-Key: $STAGE_KEY" -H 'Content-Type: application/json' \
        --data-binary "$text" "$@"
}
