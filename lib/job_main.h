/*
 * The skeleton of every program cron or a person starts.
 *
 * It reads options and settings, opens the log, catches TERM and INT
 * (stop.h), and turns the program's status into an exit status of sysexits(3).
 * A program declares its options and one function.
 *
 * Every program takes -c FILE, --help and --version.
 */
#ifndef JOB_MAIN_H
#define JOB_MAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"
#include "settings.h"

enum { JOB_OPTIONS_MAX = 12 };

struct job_option {
	const char *name;  /* long name, without dashes */
	const char *value; /* what it takes, for the help; NULL for a switch */
	const char *says;
};

struct job {
	struct settings settings;
	const char *config;                 /* the file of -c, or NULL */
	const char *given[JOB_OPTIONS_MAX]; /* by place; "" for a switch */
	char **words; /* what follows the options, NULL at the end */
	int words_len;
};

struct job_program {
	const char *name;
	const char *words;   /* for the usage line: "list|show ID", or "" */
	const char *summary; /* one sentence */
	const struct job_option *options;
	size_t options_len;
	bool quiet_log;      /* a tool for a person: its log goes to stderr */
	bool makes_settings; /* none are read before it runs */
	enum status (*run)(struct job *job, struct err *err);
};

/* Returns the exit status of main(): 64 for a wrong option, 78 for a wrong
 * setting, 75 where settings or log cannot be opened just now, 74 where nobody
 * could read its output, else err_exit() of what run returned. The error goes
 * to standard error and the log. */
int job_main(int argc, char **argv, const struct job_program *program);

/* The number given with option "place", or "fallback".
 * ST_REJECT  no whole number from min to max */
MUST_CHECK
enum status
job_number(const struct job *job, const struct job_program *p, size_t place,
    long min, long max, long fallback, long *out, struct err *err);

#endif
