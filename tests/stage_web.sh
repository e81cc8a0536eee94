# shellcheck shell=sh
# The web server of a stage, with the receiver mounted; sourced by stage.sh,
# whose words it uses.
#
#   stage_lacks [MOUNT]      what is missing here for a mount, or nothing
#   stage_web [MOUNT]        start a web server with the receiver mounted:
#                            fastcgi or cgi in lighttpd; apache-fcgid,
#                            apache-proxy-fcgi or apache-cgi. Not given, it is
#                            $STAGE_MOUNT, or fastcgi
#   stage_web_signal SIGNAL  to the main process of the web server
#   stage_web_reload         ask it for a graceful one
#   stage_web_restart        stop it and start it again, on the same port
#   stage_web_stop
#
# Knobs: STAGE_PROCS (processes under lighttpd), STAGE_WEB_MORE (more lines for
# the web server), STAGE_WEB=NAME- (for a web server beside the first one).
# Web servers are mounted with the files of etc, in which only paths differ.

stage_lacks() {
    case ${1:-${STAGE_MOUNT:-fastcgi}} in
    apache-*) stage_needs="$STAGE_APACHE $STAGE_APACHE_MODULES/mod_proxy_fcgi.so" ;;
    *) stage_needs=$STAGE_LIGHTTPD ;;
    esac
    [ "${1:-${STAGE_MOUNT:-}}" != apache-fcgid ] ||
        stage_needs="$stage_needs $STAGE_APACHE_MODULES/mod_fcgid.so"
    for stage_need in $stage_needs; do
        [ -e "$stage_need" ] || echo "no $stage_need here"
    done
}

STAGE_LIGHTTPD=$(command -v lighttpd || echo /usr/sbin/lighttpd)
STAGE_APACHE=$(command -v apache2 || echo /usr/sbin/apache2)
STAGE_APACHE_MODULES=/usr/lib/apache2/modules

# More addresses that mean /api/zoho/webhooks, a line each.
stage_prefixes() {
    sed -n 's/^WEBHOOK_ALIAS_PREFIX=//p' "$STAGE_CONF" | tr -s '", ' '\n' |
        sed '/^$/d'
}

# A file of etc with the paths of this stage in it.
stage_snippet() {
    sed -e "s#/usr/local/libexec/zohosync#$STAGE/bin#g" \
        -e "s#/etc/zohosync\.conf#$STAGE_CONF#g" \
        -e "s#/run/lighttpd/zohosync\.sock#$STAGE/${STAGE_WEB:-}webhook.sock#g" \
        -e "s#/var/lib/zohosync/web#$STAGE/${STAGE_WEB:-}run#g" "$STAGE/etc/$1"
}

stage_lighttpd_conf() {
    cat <<EOF
server.document-root = "$STAGE/web"
server.bind = "127.0.0.1"
server.port = $STAGE_PORT
server.errorlog = "$STAGE/${STAGE_WEB:-}lighttpd.err"
server.breakagelog = "$STAGE/${STAGE_WEB:-}webhook.err"
server.pid-file = "$STAGE/${STAGE_WEB:-}lighttpd.pid"
server.upload-dirs = ( "$STAGE/web" )
server.max-request-field-size = 16384
server.max-connections = 1024
server.modules = ( )
EOF
    stage_snippet "$1" | sed -e "s/\"max-procs\" => 2/\"max-procs\" => ${STAGE_PROCS:-1}/" \
        -e 's/( "PATH" )/( "PATH", "LANG", "LD_PRELOAD", "ASAN_OPTIONS" )/' \
        -e "s#\^/api/(zoho/|health\\$)#^(/api/(zoho/|health\$)$(stage_prefixes | sed 's#.*#|&/#' | tr -d '\n'))#"
}

# As Debian has it, in a directory of its own.
stage_apache_conf() {
    cat <<EOF
ServerName localhost
Listen 127.0.0.1:$STAGE_PORT
DocumentRoot "$STAGE/web"
DefaultRuntimeDir "$STAGE/${STAGE_WEB:-}apache"
PidFile "$STAGE/${STAGE_WEB:-}apache.pid"
ErrorLog "$STAGE/${STAGE_WEB:-}apache.err"
Mutex "file:$STAGE/${STAGE_WEB:-}apache" default
EOF
    for stage_module in mpm_event authz_core authz_host alias dir env filter \
        mime negotiation autoindex deflate reqtimeout setenvif \
        $(stage_apache_modules "$1"); do
        echo "LoadModule ${stage_module}_module $STAGE_APACHE_MODULES/mod_$stage_module.so"
    done
    cat <<EOF
TypesConfig /dev/null
TraceEnable Off
RequestReadTimeout header=20-40,minrate=500 body=10,minrate=500
<Directory />
  AllowOverride None
  Require all denied
</Directory>
<Directory "$STAGE/web">
  Require all granted
</Directory>
<IfModule cgid_module>
  ScriptSock "$STAGE/${STAGE_WEB:-}apache/cgid.sock"
  $(stage_sanitizer 'SetEnv %s "%s"')
</IfModule>
<IfModule fcgid_module>
  FcgidIPCDir "$STAGE/${STAGE_WEB:-}apache"
  FcgidProcessTableFile "$STAGE/${STAGE_WEB:-}apache/fcgid_shm"
  $(stage_sanitizer 'FcgidInitialEnv %s "%s"')
</IfModule>
EOF
    stage_snippet "$1.conf"
    for stage_prefix in $(stage_prefixes); do
        stage_snippet "$1.conf" | sed -n -e '/^[A-Za-z]*Alias "\/api\/zoho"/p' \
            -e '/^<Location "\/api\/zoho">/,/^<\/Location>/p' |
            sed "s#/api/zoho#$stage_prefix#g"
    done
}

