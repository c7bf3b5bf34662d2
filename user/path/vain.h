/* SPDX-License-Identifier: BSD-2-Clause */
/* The relays that have sent one channel nothing, by their numbers in what was found for its source.
 * A later lookup has other numbers, so that it begins with none. */
#pragma once

#include "base/timers.h"
#include "driad/lookup.h"

/* Zeroed memory has none. */
struct path_vain {
	uint64_t found;  /* the number of the struct driad_found */
	uint32_t relays; /* a bit for each */
	uint32_t last;   /* the bit that was added last */
	usec_t until;
};

_Static_assert(DRIAD_RELAYS_MAX <= 32, "each relay has a bit");

bool path_vain_has(const struct path_vain *vain, uint64_t found, unsigned relay, usec_t now);
/* Forgets all but the relay that was added last, or that one, too. */
void path_vain_forget(struct path_vain *vain, bool but_last);
void path_vain_add(struct path_vain *vain, uint64_t found, unsigned relay, usec_t now,
		   usec_t duration);
