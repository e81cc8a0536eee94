#!/usr/bin/env bats
# README, "On a VPS", "A second organisation" and "To upgrade": each command
# as it stands there, as root on a Debian of its own, until what was posted to
# the printed address with the printed secret is a row (promise 10, F017,
# F018, F179).
#
# The machine is this one, seen through namespaces and an overlay in memory:
# nothing that is done to it reaches the real one, and it has a network of its
# own. Only three things are played: apt-get finds its packages installed and
# starts their services anew, git has a newer version, and a relay speaks
# HTTPS. Cron starts things when a minute begins, so this takes minutes.

load helper
load install

obstacle() {
    local tool
    if [ "$(id -u)" -ne 0 ]; then
        echo 'needs root, for a machine of its own'
        return
    fi
    for tool in unshare nsenter pivot_root ip script lighttpd cron pg_createcluster \
        adduser autoreconf openssl; do
        PATH=$PATH:/usr/sbin:/sbin command -v $tool >/dev/null || echo "no $tool here"
    done
    make_machine </dev/null 'true' >/dev/null 2>&1 || echo 'no namespaces or overlays here'
}

# make_machine COMMAND: as process 1 of a machine that is a copy of this one
make_machine() {
    # shellcheck disable=SC2016 # the inner shell expands it
    unshare --mount --net --pid --fork sh -ec '
        mount --make-rprivate /
        mount -t tmpfs -o size=2g tmpfs /mnt
        mkdir /mnt/upper /mnt/work /mnt/root
        mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work /mnt/root
        mount --rbind /dev /mnt/root/dev
        mount -t tmpfs tmpfs /mnt/root/dev/shm
        mount -t proc proc /mnt/root/proc
        for place in tmp run var/tmp; do
            mount -t tmpfs -o mode=1777 tmpfs /mnt/root/$place
        done
        chmod 755 /mnt/root/run
        mkdir -p /mnt/root/run/lock /mnt/root/old
        echo "$MACHINE" >/mnt/root/machine
        cd /mnt/root
        pivot_root . old
        umount -l /old
        # a machine reaps its orphans
        trap "" CHLD
        eval "$1"' sh "$1"
}

# on COMMAND...: run it there, with the umask of a root of Debian
on() {
    # shellcheck disable=SC2016 # the inner shell expands it
    nsenter --target "$(cat "$BATS_FILE_TMPDIR/pid")" --mount --net --pid --root --wd=/ -- \
        sh -c 'umask 022; exec "$@"' sh env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        TERM=dumb CURL_CA_BUNDLE=/root/tls MAKEFLAGS=-j2 CFLAGS=-O0 CXXFLAGS=-O0 "$@"
}

# walk HEADING N: do what that block says, line by line, on a terminal
walk() {
    local block="$BATS_FILE_TMPDIR/$1/block-$2"
    on sh -c 'cat >/root/block' <"$block"
    OUT="$BATS_FILE_TMPDIR/$1-$2.out"
    on script -qefc 'cd /root/zohosync && bash -e /root/block' /root/block.out >"$OUT" 2>&1 </dev/null || {
        cat "$OUT" >&2
        return 1
    }
}

ask_database() {
    on runuser -u postgres -- psql -X -At -d "$1" -c "$2"
}

# What is played, as files of that machine.
put_players() {
    on sh -c 'cat >/usr/local/sbin/apt-get; chmod 755 /usr/local/sbin/apt-get' <<'END'
#!/bin/sh -e
# Everything is there already; its services are as Debian has them when new.
[ "$1" = install ] || exit 0
for word in "$@"; do
    case $word in install | -*) continue ;; esac
    case $(dpkg-query -W -f '${Status}' "$word") in
    *' installed') ;;
    *) echo "$word is not installed"; exit 100 ;;
    esac
done
pg_lsclusters -h | while read -r version name rest; do
    pg_dropcluster --stop "$version" "$name" || true
