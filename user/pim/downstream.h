/* SPDX-License-Identifier: BSD-2-Clause */
/* The downstream (S,G) state machine of one interface and family (RFC 7761 section 4.5.2):
 *
 *            Join                    Prune
 *   NoInfo --------> Join ------------------------> Prune-Pending --(override interval)--> NoInfo
 *                     ^   <----- another's Join -----                   PruneEcho
 *
 * The Expiry Timer (the largest Holdtime heard) ends every state. With one neighbour at most nobody
 * could override a Prune, and it ends the state at once, without an echo. */
#pragma once

#include "base/timers.h"
#include "pim/packets.h"

#include <uthash.h>

enum pim_downstream_state { PIM_NO_INFO, PIM_JOIN, PIM_PRUNE_PENDING };

struct pim_downstream;

struct pim_downstream_entry {
	struct sg sg;
	enum pim_downstream_state state;
	struct timer expiry, prune_pending;
	struct pim_downstream *table;
	UT_hash_handle hh;
};

struct pim_downstream {
	struct timers *timers;
	struct pim_downstream_entry *by_sg;
	unsigned limit;
	/* (S,G) left or entered NoInfo: whether the interface wants its packets. */
	void (*wanted)(struct pim_downstream *downstream, const struct sg *sg, bool wanted);
	/* A Prune that nobody has overridden took effect: a PruneEcho is to be sent. */
	void (*echo)(struct pim_downstream *downstream, const struct sg *sg);
};

/* Holdtime in seconds; 0 ends the state at once. False where the table is full. */
bool pim_downstream_join(struct pim_downstream *downstream, const struct sg *sg, uint16_t holdtime);
/* State that an earlier daemon had: Join for `holdtime` seconds, without a call of `wanted`. */
bool pim_downstream_adopt(struct pim_downstream *downstream, const struct sg *sg,
			  uint16_t holdtime);
/* `override_interval` is 0 on an interface with one neighbour at most. */
void pim_downstream_prune(struct pim_downstream *downstream, const struct sg *sg,
			  usec_t override_interval);
unsigned pim_downstream_count(const struct pim_downstream *downstream);
/* Without a call of `wanted`. */
void pim_downstream_free(struct pim_downstream *downstream);
