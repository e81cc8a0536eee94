# shellcheck shell=sh
# A private stage: PostgreSQL, lighttpd and our programs in one throw-away
# directory, on unix sockets and a free loopback port. The quickstart, the
# tests and the benchmarks all play on it.
#
#   . tests/stage.sh
#   stage_open [BUILD_DIR]   make the directory and start PostgreSQL
#   stage_web [fastcgi|cgi]  start lighttpd with the receiver mounted
#   stage_close              stop everything and remove the directory
#
# Set by stage_open: STAGE (the directory), STAGE_CONF (settings file),
# STAGE_URL (base address, after stage_web). As root everything runs as the
# user postgres, because initdb refuses root and nobody should need it.
# Knobs: STAGE_FSYNC=on for real durability (off for speed), STAGE_KEEP=1.

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
    for stage_program in zohosync drain migrate status dead key; do
        cp "$stage_build/jobs/$stage_program" "$STAGE/bin/"
    done
    chmod 755 "$STAGE" "$STAGE/bin"
    [ "$(id -u)" -ne 0 ] || chown -R postgres "$STAGE"
    stage_pg_make || return 1
    stage_settings
    stage_logins || return 1
    STAGE_KEY=$(stage_as "$STAGE/bin/zohosync" key create stage -c "$STAGE_CONF" |
        sed -n 's/.*\(zs_[0-9a-f]\{64\}\).*/\1/p')
    : "${STAGE_KEY:?no key was made}"
}

stage_web_conf() {
    cat <<EOF
server.document-root = "$STAGE/web"
server.bind = "127.0.0.1"
server.port = $STAGE_PORT
server.errorlog = "$STAGE/lighttpd.err"
server.breakagelog = "$STAGE/webhook.err"
server.pid-file = "$STAGE/lighttpd.pid"
server.upload-dirs = ( "$STAGE/web" )
server.max-request-size = 8192
server.max-request-field-size = 16384
server.max-connections = 1024
EOF
    if [ "$1" = cgi ]; then
        cat <<EOF
server.modules = ( "mod_cgi", "mod_alias", "mod_setenv" )
setenv.set-environment = ( "ZOHOSYNC_CONF" => "$STAGE_CONF" )
\$HTTP["url"] =~ "^/api/" {
  alias.url = ( "/api/zoho/webhooks" => "$STAGE/bin/webhook",
                "/api/zoho" => "$STAGE/bin/webhook",
                "/api" => "$STAGE/bin/webhook" )
  cgi.assign = ( "" => "" )
}
EOF
        return
    fi
    cat <<EOF
server.modules = ( "mod_fastcgi" )
fastcgi.server = (
  "/api/" => (( "bin-path" => "$STAGE/bin/webhook -c $STAGE_CONF",
    "socket" => "$STAGE/webhook.sock", "max-procs" => ${STAGE_PROCS:-1},
    "check-local" => "disable",
    "bin-copy-environment" => ( "PATH", "LANG", "LD_PRELOAD", "ASAN_OPTIONS" ) ))
)
EOF
}

# stage_web [fastcgi|cgi]
stage_web() {
    STAGE_PORT=$(stage_free_port)
    STAGE_URL=http://127.0.0.1:$STAGE_PORT
    stage_web_conf "${1:-fastcgi}" | stage_as tee "$STAGE/lighttpd.conf" >/dev/null
    stage_as "$(command -v lighttpd || echo /usr/sbin/lighttpd)" \
        -f "$STAGE/lighttpd.conf"
    stage_tries=0
    until curl -fs -o /dev/null "$STAGE_URL/api/health"; do
        stage_tries=$((stage_tries + 1))
        [ "$stage_tries" -lt 100 ] || {
            cat "$STAGE/lighttpd.err" >&2
            return 1
        }
        sleep 0.1
    done
}

# Stop a process by its pid file and wait until it is gone.
stage_end() {
    [ -s "$1" ] || return 0
    stage_pid=$(cat "$1")
    stage_as kill -"${2:-TERM}" "$stage_pid" 2>/dev/null || true
    stage_tries=0
    while [ -r "/proc/$stage_pid/stat" ] &&
        [ "$(sed 's/.*) \(.\).*/\1/' "/proc/$stage_pid/stat" 2>/dev/null)" != Z ] &&
        [ "$stage_tries" -lt 100 ]; do
        stage_tries=$((stage_tries + 1))
        sleep 0.1
    done
    rm -f "$1"
}

stage_web_stop() {
    stage_end "$STAGE/lighttpd.pid" INT
}

# What a sanitizer said of the receiver on this stage, if anything.
stage_reports() {
    grep -h -A 20 -e 'Sanitizer' -e 'runtime error' "$STAGE"/*.err 2>/dev/null
}

stage_close() {
    [ -n "${STAGE:-}" ] || return 0
    stage_web_stop
    stage_status=0
    if stage_reports >&2; then
        stage_status=1
    fi
    [ ! -s "$STAGE/pg/data/postmaster.pid" ] || stage_pg_stop immediate || true
    [ -n "${STAGE_KEEP:-}" ] || rm -rf "$STAGE"
    STAGE=
    return "$stage_status"
}
