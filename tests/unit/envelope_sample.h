/* A request on its way, and what it must be when it comes back. */
#ifndef ENVELOPE_SAMPLE_H
#define ENVELOPE_SAMPLE_H

#include <string.h>

#include "table.h"

#include "envelope.h"

static const struct envelope sample = {
	.key = { 0xab, 0x01, 0xff },
	.received_us = 1769850901123456,
	.source = "zoho",
	.route = "products",
	.module = "books.items",
	.operation = "update",
	.event_type = "item.update",
	.changes = 2,
	.query = "a=1&b=\"2\"",
	.content_type = "application/json",
	.headers = "USER_AGENT=ZohoBooks\nX_ZOHO=Zażółć\n",
	.remote = "192.0.2.1",
	.body = "{\"item\":{}}",
	.body_len = 11,
};

static inline void
assert_same(const struct envelope *e, const struct envelope *want)
{
	assert_memory_equal(e->key, want->key, sizeof(want->key));
	assert_int_equal(e->received_us, want->received_us);
	assert_string_equal(e->source, want->source);
	assert_string_equal(e->route, want->route);
	assert_string_equal(e->event_type, want->event_type);
	assert_int_equal(e->changes, want->changes);
	assert_string_equal(e->query, want->query);
	assert_string_equal(e->content_type, want->content_type);
	assert_string_equal(e->headers, want->headers);
	assert_string_equal(e->remote, want->remote);
	assert_int_equal(e->body_len, want->body_len);
	if (want->body_len > 0)
		assert_memory_equal(e->body, want->body, want->body_len);
}

#endif
