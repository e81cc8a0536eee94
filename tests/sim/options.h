/* What the command line says. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct options {
	const char *address;
	int port;
	const char *cert, *key;
	uint32_t records;
	uint64_t seed;
	const char *client, *secret, *refresh, *scope;
	const char *edition, *plan;
	int users;
	const char *dc, *api_domain;
	int offset_min;
	int latency_ms, threads;
	const char *variants[40];
	int nvariants;
	bool limits_off;
	const char *now;
	const char *port_file;
};

/* Read them; false, and said on standard error, where one is wrong. The exit
 * status is then in "*status" (0 for --help). */
bool options_read(struct options *o, int argc, char **argv, int *status);

#endif