done
rm -f /etc/lighttpd/conf-enabled/*zohosync* /etc/cron.d/*
pg_createcluster "$(ls /usr/lib/postgresql | sort -V | tail -n 1)" main >/dev/null
service postgresql start
service lighttpd start
service cron start
END
    on sh -c 'cat >/usr/local/bin/git; chmod 755 /usr/local/bin/git' <<END
#!/bin/bash -e
$(declare -f newer_version)
[ "\$*" = pull ]
newer_version .
END
}

setup_file() {
    MACHINE=$(stage_secret)
    export MACHINE
    OBSTACLE=$(obstacle)
    export OBSTACLE curl_as=on
    [ -z "$OBSTACLE" ] || return 0
    make_machine 'ip link set lo up && echo ready && exec sleep infinity' \
        >"$BATS_FILE_TMPDIR/machine.log" 2>&1 </dev/null 3>&- &
    local pid=$!
    until_true 20 grep -q ready "$BATS_FILE_TMPDIR/machine.log"
    # the innermost of them is process 1 there
    while [ -n "$pid" ]; do
        echo "$pid" >"$BATS_FILE_TMPDIR/pid"
        pid=$(ps -o pid= --ppid "$pid" | tr -d ' ')
    done
    # Nothing is done before it is sure where: without --root a machine that
    # was made in a chroot is left for the one around it.
    if [ "$(on cat /machine)" != "$MACHINE" ]; then
        OBSTACLE='no way into a machine of its own'
        return 0
    fi
    certificate "$BATS_FILE_TMPDIR/tls" shop.example.com acme.example.com
    put_players
    on sh -c 'cat >/root/tls' <"$BATS_FILE_TMPDIR/tls"
    on sh -c 'cat >/root/tls.both' <"$BATS_FILE_TMPDIR/tls.both"
    on sh -c 'cat >/root/tls.py' <"$TOP_SRCDIR/tests/promises/tls.py"
    on sh -c 'echo 127.0.0.1 shop.example.com acme.example.com >>/etc/hosts; deluser --quiet zohosync 2>/dev/null;
        rm -rf /etc/zohosync* /var/*/zohosync* /usr/local/*/zohosync; mkdir /root/zohosync'
    sources | on tar -C /root/zohosync -xf - --no-same-owner
    on python3 /root/tls.py 443 /root/tls.both 80 </dev/null >/dev/null 2>&1 3>&- &
    for section in 'On a VPS' 'A second organisation' 'To upgrade'; do
        readme "$section"
    done
}
teardown_file() {
    [ ! -s "$BATS_FILE_TMPDIR/pid" ] || kill -KILL "$(cat "$BATS_FILE_TMPDIR/pid")"
}
setup() {
    [ -z "$OBSTACLE" ] || skip "$(head -n 1 <<<"$OBSTACLE")"
    FIRST="$BATS_FILE_TMPDIR/On a VPS-2.out"
    SECOND="$BATS_FILE_TMPDIR/A second organisation-1.out"
}

# shut_out WHAT_PSQL_SAID
shut_out() {
    grep -q 'permission denied' <<<"$1" || expect 'permission denied' "$1"
}

row_there() {
    [ "$(ask_database "$1" "select count(*) from $2")" = "$3" ]
}

@test "the packages install and the programs build" {
    walk 'On a VPS' 1
    on test -x /usr/local/bin/zohosync
}

@test "setup makes an organisation and prints what to paste" {
    walk 'On a VPS' 2
    expect https://shop.example.com/api/zoho/webhooks/invoices "$(printed_url "$FIRST" invoices)"
    expect 43 "$(printed_secret "$FIRST" | tr -d '\n' | wc -c)"
    [ -n "$(printed_key "$FIRST")" ]
}

@test "users of the machine log in as themselves, and no password is needed" {
    expect 'root|{zohosync_owner}
www-data|{zohosync_web}
zohosync|{zohosync_admin,zohosync_job}
zohosync_report_login|{zohosync_report}' "$(ask_database postgres "
        select l.rolname, array_agg(g.rolname order by g.rolname)
          from pg_roles l join pg_auth_members m on m.member = l.oid join pg_roles g on g.oid = m.roleid
         where l.rolcanlogin and g.rolname like 'zohosync%' group by 1 order by 1")"
    expect /etc/zohosync.report.pgpass "$(on sh -c 'ls /etc/*.pgpass')"
}

@test "web server and cron take it up, and the two questions are answered" {
    walk 'On a VPS' 3
    until_true 20 walk 'On a VPS' 4
    grep -q '"status":"ok"' "$BATS_FILE_TMPDIR/On a VPS-4.out"
}

@test "a second organisation goes beside it" {
    walk 'A second organisation' 1
    expect https://acme.example.com/api/zoho/webhooks/invoices "$(printed_url "$SECOND" invoices)"
    [ "$(printed_secret "$FIRST")" != "$(printed_secret "$SECOND")" ]
}

@test "what is posted to the printed addresses with the printed secrets becomes rows" {
    expect 202 "$(post_books "$(printed_url "$FIRST" invoices)" "$(printed_secret "$FIRST")" "$(invoice_of 1)")"
    expect 202 "$(post_crm "$(printed_url "$FIRST" Leads)" "$(printed_key "$FIRST")" "$(lead_of 11)")"
    expect 202 "$(post_books "$(printed_url "$SECOND" invoices)" "$(printed_secret "$SECOND")" "$(invoice_of 2)")"
    expect 202 "$(post_crm "$(printed_url "$SECOND" Leads)" "$(printed_key "$SECOND")" "$(lead_of 12)")"
    # the next full minute, and what a drain takes to begin
    until_true 100 row_there zohosync zoho.invoices 1
    until_true 100 row_there zohosync_acme zoho.invoices 1
    until_true 20 row_there zohosync zoho.leads 1
    until_true 20 row_there zohosync_acme zoho.leads 1
    expect '1 11' "$(ask_database zohosync "select (select zoho_invoice_id from zoho.invoices) || ' ' || (select id from zoho.leads)")"
    expect '2 12' "$(ask_database zohosync_acme "select (select zoho_invoice_id from zoho.invoices) || ' ' || (select id from zoho.leads)")"
}

@test "a webhook of one organisation never reaches the other (promise 5)" {
    expect 401 "$(post_books "$(printed_url "$SECOND" invoices)" "$(printed_secret "$FIRST")" "$(invoice_of 3)")"
    expect 401 "$(post_books "$(printed_url "$FIRST" invoices)" "$(printed_secret "$SECOND")" "$(invoice_of 3)")"
    expect 401 "$(post_crm "$(printed_url "$SECOND" Leads)" "$(printed_key "$FIRST")" "$(lead_of 13)")"
    expect 401 "$(post_crm "$(printed_url "$FIRST" Leads)" "$(printed_key "$SECOND")" "$(lead_of 13)")"
    expect '2 2' "$(ask_database zohosync 'select count(*) from sync.inbox') $(ask_database zohosync_acme 'select count(*) from sync.inbox')"
}

@test "no login of one organisation gets into the database of the other (promise 9)" {
    local user
    for user in www-data zohosync root; do
        on runuser -u "$user" -- psql -X -At -d zohosync -c 'select 1'
        shut_out "$(on runuser -u "$user" -- psql -X -At -d zohosync_acme -c 'select 1' 2>&1)"
    done
    while IFS=: read -r _ _ _ user password; do
        on env PGPASSWORD="$password" psql -X -At -h localhost -U "$user" -d zohosync_acme -c 'select 1'
        shut_out "$(on env PGPASSWORD="$password" psql -X -At -h localhost -U "$user" -d zohosync -c 'select 1' 2>&1)"
    done < <(on sh -c 'cat /etc/zohosync_acme.*.pgpass')
}

@test "files are as closed as they can be, and the web server's user is not the jobs' (promise 9)" {
    expect '/etc/zohosync.conf 640 root zohosync
/etc/zohosync.keys 640 root zohosync
/etc/zohosync.report.pgpass 600 root root
/etc/zohosync_acme.conf 640 root zohosync
/etc/zohosync_acme.job.pgpass 600 zohosync zohosync
/etc/zohosync_acme.keys 640 root zohosync
/etc/zohosync_acme.owner.pgpass 600 root root
/etc/zohosync_acme.report.pgpass 600 root root
/etc/zohosync_acme.web.pgpass 600 www-data www-data
/var/log/zohosync 750 zohosync zohosync
/var/log/zohosync/zohosync.log 660 zohosync zohosync
/var/log/zohosync_acme 750 zohosync zohosync
/var/log/zohosync_acme/zohosync.log 660 zohosync zohosync
/var/spool/zohosync 2770 zohosync zohosync
/var/spool/zohosync_acme 2770 zohosync zohosync' "$(on sh -c "stat -c '%n %a %U %G' /etc/zohosync* \
        /var/spool/zohosync* /var/log/zohosync* /var/log/zohosync*/*" | grep -v '\.lock ' | LC_ALL=C sort)"
    shut_out "$(on runuser -u www-data -- psql -X -At -d zohosync -c 'select * from sync.inbox' 2>&1)"
}

