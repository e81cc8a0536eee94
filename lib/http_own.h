/* What http.c and http_call.c share. */
#ifndef HTTP_OWN_H
#define HTTP_OWN_H

#include <curl/curl.h>

#include "http.h"

struct http_host {
	char *name;
	long port; /* 0: https on its usual port, anywhere in the world */
};

/* What an exchange needs while it is under way. */
struct http_own {
	CURL *easy;
	struct curl_slist *lines;
	bool rehearsal; /* the host is this machine, and named so */
	bool too_large;
	enum status taken; /* what the sink said last */
	char error[CURL_ERROR_SIZE];
};

struct http {
	CURLM *multi;
	struct http_host *hosts;
	size_t hosts_len;
	char *agent, *ca_file;
	int connect_ms, stall_ms;
	struct http_call **active;
	size_t active_len, active_cap;
};

/* Make call->own, ready to be sent. ST_REJECT: no such host is asked. */
MUST_CHECK
enum status
http_prepare(const struct http *http, struct http_call *call, struct err *err);

/* Its exchange ended with "code": fill in how. ST_FAULT: no memory. */
MUST_CHECK
enum status
http_conclude(struct http_call *call, CURLcode code, struct err *err);

/* Give back what http_prepare() made. */
void http_dismiss(struct http_call *call);

#endif
