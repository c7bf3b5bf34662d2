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

/* A neighbour, by how much it has joined. */
struct pim_joiner {
	struct addr address;
	unsigned entries;
	UT_hash_handle hh;
};

struct pim_downstream_entry {
	struct sg sg;
	enum pim_downstream_state state;
	struct pim_joiner
		*joiner; /* the latest to join it; NULL where none has since we adopted it */
	struct timer expiry, prune_pending;
	struct pim_downstream *table;
	UT_hash_handle hh;
};

struct pim_downstream {
	struct timers *timers;
	struct pim_downstream_entry *by_sg;
	struct pim_joiner *joiners;
	unsigned joiner_limit; /* entries of one */
	/* (S,G) is about to leave NoInfo: the interface wants its packets. False where they cannot
	 * be had; it stays in NoInfo then. */
	bool (*joined)(struct pim_downstream *downstream, const struct sg *sg);
	/* (S,G) is in NoInfo again. */
	void (*left)(struct pim_downstream *downstream, const struct sg *sg);
	/* A Prune that nobody has overridden took effect: a PruneEcho is to be sent. */
	void (*echo)(struct pim_downstream *downstream, const struct sg *sg);
};

enum pim_join_result {
	PIM_JOIN_TAKEN,
	PIM_JOIN_TOO_MANY, /* its sender has as many as it may have */
	PIM_JOIN_REFUSED   /* by `joined` */
};

/* Holdtime in seconds; 0 ends the state at once. */
enum pim_join_result pim_downstream_join(struct pim_downstream *downstream, const struct sg *sg,
					 const struct addr *from, uint16_t holdtime);
/* State that an earlier daemon had: Join for `holdtime` seconds, without a call of `joined`. */
bool pim_downstream_adopt(struct pim_downstream *downstream, const struct sg *sg,
			  uint16_t holdtime);
/* `override_interval` is 0 on an interface with one neighbour at most. */
void pim_downstream_prune(struct pim_downstream *downstream, const struct sg *sg,
			  usec_t override_interval);
/* NULL in NoInfo. */
struct pim_downstream_entry *pim_downstream_find(const struct pim_downstream *downstream,
						 const struct sg *sg);
unsigned pim_downstream_count(const struct pim_downstream *downstream);
/* Without a call of `left`. */
void pim_downstream_free(struct pim_downstream *downstream);