@test "with PostgreSQL away the web server's user spools, and the jobs' user fetches it (promise 1)" {
    on service postgresql stop
    expect 202 "$(post_books "$(printed_url "$FIRST" invoices)" "$(printed_secret "$FIRST")" "$(invoice_of 4)")"
    expect 1 "$(on sh -c 'ls /var/spool/zohosync/*.req | wc -l')"
    on service postgresql start
    until_true 100 row_there zohosync zoho.invoices 2
}

@test "an upgrade brings every organisation's tables up and changes nothing else" {
    on sh -c 'sha256sum /etc/zohosync*' >"$BATS_TEST_TMPDIR/before"
    walk 'To upgrade' 1
    on sh -c 'sha256sum /etc/zohosync*' >"$BATS_TEST_TMPDIR/after"
    expect '' "$(diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after")"
    expect "$(newer_number) $(newer_number)" "$(ask_database zohosync 'select max(number) from sync.migration') $(ask_database zohosync_acme 'select max(number) from sync.migration')"
    until_true 20 walk 'On a VPS' 4
    expect 202 "$(post_books "$(printed_url "$FIRST" invoices)" "$(printed_secret "$FIRST")" "$(invoice_of 5)")"
    expect 202 "$(post_books "$(printed_url "$SECOND" invoices)" "$(printed_secret "$SECOND")" "$(invoice_of 6)")"
    until_true 100 row_there zohosync zoho.invoices 3
    until_true 100 row_there zohosync_acme zoho.invoices 2
}
