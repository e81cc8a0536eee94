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
# and, with WEBHOOK_URL set as well, for channels of notifications
#23 * * * * zohosync /usr/local/bin/zohosync watch -c /etc/zohosync.conf
# at night: all products once more, and the proof that all is equal
#0 2 * * * zohosync /usr/local/bin/zohosync backfill --modules books.items -c /etc/zohosync.conf
#40 2 * * * zohosync /usr/local/bin/zohosync verify -c /etc/zohosync.conf
#23 4 * * * zohosync /usr/local/bin/zohosync fields -c /etc/zohosync.conf
