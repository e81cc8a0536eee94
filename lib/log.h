/*
 * One line a fact, about something first: "request 81733: applied ms=42".
 *
 * Lines go to syslog, to standard error or to a file, as the setting LOG
 * says. Text from outside may be passed as it is: control characters are
 * escaped here. Secrets and payloads are never passed.
 */
#ifndef LOG_H
#define LOG_H

#include "err.h"

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARN,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

/*
 * Start logging as "program". "target" is "syslog", "stderr" or the path of
 * a file to append to; "level" is error, warn, info or debug. Before this,
 * lines go to standard error. May be called again.
 * ST_FAULT  the file cannot be opened or the level is none of the four
 */
MUST_CHECK
enum status log_open(const char *program, const char *target, const char *level,
    struct err *err);

/* Open the file anew, after it was rotated. */
void log_reopen(void);

PRINTF_LIKE(1, 2) void log_error(const char *fmt, ...);
PRINTF_LIKE(1, 2) void log_warn(const char *fmt, ...);
PRINTF_LIKE(1, 2) void log_info(const char *fmt, ...);
PRINTF_LIKE(1, 2) void log_debug(const char *fmt, ...);

#endif