stage_apache_modules() {
    case $1 in
    apache-fcgid) echo fcgid ;;
    apache-proxy-fcgi) echo proxy proxy_fcgi ;;
    apache-cgi) echo cgid ;;
    esac
}

# What a program built with sanitizers finds in its environment, in printf's
# FORMAT.
stage_sanitizer() {
    for stage_name in LD_PRELOAD ASAN_OPTIONS; do
        eval "stage_value=\${$stage_name:-}"
        # shellcheck disable=SC2059 # the format is the argument
        [ -z "$stage_value" ] || printf "$1\n" "$stage_name" "$stage_value"
    done
}

stage_web_conf() {
    case $1 in
    fastcgi) stage_lighttpd_conf lighttpd.conf ;;
    cgi) stage_lighttpd_conf lighttpd-cgi.conf ;;
    *) stage_apache_conf "$1" ;;
    esac
    printf '%s\n' "${STAGE_WEB_MORE:-}"
}

# What cron does each minute for a web server that starts no programs; NAME
# tells several apart.
#   stage_cron_minute NAME
stage_cron_minute() {
    stage_line=$(stage_snippet crontab-webhook | sed -n 's/^\* \* \* \* \* //p')
    stage_variables=$(stage_sanitizer '%s=%s')
    stage_as mkdir -p "$STAGE/${STAGE_WEB:-}run"
    # shellcheck disable=SC2016,SC2086 # the inner shell expands; words
    (
        exec </dev/null >/dev/null 2>&1 3>&-
        stage_as setsid sh -c 'echo $$ >"$1"; exec >>"$2" 2>&1; shift 2
            exec env -i PATH=/usr/bin:/bin "$@"' sh "$STAGE/${STAGE_WEB:-}run/pid.$1" \
            "$STAGE/${STAGE_WEB:-}webhook.err" $stage_variables sh -c "$stage_line" &
    )
}

# Started as it was the last time.
stage_web_start() {
    case $(cat "$STAGE/${STAGE_WEB:-}mount") in
    apache-proxy-fcgi)
        stage_cron_minute first
        stage_apache_start
        ;;
    apache-*) stage_apache_start ;;
    *) stage_as "$STAGE_LIGHTTPD" -f "$STAGE/${STAGE_WEB:-}lighttpd.conf" ;;
    esac
}

stage_apache_start() {
    stage_as mkdir -p "$STAGE/${STAGE_WEB:-}apache"
    stage_as "$STAGE_APACHE" -f "$STAGE/${STAGE_WEB:-}apache.conf" -k start 3>&-
}

stage_web_ready() {
    stage_tries=0
    until curl -fs -o /dev/null "$STAGE_URL/api/health"; do
        stage_tries=$((stage_tries + 1))
        [ "$stage_tries" -lt 100 ] || {
            cat "$STAGE/${STAGE_WEB:-}"*.err >&2
            return 1
        }
        sleep 0.1
    done
}

# Write its configuration and start it, without a look at its answers.
stage_web_open() {
    stage_mount=${1:-${STAGE_MOUNT:-fastcgi}}
    stage_server=lighttpd
    case $stage_mount in
    apache-*) stage_server=apache ;;
    esac
    STAGE_PORT=$(stage_free_port)
    STAGE_URL=http://127.0.0.1:$STAGE_PORT
    echo "$stage_mount" >"$STAGE/${STAGE_WEB:-}mount"
    stage_web_conf "$stage_mount" |
        stage_as tee "$STAGE/${STAGE_WEB:-}$stage_server.conf" >/dev/null
    stage_web_start
}

# stage_web [MOUNT]
stage_web() {
    stage_web_open "$@"
    stage_web_ready
}

stage_web_signal() {
    stage_as kill -"$1" "$(cat "$STAGE/${STAGE_WEB:-}apache.pid" 2>/dev/null ||
        cat "$STAGE/${STAGE_WEB:-}lighttpd.pid")"
}

stage_web_reload() {
    stage_web_signal USR1
}

stage_web_restart() {
    stage_web_stop
    stage_web_start
    stage_web_ready
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

# stage_end_group FILE: the same for the process group of that leader
stage_end_group() {
    [ -s "$1" ] || return 0
    stage_pid=$(cat "$1")
    stage_as kill -TERM -- "-$stage_pid" 2>/dev/null || true
    stage_tries=0
    while [ -n "$(pgrep -g "$stage_pid" -r D,R,S,T)" ] && [ "$stage_tries" -lt 100 ]; do
        stage_tries=$((stage_tries + 1))
        sleep 0.1
    done
    rm -f "$1"
}

stage_web_stop() {
    stage_end "$STAGE/${STAGE_WEB:-}lighttpd.pid" INT
    stage_end "$STAGE/${STAGE_WEB:-}apache.pid" TERM
    for stage_file in "$STAGE/${STAGE_WEB:-}run/pid."*; do
        stage_end_group "$stage_file"
    done
}
