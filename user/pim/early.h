/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages of routers whose Hello an earlier daemon heard, and we have not heard yet. A router that
 * is no neighbor is not heeded (RFC 7761 section 4.3.1). But a Prune that it sends while no daemon
 * runs is sent once, so what such routers say is kept until their Hello comes. */
#pragma once

#include "base/ip.h"

#include <stdbool.h>

/* Of all of them, with what keeping them takes: some 1,500 short messages. A router whose receivers
 * zap sends 50 a second and more, and a restart may take seconds. */
#define PIM_EARLY_BYTES (256 << 10)

struct pim_early_message {
	struct ip_datagram ip;
	struct pim_early_message *prev, *next;
	uint8_t payload[];
};

/* Zeroed memory has no message. */
struct pim_early {
	struct pim_early_message *messages; /* oldest first */
	size_t bytes;
};

/* Keeps a copy. False if there is no room. */
bool pim_early_keep(struct pim_early *early, const struct ip_datagram *ip);
/* Returns the oldest message, of this router or (`from` is NULL) of any; NULL if there is none. The
 * caller frees it. */
struct pim_early_message *pim_early_take(struct pim_early *early, const struct addr *from);
