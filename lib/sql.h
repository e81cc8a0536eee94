/* Texts of the files under sql/, compiled in by sql/embed.awk. */
#ifndef SQL_H
#define SQL_H

#include <stddef.h>

/* One statement: prepared under "name", called with "nparams" values. */
struct sql {
	const char *name; /* set and file: drain_claim */
	int nparams;
	const char *text;
};

/* One step of the schema, and the way back. */
struct sql_schema_file {
	int number;
	const char *name; /* 0001_ground */
	const char *up;
	const char *down;
};

extern const struct sql_schema_file sql_schema[];
extern const size_t sql_schema_len;

#endif
