/*
 * Records by their ids or by what stands in them: from here where they are
 * known to have stood so a short while ago, else from Zoho; what Zoho says is
 * mirrored as well (features F219, F220, F239 to F243).
 */
#ifndef LOOKUP_H
#define LOOKUP_H

#include "fetch.h"

struct lookup {
	struct fetch fetch; /* "told" gets each record, in any order */
	int64_t max_age_s;  /* 0: Zoho is asked in any case */
};

/*
 * Up to CRM_IDS_MOST records of one module. One that is deleted, or never was,
 * is told as NULL; one that did not come counts in fetch.totals.failed.
 * ST_RETRY, ST_FAULT  the database or this machine fails
 * others              what "told" returned
 */
MUST_CHECK
enum status lookup_ids(struct lookup *lookup, const struct module *module,
    char *const *ids, size_t n, struct err *err);

/*
 * Records of a CRM module that meet criteria, "(Last_Name:equals:Okoro)"
 * (zoho-api.md 2.6), at most 2,000, always from Zoho. Its index lags: what was
 * written seconds ago may be missing, so nothing is mirrored. Status as
 * zoho_ask().
 */
MUST_CHECK
enum status lookup_search(struct lookup *lookup, const struct module *module,
    const char *criteria, struct err *err);

#endif
