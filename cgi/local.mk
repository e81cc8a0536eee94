# Programs the web server starts. Each links the same few libraries.
pkglibexec_PROGRAMS += cgi/webhook

cgi_webhook_SOURCES = %D%/webhook.c
cgi_webhook_LDADD = $(ZOHOSYNC_LIBS)

dist_man_MANS += %D%/zohosync-webhook.8
