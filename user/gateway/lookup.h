/* SPDX-License-Identifier: BSD-2-Clause */
/* One lookup of the relays of a source. */
#pragma once

#include "driad/lookup.h"
#include "gateway/gateway.h"

struct gateway_lookup {
	struct driad_lookup driad; /* with its result, after the call */
	/* Each answer; or NULL. */
	void (*answered)(void *owner, const struct driad_question *question,
			 const struct dns_answer *answer);
	void *owner;
	struct driad_actions actions; /* filled in by the call */
};

/* Waits for all answers, or for a signal that ends the process. Returns false in that case. The
 * caller has filled in `answered` and `owner`, and ends the lookup with driad_stop(). */
bool gateway_look_up(struct gateway *gateway, const struct addr *source,
		     struct gateway_lookup *lookup);
