#!/usr/bin/env bats
# README, "On shared hosting" and "To upgrade": each command as it stands
# there, as a user without rights, until what was posted to the printed
# address with the printed secret is a row (promise 10, F017, F018).
#
# The host is played: its PostgreSQL with one login, its web servers that run
# CGI programs as the user, a crontab(1) that keeps what it is given, a relay
# that speaks HTTPS, and git, which has a newer version. Jobs are started by
# the very command of the crontab's line.

load helper
load install

host=shop.example.com

obstacle() {
    local tool
    for tool in lighttpd script autoreconf openssl python3; do
        PATH=$PATH:/usr/sbin:/sbin command -v $tool >/dev/null || echo "no $tool here"
    done
}

# The user: nobody of this machine for root, and oneself for anybody else.
as_shop() {
    if [ "$(id -u)" -eq 0 ]; then
        runuser -u nobody -- "$@"
    else
        "$@"
    fi
}

# on COMMAND...: as the user, with what a login would give
on() {
    as_shop env -i HOME="$SHOP" PATH="$SHOP/host:/usr/local/bin:/usr/bin:/bin" TERM=dumb \
        CURL_CA_BUNDLE="$SHOP/tls" MAKEFLAGS=-j2 CFLAGS=-O0 CXXFLAGS=-O0 "$@"
}

# walk HEADING N...: do what these blocks say, in one shell on a terminal; what
# the panel shows is pasted where a block reads it
walk() {
    local heading=$1 n
    shift
    # shellcheck disable=SC2016 # the user's shell expands it
    for n in "$@"; do
        cat "$BATS_FILE_TMPDIR/$heading/block-$n"
    done | sed 's/^read -r .*/{ &; } <"$HOME\/panel"/' | on tee "$SHOP/block" >/dev/null
    OUT="$BATS_FILE_TMPDIR/$heading-$*.out"
    on script -qefc 'cd ~/src && bash -e ~/block' "$SHOP/out" >"$OUT" 2>&1 </dev/null || {
        cat "$OUT" >&2
        return 1
    }
}

put_players() {
    on tee "$SHOP/host/crontab" >/dev/null <<'END'
#!/bin/sh
case $1 in
-l) cat ~/crontab 2>/dev/null || { echo "no crontab for $(id -un)" >&2; exit 1; } ;;
-) cat >~/crontab.new && mv ~/crontab.new ~/crontab ;;
*) exit 1 ;;
esac
END
    on tee "$SHOP/host/git" >/dev/null <<END
#!/bin/bash -e
$(declare -f newer_version)
[ "\$*" = pull ]
newer_version .
END
    on chmod 755 "$SHOP/host/crontab" "$SHOP/host/git"
}

# PostgreSQL as hosts have it: TCP, passwords, a login that owns its database
# and nothing else.
host_postgresql() {
    local password
    password=$(stage_secret)
    stop_for_tcp
    stage_as tee "$STAGE/pg/data/pg_hba.conf" >/dev/null <<END
local all $STAGE_SUPER trust
local all all reject
host all all 127.0.0.1/32 scram-sha-256
END
    stage_pg_start
    stage_query "create role shop_zoho login password '$password'" >/dev/null
    stage_query 'create database shop_mirror owner shop_zoho' >/dev/null
    echo "postgresql://shop_zoho:$password@127.0.0.1:$PGPORT/shop_mirror" | on tee "$SHOP/panel" >/dev/null
}

host_lighttpd() {
    STAGE_PORT=$(stage_free_port)
    on tee "$SHOP/host/lighttpd.conf" >/dev/null <<END
server.document-root = "$SHOP/public_html"
server.bind = "127.0.0.1"
server.port = $STAGE_PORT
server.errorlog = "$SHOP/host/lighttpd.err"
server.breakagelog = "$SHOP/host/cgi.err"
server.pid-file = "$SHOP/host/lighttpd.pid"
server.upload-dirs = ( "$SHOP/host" )
server.modules = ( "mod_cgi" )
\$HTTP["url"] =~ "^/cgi-bin/" { cgi.assign = ( "" => "" ) }
END
    on "$STAGE_LIGHTTPD" -f "$SHOP/host/lighttpd.conf"
    relay
}

