# shellcheck shell=sh
# shellcheck disable=SC2154 # what etc/quickstart sets
# The second part of the show of etc/quickstart: a company in a simulated Zoho
# lives a day, a share of its webhooks is lost, and reconcile heals. Sourced;
# "company" is all it is called by.

company_modules='crm.leads crm.accounts crm.contacts crm.deals books.items
    books.contacts books.invoices'

zsim() {
    curl -q -s -m 60 -X "$1" "$zoho/zsim/$2" ${3:+-d "$3"}
}

open_zoho() {
    begin zoho
    "$build/obj/tests/sim/zoho-sim" --port 0 --port-file "$STAGE/zoho.port" \
        --company 200 --seed 7 >"$build/zoho.log" 2>&1 &
    zoho_pid=$!
    tries=0
    until [ -s "$STAGE/zoho.port" ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 200 ] || failed "$build/zoho.log"
        sleep 0.05
    done
    zoho=http://127.0.0.1:$(cat "$STAGE/zoho.port")
    company=$(zsim GET company)
    stage_as tee -a "$STAGE_CONF" >/dev/null <<END
ZOHO_API_BASE=$zoho
ZOHO_CLIENT_ID=1000.SIMCLIENT
ZOHO_CLIENT_SECRET=simsecret
ZOHO_REFRESH_TOKEN=1000.simrefresh
ZOHO_ORGANIZATION_ID=$(echo "$company" | jq -r .organization_id)
END
    done_with "a simulated one, at $zoho, 200 records"
}

read_fields() {
    begin fields
    stage_as "$STAGE/bin/zohosync" fields -c "$STAGE_CONF" \
        >"$build/fields.log" 2>&1 || failed "$build/fields.log"
    done_with "what fields Zoho has, each a column; people made $(
        ask 'select count(*) from sync.field where custom')"
}

# tell KIND MODULE ROUTE: a webhook of it, but for deletes in Books, which are
# rules of their own
tell() {
    hook="\"modules\":\"$2\",\"url\":\"$STAGE_URL/api/zoho/webhooks/$3"
    case $1 in
    crm) zsim POST webhooks "{\"kind\":\"crm_wrapped\",\"key\":\"$STAGE_KEY\",$hook\"}" ;;
    *)
        hook="\"kind\":\"books\",\"secret\":\"$STAGE_SECRET\",$hook"
        zsim POST webhooks "{\"events\":\"create,edit\",$hook\"}"
        zsim POST webhooks "{\"events\":\"delete\",$hook?operation=delete\"}"
        ;;
    esac >/dev/null
}

reconcile() {
    begin "$1"
    shift
    ms=$(date +%s%N)
    if stage_as "$STAGE/bin/zohosync" reconcile -c "$STAGE_CONF" \
        --modules "$(echo $company_modules | tr ' ' ,)" \
        >"$build/reconcile.log" 2>&1; then
        done_with "$*"
    else
        failed "$build/reconcile.log"
    fi
}

# What lives, as "id time", there and here.
there() {
    zsim GET "state?module=$1" | jq -r 'select(.deleted | not) |
        "\(.id) \(.modified_time | sub("\\+00:00$"; "Z") | fromdate)"'
}

here() {
    ask "select id || ' ' || extract(epoch from modified_time)::bigint
           from mirror.record
          where module = '$1' and deleted_at is null"
}

# A line for each module; "$unequal" counts what differs.
show_company() {
    unequal=0
    for module in $company_modules; do
        there "$module" | LC_ALL=C sort >"$show/there"
        here "$module" | LC_ALL=C sort >"$show/here"
        n=$(LC_ALL=C comm -3 "$show/there" "$show/here" | tr -d '\t' |
            cut -d ' ' -f 1 | sort -u | wc -l)
        unequal=$((unequal + n))
        colour=$good
        [ "$n" -eq 0 ] || colour=$odd
        printf '  %-16s %4d in Zoho %4d here   %s%3d differ%s\n' "$module" \
            "$(wc -l <"$show/there")" "$(wc -l <"$show/here")" "$colour" \
            "$n" "$plain"
    done
}

# Until the last webhook has been sent and is applied.
wait_for_company() {
    tries=0
    until [ "$(zsim GET deliveries | jq .pending)" = 0 ] &&
        [ "$(ask 'select count(*) from sync.work')" = 0 ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 600 ] || return 1
        sleep 0.1
    done
}

company() {
    head_line 'A company in Zoho'
    open_zoho
    read_fields
    reconcile history 'all of it is here, page by page, by "zohosync reconcile"'
    tell crm crm.leads Leads
    tell crm crm.accounts Accounts
    tell crm crm.contacts Contacts
    tell crm crm.deals Deals
    tell books books.items products
    tell books books.contacts customers
    tell books books.invoices invoices
    begin day
    zsim POST day '{"events":120,"hours":25,"seed":7,"lost":0.2,"doubled":0.05,
        "mix":{"create":20,"edit":60,"delete":10,"restore":5,"convert":5},
        "modules":"'"$(echo $company_modules | tr ' ' ,)"'"}' >"$show/day"
    wait_for_company || failed "$STAGE/log"
    told=$(zsim GET deliveries)
    done_with "$(jq -r '[.done[]] | add' "$show/day") changes of a day, $(
        echo "$told" | jq -r '"\(.answered) webhooks arrived, \(.lost) got lost"')"
    show_company
    reconcile heal 'what nobody had told us, found and brought'
    show_company
    if [ "$unequal" -gt 0 ]; then
        wrong=$((wrong + unequal))
        printf '  %sit is not equal%s\n' "$bad" "$plain"
    fi
}
