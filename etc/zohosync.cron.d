# The jobs of zohosync, for /etc/cron.d (no dot in the file's name there, or
# cron passes it over):
#
#     install -m 644 zohosync.cron.d /etc/cron.d/zohosync
#
# crontab says more.
MAILTO=root

* * * * * zohosync /usr/local/bin/zohosync drain -c /etc/zohosync.conf
# the marks away when "zohosync login" has got a token
#*/15 * * * * zohosync /usr/local/bin/zohosync reconcile --due -c /etc/zohosync.conf
#23 4 * * * zohosync /usr/local/bin/zohosync fields -c /etc/zohosync.conf