host_apache() {
    local modules=/usr/lib/apache2/modules module
    STAGE_PORT=$(stage_free_port)
    {
        echo "ServerName $host
Listen 127.0.0.1:$STAGE_PORT
DefaultRuntimeDir $SHOP/host
PidFile $SHOP/host/apache.pid
ErrorLog $SHOP/host/apache.err
Mutex file:$SHOP/host default"
        for module in mpm_event authz_core alias cgid; do
            echo "LoadModule ${module}_module $modules/mod_$module.so"
        done
        echo "ScriptSock $SHOP/host/cgid.sock
DocumentRoot $SHOP/public_html
ScriptAlias /cgi-bin/ $SHOP/public_html/cgi-bin/
<Directory $SHOP/public_html>
  Require all granted
</Directory>"
    } | on tee "$SHOP/host/apache.conf" >/dev/null
    on "$STAGE_APACHE" -f "$SHOP/host/apache.conf"
    relay
}

# The relay before whichever web server runs, and curl told of it.
relay() {
    local port
    port=$(stage_free_port)
    relay_stop
    on python3 "$SHOP/tls.py" "$port" "$SHOP/tls.both" "$STAGE_PORT" </dev/null >/dev/null 2>&1 3>&- &
    echo $! >"$BATS_FILE_TMPDIR/relay"
    echo "$port" >"$BATS_FILE_TMPDIR/relay.port"
    until_true 20 answers
}

relay_stop() {
    local pid
    [ -s "$BATS_FILE_TMPDIR/relay" ] || return 0
    # the innermost of them, when it runs as somebody else
    pid=$(cat "$BATS_FILE_TMPDIR/relay")
    while [ -n "$(ps -o pid= --ppid "$pid")" ]; do
        pid=$(ps -o pid= --ppid "$pid" | tr -d ' ')
    done
    kill "$pid" 2>/dev/null || true
    rm "$BATS_FILE_TMPDIR/relay"
}

to_host() {
    on "$@" --connect-to "$host:443:127.0.0.1:$(cat "$BATS_FILE_TMPDIR/relay.port")"
}

answers() {
    to_host curl -s -o /dev/null "https://$host/"
}

end_web() {
    local file
    relay_stop
    for file in lighttpd apache; do
        [ ! -s "$SHOP/host/$file.pid" ] || stage_end_as "$SHOP/host/$file.pid"
    done
}

# stage_end() of a process that is the user's
stage_end_as() {
    local pid
    pid=$(cat "$1")
    kill -TERM "$pid" 2>/dev/null || true
    until_true 10 ended "$pid" || true
    rm -f "$1"
}

ended() {
    [ ! -r "/proc/$1/stat" ] || [ "$(sed 's/.*) \(.\).*/\1/' "/proc/$1/stat" 2>/dev/null)" = Z ]
}

# What cron would do with the line that every quarter of an hour begins.
run_cron_line() {
    local command
    command=$(on sed -n 's/^\*\/15 \* \* \* \* //p' "$SHOP/crontab")
    [ -n "$command" ] || { on cat "$SHOP/crontab"; return 1; }
    as_shop env -i HOME="$SHOP" PATH=/usr/bin:/bin SHELL=/bin/sh sh -c "$command" </dev/null
}

ask_database() {
    stage_as psql -X -q -At -d "host=$STAGE/pg dbname=shop_mirror user=$STAGE_SUPER" -c "$1"
}

setup_file() {
    OBSTACLE=$(obstacle)
    export OBSTACLE
    [ -z "$OBSTACLE" ] || return 0
    stage none
    # short, for the sockets in it
    SHOP=$STAGE/home
    export SHOP PGPORT curl_as=to_host
    mkdir "$SHOP"
    [ "$(id -u)" -ne 0 ] || chown nobody "$SHOP"
    on mkdir -p "$SHOP/host" "$SHOP/src" "$SHOP/public_html/cgi-bin"
    sources | on tar -C "$SHOP/src" -xf - --no-same-owner
    certificate "$BATS_FILE_TMPDIR/tls" $host
    on tee "$SHOP/tls" <"$BATS_FILE_TMPDIR/tls" >/dev/null
    on tee "$SHOP/tls.both" <"$BATS_FILE_TMPDIR/tls.both" >/dev/null
    on tee "$SHOP/tls.py" <"$TOP_SRCDIR/tests/promises/tls.py" >/dev/null
    put_players
    host_postgresql
    readme 'On shared hosting'
    readme 'To upgrade'
}
teardown_file() {
    if [ -z "$OBSTACLE" ]; then
        stage_close
    fi
}
setup() {
    [ -z "$OBSTACLE" ] || skip "$(head -n 1 <<<"$OBSTACLE")"
    SAID="$BATS_FILE_TMPDIR/On shared hosting-2 3.out"
    URL=$(printed_url "$SAID" invoices 2>/dev/null || true)
    SECRET=$(printed_secret "$SAID" 2>/dev/null || true)
    KEY=$(printed_key "$SAID" 2>/dev/null || true)
}

