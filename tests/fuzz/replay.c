/*
 * The harnesses without a fuzzer.
 *
 *   replay                    run the saved corpus, as TAP, each harness in
 *                             a process of its own
 *   replay -l                 list the harnesses
 *   replay NAME FILE|DIR...   run inputs as they are: a reproducer
 */
#include "fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HANGS_AFTER_S = 20 };

struct harness {
	const char *name;
	int (*run)(const uint8_t *data, size_t size);
};

#define ROW(name) { #name, fuzz_##name },
static const struct harness harnesses[] = { FUZZ_EACH(ROW) };
#define HARNESSES (sizeof(harnesses) / sizeof(harnesses[0]))

/* ---- inputs as files ---- */

/* On exactly its bytes, so that reading one too many is seen. */
static void
run_bytes(const struct harness *h, const char *at, size_t len)
{
	char *exact = fuzz_copy(at, len, 0);

	(void)alarm(HANGS_AFTER_S);
	(void)h->run((const uint8_t *)exact, len);
	(void)alarm(0);
	free(exact);
}

static char *
read_whole(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rbe");
	struct stat info;
	char *text;

	if (f == NULL || fstat(fileno(f), &info) != 0) {
		(void)fprintf(stderr, "%s: %s\n", path, strerror(errno));
		exit(66);
	}
	text = malloc((size_t)info.st_size + 1);
	*len = text != NULL ? fread(text, 1, (size_t)info.st_size, f) : 0;
	(void)fclose(f);
	if (text == NULL || *len != (size_t)info.st_size)
		abort();
	text[*len] = '\0';
	return text;
}

static void
run_file(const struct harness *h, const char *path)
{
	size_t len;
	char *text = read_whole(path, &len);

	run_bytes(h, text, len);
	free(text);
}

static void
run_path(const struct harness *h, const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *e;
	char inside[4096];

	if (dir == NULL) {
		run_file(h, path);
		return;
	}
	while ((e = readdir(dir)) != NULL) {
		(void)snprintf(inside, sizeof(inside), "%s/%s", path,
		    e->d_name);
		if (e->d_name[0] != '.')
			run_file(h, inside);
	}
	(void)closedir(dir);
}

/* ---- the saved corpus: a line for each input, see corpus.py ---- */

static size_t
unescape(char *line)
{
	char *in = line, *out = line, hex[3] = "";

	for (; *in != '\0'; in++) {
		if (*in != '\\') {
			*out++ = *in;
			continue;
		}
		in++;
		if (*in == 'x' && in[1] != '\0' && in[2] != '\0') {
			memcpy(hex, in + 1, 2);
			*out++ = (char)strtol(hex, NULL, 16);
			in += 2;
		} else {
			*out++ = *in == 'n' ? '\n' : *in;
		}
	}
	return (size_t)(out - line);
}

/* Run each line of the corpus; "*number" is the line at work. Returns how
 * many inputs there were. */
static int
run_corpus(const struct harness *h, const char *path, volatile int *number)
{
	size_t len;
	char *text = read_whole(path, &len), *line = text, *end;
	int inputs = 0;

	for (; line < text + len; line = end + 1) {
		end = strchr(line, '\n');
		if (end == NULL)
			end = text + len;
		*end = '\0';
		(*number)++;
		if (*line == '#' || *line == '\0')
			continue;
		run_bytes(h, line, unescape(line));
		inputs++;
	}
	free(text);
	return inputs;
}

static int
in_child(const struct harness *h, const char *path, volatile int *number)
{
	int status = 0;
	pid_t pid;

	(void)fflush(stdout);
	*number = 0;
	pid = fork();
	if (pid == 0) {
		if (strcmp(h->name, "planted") == 0)
			(void)dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
		exit(run_corpus(h, path, number) > 0 ? 0 : 65);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		abort();
	return status;
}

/* ---- TAP ---- */

/* Whether a sanitizer is there to see the planted overflow. */
static int
is_sanitized(void)
{
#if defined(__SANITIZE_ADDRESS__)
	return 1;
#elif defined(__has_feature)
	return __has_feature(address_sanitizer);
#else
	return 0;
#endif
}

static int
say(size_t n, const struct harness *h, int status, int line)
{
	int planted = strcmp(h->name, "planted") == 0;
	int good = planted ? status != 0 : status == 0;

	printf("%sok %zu - %s: %s\n", good ? "" : "not ", n, h->name,
	    planted ? "the planted overflow is reported"
		    : "every saved input is read as promised");
	if (!good)
		printf("# line %d of corpus/%s.txt: status %d\n", line, h->name,
		    status);
	return good;
}

static int
replay_all(void)
{
	const char *top = getenv("TOP_SRCDIR");
	volatile int *number = mmap(NULL, sizeof(*number),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char path[4096];
	size_t i;
	int status, good = 1;

	if (number == MAP_FAILED)
		abort();
	printf("1..%zu\n", HARNESSES);
	for (i = 0; i < HARNESSES; i++) {
		if (strcmp(harnesses[i].name, "planted") == 0 &&
		    !is_sanitized()) {
			printf("ok %zu - planted # SKIP no sanitizer is built "
			       "in\n",
			    i + 1);
			continue;
		}
		(void)snprintf(path, sizeof(path),
		    "%s/tests/fuzz/corpus/%s.txt", top != NULL ? top : ".",
		    harnesses[i].name);
		status = in_child(&harnesses[i], path, number);
		good &= say(i + 1, &harnesses[i], status, *number);
	}
	return good ? 0 : 1;
}

int
main(int argc, char **argv)
{
	size_t i;
	int a;

	if (argc == 1)
		return replay_all();
	for (i = 0; i < HARNESSES; i++) {
		if (strcmp(argv[1], "-l") == 0)
			puts(harnesses[i].name);
		else if (strcmp(argv[1], harnesses[i].name) == 0)
			break;
	}
	if (i == HARNESSES)
		return strcmp(argv[1], "-l") == 0 ? 0 : 64;
	for (a = 2; a < argc; a++)
		run_path(&harnesses[i], argv[a]);
	return 0;
}
