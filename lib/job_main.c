#include "job_main.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "log.h"
#include "stop.h"

enum { OPT_FIRST = 256 };

static void
usage(const struct job_program *p, FILE *out)
{
	size_t i;

	(void)fprintf(out, "usage: zohosync %s [options]%s%s\n%s\n\n", p->name,
	    *p->words != '\0' ? " " : "", p->words, p->summary);
	for (i = 0; i < p->options_len; i++) {
		const struct job_option *o = &p->options[i];
		char left[48];

		(void)snprintf(left, sizeof(left), "--%s%s%s", o->name,
		    o->value != NULL ? " " : "",
		    o->value != NULL ? o->value : "");
		(void)fprintf(out, "  %-20s %s\n", left, o->says);
	}
	(void)fprintf(out, "  %-20s %s\n  %-20s %s\n  %-20s %s\n",
	    "-c, --config FILE", "settings file", "-h, --help", "this text",
	    "-V, --version", "version");
}

static void
fill_options(const struct job_program *p, struct option *out)
{
	static const struct option common[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	size_t i;

	for (i = 0; i < p->options_len; i++) {
		out[i].name = p->options[i].name;
		out[i].has_arg = p->options[i].value != NULL ? required_argument
							     : no_argument;
		out[i].flag = NULL;
		out[i].val = OPT_FIRST + (int)i;
	}
	memcpy(out + p->options_len, common, sizeof(common));
}

/* -1 to go on, else the exit status. */
static int
read_options(struct job *job, const struct job_program *p, int argc,
    char **argv)
{
	struct option options[JOB_OPTIONS_MAX + 4];
	int c;

	fill_options(p, options);
	while ((c = getopt_long(argc, argv, "c:hV", options, NULL)) != -1) {
		if (c >= OPT_FIRST) {
			job->given[c - OPT_FIRST] = optarg != NULL ? optarg
								   : "";
			continue;
		}
		switch (c) {
		case 'c':
			job->config = optarg;
			break;
		case 'h':
			usage(p, stdout);
			return EX_OK;
		case 'V':
			(void)printf("%s %s\n", p->name, ZOHOSYNC_VERSION);
			return EX_OK;
		default:
			usage(p, stderr);
			return EX_USAGE;
		}
	}
	job->words = argv + optind;
	job->words_len = argc - optind;
	if (job->words_len > 0 && *p->words == '\0') {
		(void)fprintf(stderr, "%s: takes no \"%s\"\n", p->name,
		    job->words[0]);
		usage(p, stderr);
		return EX_USAGE;
	}
	return -1;
}

static int
fail(const struct job_program *p, int code, const struct err *err)
{
	(void)fprintf(stderr, "%s: %s\n", p->name, err->text);
	if (!p->quiet_log)
		log_error("%s", err->text);
	return code;
}

static enum status
prepare(struct job *job, const struct job_program *p, struct err *err)
{
	enum status st;

	if (p->makes_settings)
		return log_open(p->name, "stderr", "info", err);
	st = settings_load(&job->settings, job->config, err);
	if (st != ST_OK)
		return st;
	return log_open(p->name,
	    p->quiet_log ? "stderr" : settings_text(&job->settings, SET_LOG),
	    settings_text(&job->settings, SET_LOG_LEVEL), err);
}

static int
run(struct job *job, const struct job_program *p)
{
	struct err err = ERR_INIT;
	enum status st = err_passing(prepare(job, p, &err), &err);

	if (st != ST_OK) {
		(void)fprintf(stderr, "%s: %s\n", p->name, err.text);
		return st == ST_RETRY ? EX_TEMPFAIL : EX_CONFIG;
	}
	st = p->run(job, &err);
	if (st == ST_OK || st == ST_NONE)
		return EX_OK;
	if (strcmp(err.reason, "usage") == 0)
		return fail(p, EX_USAGE, &err);
	return fail(p,
	    strcmp(err.reason, "settings") == 0 ? EX_CONFIG : err_exit(st),
	    &err);
}

/* What was said must have got there: "status >report" on a full disk. */
static int
end_output(const struct job_program *p, int code)
{
	if ((fflush(stdout) == 0 && !ferror(stdout)) || code != EX_OK)
		return code;
	(void)fprintf(stderr, "%s: could not write what there was to say: %s\n",
	    p->name, strerror(errno));
	return EX_IOERR;
}

int
job_main(int argc, char **argv, const struct job_program *program)
{
	struct job job = { .settings = SETTINGS_INIT };
	int code;

	stop_catch();
	code = read_options(&job, program, argc, argv);
	if (code < 0) {
		code = run(&job, program);
		settings_release(&job.settings);
	}
	return end_output(program, code);
}

enum status
job_number(const struct job *job, const struct job_program *p, size_t place,
    long min, long max, long fallback, long *out, struct err *err)
{
	const char *text = job->given[place];
	char *end;

	*out = fallback;
	if (text == NULL)
		return ST_OK;
	errno = 0;
	*out = strtol(text, &end, 10);
	if (*text != '\0' && *end == '\0' && errno == 0 && *out >= min &&
	    *out <= max)
		return ST_OK;
	return err_class(err, ST_REJECT, "usage",
	    "--%s takes a whole number from %ld to %ld, not \"%s\"",
	    p->options[place].name, min, max, text);
}