teardown() {
    if [ -z "$OBSTACLE" ]; then
        end_web
    fi
}

@test "the programs build into the home directory" {
    walk 'On shared hosting' 1
    on test -x "$SHOP/zohosync/bin/zohosync"
    expect '' "$(grep -rl /usr/local/ "$SHOP/zohosync/share/zohosync" || true)"
}

@test "setup makes an organisation in the host's database and prints what to paste" {
    on tee "$SHOP/crontab" <<<'0 4 * * * echo mine' >/dev/null
    walk 'On shared hosting' 2 3
    expect https://$host/cgi-bin/zohosync.cgi/invoices "$(printed_url "$SAID" invoices)"
    expect 43 "$(printed_secret "$SAID" | tr -d '\n' | wc -c)"
    [ -n "$(printed_key "$SAID")" ]
    grep -q 'One login does everything here' "$SAID"
    expect '' "$(grep -F "$(on sed 's/.*:\(.*\)@.*/\1/' "$SHOP/panel")" "$SAID")" 'the password is not printed'
}

@test "cron keeps the line that was there, and gets one more" {
    expect '2' "$(on grep -c '^[0-9*]' "$SHOP/crontab")"
    on grep -qx '0 4 \* \* \* echo mine' "$SHOP/crontab"
}

@test "nothing that was made is open to others" {
    expect '' "$(on find "$SHOP/zohosync/etc" "$SHOP/zohosync/var/spool/zohosync" "$SHOP/zohosync/var/log/zohosync" \
        \( -type f -o -name zohosync \) -perm /077)"
}

@test "under lighttpd, what is posted as printed becomes rows by the crontab's own command" {
    host_lighttpd
    expect 202 "$(post_books "$URL" "$SECRET" "$(invoice_of 1)")"
    expect 202 "$(post_crm "${URL%/*}/Leads" "$KEY" "$(lead_of 11)")"
    expect 401 "$(post_books "$URL" wrong "$(invoice_of 2)")"
    expect ok "$(to_host curl -s "${URL%/*}/health" | jq -r .status)"
    expect 0 "$(ask_database 'select count(*) from zoho.invoices')"
    run_cron_line
    expect 1 "$(ask_database 'select zoho_invoice_id from zoho.invoices')"
    expect 11 "$(ask_database 'select id from zoho.leads')"
}

@test "under Apache, what is posted as printed becomes rows as well" {
    [ -e "$STAGE_APACHE" ] && [ -e /usr/lib/apache2/modules/mod_cgid.so ] || skip 'no Apache here'
    host_apache
    expect 202 "$(post_books "$URL" "$SECRET" "$(invoice_of 3)")"
    expect 202 "$(post_crm "${URL%/*}/Leads" "$KEY" "$(lead_of 13)")"
    expect 401 "$(post_books "$URL" wrong "$(invoice_of 4)")"
    run_cron_line
    expect '1 3' "$(ask_database 'select zoho_invoice_id from zoho.invoices order by 1' | paste -sd ' ')"
    expect '11 13' "$(ask_database 'select id from zoho.leads order by 1' | paste -sd ' ')"
}

@test "with PostgreSQL away events wait in the spool, and the next quarter of an hour fetches them (promise 1)" {
    host_lighttpd
    stage_pg_stop
    expect 202 "$(post_books "$URL" "$SECRET" "$(invoice_of 5)")"
    expect 1 "$(on find "$SHOP/zohosync/var/spool/zohosync" -name '*.req' | wc -l)"
    stage_pg_start
    run_cron_line
    expect 1 "$(ask_database "select count(*) from zoho.invoices where zoho_invoice_id = '5'")"
}

@test "an upgrade brings the tables up and changes nothing else" {
    on sh -c 'sha256sum ~/zohosync/etc/*' >"$BATS_TEST_TMPDIR/before"
    walk 'To upgrade' 2
    on sh -c 'sha256sum ~/zohosync/etc/*' >"$BATS_TEST_TMPDIR/after"
    expect '' "$(diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after")"
    expect "$(newer_number)" "$(ask_database 'select max(number) from sync.migration')"
    host_lighttpd
    expect 202 "$(post_books "$URL" "$SECRET" "$(invoice_of 6)")"
    run_cron_line
    expect 1 "$(ask_database "select count(*) from zoho.invoices where zoho_invoice_id = '6'")"
}
