# shellcheck shell=bash
# What the tests of the installation share.
#
#   readme HEADING          the fenced blocks of that section of README, each
#                           as block-1, block-2 ... in $BATS_FILE_TMPDIR/HEADING
#   certificate FILE NAME...   one for these host names, with its key
#   printed_url FILE ROUTE  the address that setup printed for a route
#   printed_secret FILE     the secret for Zoho Books that it printed
#   printed_key FILE        the API key
#   newer_version DIR       add a schema file to a source tree
#   post_books URL SECRET BODY [curl args]   signed as Books does; prints the
#                           status. "curl_as" is what runs curl
#   stop_for_tcp            PostgreSQL stands still, and will listen on TCP as
#                           well: PGPORT says where

stop_for_tcp() {
    PGPORT=$(stage_free_port)
    export PGPORT
    stage_pg_stop
    stage_as tee -a "$STAGE/pg/data/postgresql.conf" >/dev/null <<END
listen_addresses = '127.0.0.1'
port = $PGPORT
END
}

readme() {
    mkdir -p "$BATS_FILE_TMPDIR/$1"
    awk -v heading="$1" -v to="$BATS_FILE_TMPDIR/$1/block-" '
        /^---/ { on = (last == heading) }
        { last = $0 }
        /^```/ && inside { inside = 0; next }
        /^```/ && on { inside = 1; n++; next }
        inside { print >(to n) }' "$TOP_SRCDIR/README"
    [ -s "$BATS_FILE_TMPDIR/$1/block-1" ] || {
        echo "README has no commands under \"$1\"" >&2
        return 1
    }
}

certificate() {
    local file=$1 names
    shift
    names=$(printf ',DNS:%s' "$@")
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
        -subj "/CN=$1" -addext "subjectAltName=${names#,}" \
        -keyout "$file.key" -out "$file" 2>/dev/null
    cat "$file" "$file.key" >"$file.both"
}

# What a terminal adds goes.
printed() {
    tr -d '\r' <"$1"
}

printed_url() {
    printed "$1" | sed -n "s/^ *zohosync - $2 Sync  *//p"
}

printed_secret() {
    printed "$1" | awk '/the secret$/ { on = 1; next } on && NF { print $1; exit }'
}

printed_key() {
    printed "$1" | sed -n 's/^ *X-API-Key: \(zs_[0-9a-f]*\)$/\1/p'
}

newer_version() {
    local last next
    last=$(find "$1/sql/schema" -name '0*.sql' -printf '%f\n' | sort | tail -n 1 | cut -c 1-4)
    next=$(printf '%04d' $((10#$last + 1)))
    echo "-- ${next}_newer: what a newer version brings
set local role zohosync_owner;
create table zoho.newer (id text primary key);
grant select on zoho.newer to zohosync_report;" >"$1/sql/schema/${next}_newer.sql"
    echo "-- ${next}_newer, back
set local role zohosync_owner;
drop table zoho.newer;" >"$1/sql/down/${next}_newer.sql"
    sed -i "s#^\t%D%/\(schema\|down\)/${last}_.*#& \\\\\n\t%D%/\1/${next}_newer.sql#" "$1/sql/local.mk"
}

# Its number in sync.migration.
newer_number() {
    echo $(($(find "$TOP_SRCDIR/sql/schema" -name '0*.sql' | wc -l) + 1))
}

# The sources as a checkout has them, without what a build adds, to stdout;
# they can be written, also where ours cannot.
sources() {
    tar -C "$TOP_SRCDIR" -cf - --mode=u+w --exclude-vcs --exclude=./_build --exclude=./configure \
        --exclude=./aclocal.m4 --exclude=./build-aux --exclude=./autom4te.cache \
        --exclude=./Makefile --exclude=./Makefile.in --exclude='./config.*' \
        --exclude='./sql/texts.?' --exclude='*.o' --exclude='*.a' --exclude=.deps \
        --exclude=.dirstamp --exclude=__pycache__ .
}

invoice_of() {
    printf '{"invoice":{"invoice_id":"%s","invoice_number":"INV-%s","line_items":[],"last_modified_time":"2026-01-31T09:20:00+0100"}}' "$1" "$1"
}

lead_of() {
    printf '{"data":[{"id":"%s","Last_Name":"Example","Modified_Time":"2026-01-31T09:15:00+01:00"}]}' "$1"
}

signature_of() {
    printf '%s' "$2" | openssl dgst -sha256 -hmac "$1" -r | cut -d ' ' -f 1
}

# post_books URL SECRET BODY [curl args]
post_books() {
    local url=$1 secret=$2 body=$3
    shift 3
    $curl_as curl -s -o /dev/null -w '%{http_code}\n' --data-binary "$body" \
        -H 'Content-Type: application/json' \
        -H "X-Zoho-Webhook-Signature: $(signature_of "$secret" "$body")" "$@" "$url"
}

# post_crm URL KEY BODY [curl args]
post_crm() {
    local url=$1 key=$2 body=$3
    shift 3
    $curl_as curl -s -o /dev/null -w '%{http_code}\n' --data-binary "$body" \
        -H 'Content-Type: application/json' -H "X-API-Key: $key" "$@" "$url"
}
