# shellcheck shell=bash
# What the tests of proofs share; loaded after helper and receiver.
#
#   hmac TEXT SECRET              the signature of a text
#   send ROUTE BODY [curl args]   with no proof but those in the arguments
#   zoho SIGNATURE                Zoho's header with it
#   notice TOKEN [CHANNEL]        body of a notification

hooks=/api/zoho/webhooks

hmac() {
    printf '%s' "$1" | openssl dgst -sha256 -hmac "$2" -r | cut -d ' ' -f 1
}

send() {
    local route=$1 body=$2
    shift 2
    ask POST "$hooks/$route" -H 'Content-Type: application/json' --data-binary "$body" "$@"
}

zoho() {
    printf 'X-Zoho-Webhook-Signature: %s' "$1"
}

notice() {
    printf '{"server_time":1769847300000,"module":"Leads","ids":["460000000012345"],"operation":"update","channel_id":"%s","token":"%s"}' \
        "${2:-1000000068001}" "$1"
}
