/*
 * Prove a request (design: nobody gets in unproven).
 *
 * The table in proof.c says which proofs a service's routes accept, in which
 * header each arrives and which settings hold its secrets. A proof that is
 * presented must be right: there is no falling back to another one. A proof
 * without a configured secret lets nobody in.
 */
#ifndef PROOF_H
#define PROOF_H

#include "change.h"
#include "err.h"
#include "module.h"
#include "request.h"
#include "settings.h"

struct proofs;

/* "settings" is borrowed. */
MUST_CHECK
enum status proofs_open(struct proofs **out, const struct settings *settings,
    struct err *err);
void proofs_close(struct proofs *proofs);

/* Whether any proof has a secret, for the health report. */
bool proofs_configured(struct proofs *proofs);

enum proof_result {
	PROOF_OK,
	PROOF_MISSING,      /* none presented: 401 */
	PROOF_INVALID,      /* presented and wrong: 401 */
	PROOF_UNCONFIGURED, /* its secret is not set: 503 */
};

/*
 * Check what the headers present. PROOF_MISSING where they present nothing;
 * a CRM notification may then still prove itself by its body. "*source" is
 * the name of the proof that was tried, or of the one that is wanted.
 * Any thread may call.
 */
enum proof_result
proof_headers(struct proofs *proofs, const struct request *req,
    enum service service, const char **source, struct err *err);

/* Check token and channel of a notification. */
enum proof_result proof_notification(struct proofs *proofs,
    const struct change_list *changes, const char **source, struct err *err);

#endif
