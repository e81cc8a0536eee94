# shellcheck shell=sh
# A private stage: PostgreSQL, a web server and our programs in one throw-away
# directory, on unix sockets and a free loopback port. The quickstart, the
# tests and the benchmarks all play on it.
#
#   TOP_SRCDIR=DIR           where the sources are
#   . "$TOP_SRCDIR/tests/stage.sh"
#   stage_open [BUILD_DIR]   make the directory and start PostgreSQL
#   stage_web [MOUNT]        start a web server: see stage_web.sh
#   stage_close              stop everything and remove the directory
#
# Set by stage_open: STAGE (the directory), STAGE_CONF (settings file),
# STAGE_URL (base address, after stage_web). As root everything runs as the
# user postgres, because initdb refuses root and nobody should need it.
# Knobs: STAGE_FSYNC=on for real durability (off for speed), STAGE_KEEP=1, and
# those of stage_web.sh.

# shellcheck source=tests/stage_web.sh
. "${TOP_SRCDIR:?}/tests/stage_web.sh"

stage_as() {
    if [ "$(id -u)" -eq 0 ]; then
        runuser -u postgres -- "$@"
    else
        "$@"
    fi
}

# A port that was free a moment ago.
stage_free_port() {
    python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

stage_secret() {
    od -An -N32 -tx1 /dev/urandom | tr -d ' \n'
}

stage_psql() {
    stage_as psql -X -q -At -v ON_ERROR_STOP=1 -d "host=$STAGE/pg dbname=zohosync user=$STAGE_SUPER" "$@"
}

# stage_query SQL: rows as lines, columns split by |
stage_query() {
    stage_psql -c "$1"
}

stage_pg_start() {
    stage_as "$STAGE_PGBIN/pg_ctl" -D "$STAGE/pg/data" -l "$STAGE/pg/log" \
        -w -s -t 60 -o "-k '$STAGE/pg'" start
}

# stage_pg_stop [fast|immediate]
stage_pg_stop() {
    stage_as "$STAGE_PGBIN/pg_ctl" -D "$STAGE/pg/data" -w -s -t 60 \
        -m "${1:-fast}" stop
}

stage_pg_make() {
    STAGE_PGBIN=$(pg_config --bindir 2>/dev/null || true)
    [ -x "$STAGE_PGBIN/initdb" ] ||
        STAGE_PGBIN=$(find /usr/lib/postgresql -name initdb -printf '%h\n' |
            sort -V | tail -n 1)
    STAGE_SUPER=$(stage_as id -un)
    stage_as "$STAGE_PGBIN/initdb" -D "$STAGE/pg/data" -A trust --no-sync \
        -E UTF8 --locale=C.UTF-8 >"$STAGE/pg/initdb.log" 2>&1 || {
        cat "$STAGE/pg/initdb.log" >&2
        return 1
    }
    stage_as tee -a "$STAGE/pg/data/postgresql.conf" >/dev/null <<EOF
listen_addresses = ''
unix_socket_permissions = 0777
fsync = ${STAGE_FSYNC:-off}
full_page_writes = ${STAGE_FSYNC:-off}
max_connections = ${STAGE_CONNECTIONS:-60}
shared_buffers = 64MB
log_min_messages = warning
EOF
    stage_pg_start
}

# One login for each role, as an installation has them.
stage_logins() {
    stage_as psql -X -q -d "host=$STAGE/pg dbname=postgres" \
        -v ON_ERROR_STOP=1 -c 'create database zohosync' >/dev/null
    "$STAGE/bin/zohosync" migrate -c "$STAGE_CONF" >"$STAGE/migrate.log" || {
        cat "$STAGE/migrate.log"
        return 1
    }
    stage_psql <<'EOF'
create role web login in role zohosync_web;
create role job login in role zohosync_job;
create role admin login in role zohosync_admin;
create role report login in role zohosync_report;
EOF
}

# A settings file with fresh secrets. Tests append to it.
stage_settings() {
    STAGE_CONF=$STAGE/zohosync.conf
    STAGE_SECRET=$(stage_secret | cut -c 1-40)
    STAGE_RAW_SECRET=$(stage_secret)
    STAGE_TOKEN=$(stage_secret | cut -c 1-40)
    stage_as tee "$STAGE_CONF" >/dev/null <<EOF
DATABASE_URL=postgresql:///zohosync?host=$STAGE/pg&user=job
WEB_DATABASE_URL=postgresql:///zohosync?host=$STAGE/pg&user=web
ADMIN_DATABASE_URL=postgresql:///zohosync?host=$STAGE/pg&user=admin
OWNER_DATABASE_URL=postgresql:///zohosync?host=$STAGE/pg&user=$STAGE_SUPER
ZOHO_WEBHOOK_SECRET=$STAGE_SECRET
RAW_HMAC_SECRET=$STAGE_RAW_SECRET
ZOHO_NOTIFICATION_TOKEN=$STAGE_TOKEN
API_KEY_FILE=$STAGE/keys
SPOOL_DIR=$STAGE/spool
ZOHO_DEFAULT_OWNER_EMAIL=owner@example.com
DEFAULT_PHONE_REGION=GB
LOG=$STAGE/log
LOG_LEVEL=debug
EOF
    stage_as chmod 600 "$STAGE_CONF"
}

stage_open() {
    stage_build=${1:-.}
    STAGE=$(mktemp -d "${TMPDIR:-/tmp}/zs.XXXXXX")
    mkdir "$STAGE/pg" "$STAGE/bin" "$STAGE/web"
    # Copies, because another user may not read the build directory.
    cp "$stage_build"/cgi/webhook "$STAGE/bin/"
    for stage_program in zohosync backfill dead drain fetch fields get key login migrate reconcile status verify watch webhooks; do
        cp "$stage_build/jobs/$stage_program" "$STAGE/bin/"
    done
    mkdir "$STAGE/etc"
    stage_src=$(sed -n 's/^abs_top_srcdir = //p' "$stage_build/Makefile")
    cp "$stage_src"/etc/*.conf "$stage_src/etc/crontab-webhook" \
        "$stage_src"/etc/zohosync-webhook.s* "$STAGE/etc/"
    chmod 755 "$STAGE" "$STAGE/bin"
    [ "$(id -u)" -ne 0 ] || chown -R postgres "$STAGE"
    stage_pg_make || return 1
    stage_settings
    stage_logins || return 1
    STAGE_KEY=$(stage_as "$STAGE/bin/zohosync" key create stage -c "$STAGE_CONF" |
        sed -n 's/.*\(zs_[0-9a-f]\{64\}\).*/\1/p')
    : "${STAGE_KEY:?no key was made}"
}

# What a sanitizer said of the receiver on this stage, if anything.
stage_reports() {
    grep -h -A 20 -e 'Sanitizer' -e 'runtime error' "$STAGE"/*.err 2>/dev/null
}

stage_close() {
    [ -n "${STAGE:-}" ] || return 0
    for stage_file in "$STAGE"/*mount; do
        stage_name=${stage_file##*/}
        STAGE_WEB=${stage_name%mount}
        stage_web_stop
    done
    for stage_file in "$STAGE"/*run/pid.*; do
        stage_end_group "$stage_file"
    done
    STAGE_WEB=
    stage_status=0
    if stage_reports >&2; then
        stage_status=1
    fi
    [ ! -s "$STAGE/pg/data/postmaster.pid" ] || stage_pg_stop immediate || true
    [ -n "${STAGE_KEEP:-}" ] || rm -rf "$STAGE"
    STAGE=
    return "$stage_status"
}
