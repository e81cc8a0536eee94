/* Data centres: a token of one is worth nothing in another. */
#ifndef DC_H
#define DC_H

#include <stdbool.h>

/* Whether a call that names this host is for data centre "dc". A host that is
 * none of Zoho's (a loopback address) is for any; so is NULL. */
bool dc_ours(const char *dc, const char *host);

/* The API host of a data centre, NULL where there is no such. */
const char *dc_api_host(const char *dc);

#endif
