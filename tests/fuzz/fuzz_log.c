/* log_info() with any text from outside is one line without a control
 * character; nobody can forge a second one. */
#include "fuzz_file.h"

#include "err.h"
#include "log.h"

enum { LINE_ROOM = 8192 };

static struct fuzz_file file = { -1, "" };

static void
start(void)
{
	struct err err = ERR_INIT;

	fuzz_file_open(&file);
	MUST(log_open("fuzz", file.path, "info", &err) == ST_OK);
}

int
FUZZ(log)(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size, 1);
	unsigned char line[LINE_ROOM];
	ssize_t i, n;

	if (file.fd < 0)
		start();
	fuzz_file_set(&file, "", 0, 0600);
	log_debug("%s", text);
	log_info("%s", text);
	n = pread(file.fd, line, sizeof(line), 0);
	MUST(n > 0 && n < (ssize_t)sizeof(line));
	MUST(line[n - 1] == '\n');
	for (i = 0; i < n - 1; i++)
		MUST(line[i] >= 0x20 && line[i] != 0x7f);
	if (size == 0)
		log_reopen();
	free(text);
	return 0;
}
