/* What came from Zoho goes into inbox and queue, and on the spot further. */
#include "fetch.h"
#include "keep.h"

enum status
fetch_put(struct fetch *fetch, const struct module *module,
    const char *operation, struct buf *body, json_object *document, int n,
    int64_t as_of_us, struct rows *keys, struct err *err)
{
	struct keeping k = { .module = module,
		.operation = operation,
		.origin = fetch->origin,
		.n = n,
		.as_of_us = as_of_us,
		.document = document };
	enum status st = keep_init(&k, body, keys, err);

	if (st == ST_OK && fetch->spot != NULL)
		return fetch->spot->put(fetch->spot, &k, err);
	if (st == ST_OK)
		st = keep_store(fetch->db, &k, err);
	if (st == ST_OK && fetch->seqs != NULL)
		st = array_i64(fetch->seqs, k.seq, err);
	keep_release(&k);
	return st;
}
