/*
 * What the drain would find: reads names of spool directories from standard
 * input and says of each what waits there, oldest first, with the product's
 * own reader (lib/spool.h, lib/envelope.h):
 *
 *   whole NAME SHA256-OF-THE-BODY
 *   broken NAME
 *   .
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "envelope.h"
#include "spool.h"

static void
fail(const struct err *err)
{
	(void)fprintf(stderr, "crash_states: %s\n", err->text);
	exit(1);
}

static void
say(const struct spool *spool, const char *name, struct buf *content)
{
	struct err err = ERR_INIT;
	unsigned char sum[DIGEST_BYTES];
	char hex[DIGEST_HEX];
	struct envelope e;
	struct piece body;

	if (spool_read(spool, name, content, &err) != ST_OK)
		fail(&err);
	if (envelope_read(&e, content->at, content->len, &err) != ST_OK) {
		(void)printf("broken %s\n", name);
		return;
	}
	body.at = e.body;
	body.len = e.body_len;
	if (digest_sha256(&body, 1, sum, &err) != ST_OK)
		fail(&err);
	digest_hex(sum, hex);
	envelope_release(&e);
	(void)printf("whole %s %s\n", name, hex);
}

int
main(void)
{
	char dir[512];
	struct spool spool = { .dir = dir };
	struct buf content = BUF_INIT(80 * MIB);
	struct spool_names names;
	struct err err = ERR_INIT;
	size_t i;

	while (fgets(dir, sizeof(dir), stdin) != NULL) {
		dir[strcspn(dir, "\n")] = '\0';
		if (spool_list(&spool, 0, &names, &err) != ST_OK)
			fail(&err);
		for (i = 0; i < names.len; i++)
			say(&spool, names.at[i], &content);
		spool_names_release(&names);
		(void)puts(".");
		(void)fflush(stdout);
	}
	buf_release(&content);
	return 0;
}
