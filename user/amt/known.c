/* SPDX-License-Identifier: BSD-2-Clause */
#include "amt/known.h"
#include "base/memory.h"

#include <uthash.h>

struct amt_known_relay {
	struct addr relay;
	UT_hash_handle hh;
};

static struct amt_known_relay *find(const struct amt_known *known, const struct addr *relay)
{
	struct amt_known_relay *found;

	HASH_FIND(hh, known->by_relay, relay, sizeof(*relay), found);
	return found;
}

static void forget(struct amt_known *known, struct amt_known_relay *relay)
{
	HASH_DEL(known->by_relay, relay);
	free(relay);
}

uint8_t amt_known_p_flag(const struct amt_known *known, const struct addr *relay)
{
	return find(known, relay) ? AMT_P_LINUX : AMT_P;
}

void amt_known_note(struct amt_known *known, const struct addr *relay, uint8_t p_flag)
{
	struct amt_known_relay *found = find(known, relay);

	if ((p_flag == AMT_P_LINUX) == !!found)
		return;
	if (found) {
		forget(known, found);
		return;
	}
	if (HASH_COUNT(known->by_relay) >= AMT_KNOWN_MAX)
		forget(known, known->by_relay);
	found = memory_new(sizeof(*found));
	found->relay = *relay;
	HASH_ADD(hh, known->by_relay, relay, sizeof(found->relay), found);
}

void amt_known_free(struct amt_known *known)
{
	while (known->by_relay)
		forget(known, known->by_relay);
}
