# shellcheck shell=bash
# What the tests of zohosync setup share; loaded after helper, queue and
# install.
#
#   founding_stage          in setup_file: a stage whose PostgreSQL has the rules
#                           that Debian gives it, users of the machine over the
#                           socket, passwords over TCP at $PGPORT; no database
#   founding_place          in setup: $ETC, a folder for what a test makes
#   found NAME [options]    setup of an organisation of this test; "-" is the
#                           first
#   found_as [options]      the bare command
#   super                   the address of the superuser
#   value CONF NAME         a setting of that file
#   ask DATABASE SQL        as the superuser
#   databases               all there are
#   as URL SQL              with what a settings file says
#   cgi CONF PATH BODY [NAME=VALUE]   one request to the program, by its
#                           settings; prints the status
#   books CONF SECRET ID    an invoice, signed

founding_stage() {
    stage none
    stop_for_tcp
    stage_as tee -a "$STAGE/pg/data/postgresql.conf" >/dev/null <<<"log_statement = 'all'"
    debian_rules
    stage_pg_start
    # what stage_open made, by hand, for every organisation
    stage_psql -d "host=$STAGE/pg dbname=postgres user=$STAGE_SUPER" -c 'drop database zohosync' >/dev/null
    cp "$TOP_BUILDDIR/jobs/setup" "$STAGE/bin/"
    chmod 755 "$STAGE/bin/setup"
    stage_as mkdir "$STAGE/made"
}

founding_place() {
    OUT=$BATS_TEST_TMPDIR/out
    ETC=$STAGE/made/$BATS_TEST_NUMBER
    stage_as mkdir "$ETC"
}

debian_rules() {
    stage_as tee "$STAGE/pg/data/pg_hba.conf" >/dev/null <<END
local all all peer
host all all 127.0.0.1/32 scram-sha-256
END
}

super() {
    echo "postgresql:///postgres?host=$STAGE/pg&user=$STAGE_SUPER"
}

found() {
    local name=$1
    shift
    if [ "$name" = - ]; then
        set -- -c "$ETC/zohosync.conf" "$@"
    else
        set -- --org "$name" -c "$ETC/$name.conf" "$@"
    fi
    found_as "$@" --database-url "$(super)"
}

# The bare command, by one user for all of it, whoever runs the tests.
found_as() {
    stage_as "$STAGE/bin/zohosync" setup --var-dir "$ETC/var" \
        --url https://shop.example.com "$@"
}

value() {
    stage_as sed -n "s/^$2=//p" "$1"
}

ask() {
    stage_psql -d "host=$STAGE/pg dbname=$1 user=$STAGE_SUPER" -c "$2"
}

databases() {
    ask postgres 'select datname from pg_database order by 1'
}

as() {
    stage_as psql -X -q -At -d "$1" -c "$2" 2>&1
}

cgi() {
    local conf=$1 path=$2 body=$3
    shift 3
    printf '%s' "$body" | stage_as env -i PATH="$PATH" ZOHOSYNC_CONF="$conf" \
        GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=POST SCRIPT_NAME="$path" \
        CONTENT_TYPE=application/json CONTENT_LENGTH=${#body} "$@" "$STAGE/bin/webhook" 2>/dev/null |
        sed -n 's/^Status: \([0-9]*\).*/\1/p'
}

books() {
    cgi "$1" /api/zoho/webhooks/invoices "$(invoice_of "$3")" \
        HTTP_X_ZOHO_WEBHOOK_SIGNATURE="$(signature_of "$2" "$(invoice_of "$3")")"
}
