/* SPDX-License-Identifier: BSD-2-Clause */
/* The downstream (S,G) state machine of one interface and family (RFC 7761 section 4.5.2):
 *
 *            Join                    Prune
 *   NoInfo --------> Join ------------------------> Prune-Pending --(override interval)--> NoInfo
 *                     ^   <----- another's Join -----                   PruneEcho
 *
 * The Expiry Timer ends every state. It ends with the last of the Joins that keep the state up:
 * each lasts for its Holdtime, but no longer than its neighbor is there. With at most one neighbor
 * nobody could override a Prune, so that the Prune ends the state at once and without an echo.
 *
 * What an earlier daemon has left is in Join, and is asked about: the Prune for it may have come
 * when nobody heard it, or may have waited in Prune-Pending for the end of that daemon. So is what
 * was joined before we heard nothing for a while. Our new Generation ID makes routers send their
 * Joins (section 4.3.1). If some have come, and none for this (S,G), a PruneEcho asks for one, and
 * (S,G) waits for it in Prune-Pending.
 *
 * Routers suppress their Joins when they hear that of another (section 4.3.3), so that more of them
 * may want a channel than have joined it. Joins of a neighbor that is gone therefore last, if other
 * neighbors are left, until those would have sent their own. */
#pragma once

#include "base/timers.h"
#include "pim/packets.h"

#include <uthash.h>

enum pim_downstream_state { PIM_NO_INFO, PIM_JOIN, PIM_PRUNE_PENDING };

struct pim_downstream;

/* How long a router suppresses its Join at most (t_suppressed, section 4.11: 1.4 times 60 s), and
 * some time for the Join to come. */
#define PIM_SUPPRESSION (90 * USEC_PER_SEC)

/* Neighbors whose Joins an entry tells apart. If there are more, the one that ends first is merged
 * into `kept_until`. */
#define PIM_CLAIMS_MAX 8

/* A neighbor that has joined something. */
struct pim_joiner {
	struct addr address;
	struct pim_claim *claims; /* oldest first */
	unsigned entries;
	UT_hash_handle hh;
};

/* The Join of a neighbor for an entry. */
struct pim_claim {
	struct pim_joiner *joiner;
	struct pim_downstream_entry *entry;
	usec_t due;                    /* when it ends */
	struct pim_claim *prev, *next; /* in the joiner's list */
	struct pim_claim *sibling;     /* in the entry's list */
};

struct pim_downstream_entry {
	struct sg sg;
	enum pim_downstream_state state;
	struct pim_claim *claims; /* latest first */
	usec_t kept_until;        /* by Joins without a claim: of neighbors that are gone, beyond a
				   * limit, or heard by an earlier daemon */
	struct timer expiry;
	struct timer prune_pending; /* in Join: until it is asked about, unless a Join comes */
	struct pim_downstream *table;
	UT_hash_handle hh;
};

struct pim_downstream {
	struct timers *timers;
	struct pim_downstream_entry *by_sg;
	struct pim_joiner *joiners;
	unsigned joiner_limit; /* entries per neighbor */
	bool confirmed;        /* a Join has come for something that was to be asked about */
	/* (S,G) is about to leave NoInfo by a Join of `from`. If the call returns false, (S,G)
	 * cannot be had, and stays in NoInfo. */
	bool (*joined)(struct pim_downstream *downstream, const struct sg *sg,
		       const struct addr *from);
	/* (S,G) is in NoInfo again. */
	void (*left)(struct pim_downstream *downstream, const struct sg *sg);
	/* A Prune that nobody has overridden took effect: a PruneEcho must be sent. */
	void (*echo)(struct pim_downstream *downstream, const struct sg *sg);
	/* Sends a PruneEcho for (S,G), so that who wants it says so. Returns until when that may
	 * take. */
	usec_t (*ask)(struct pim_downstream *downstream, const struct sg *sg);
};

enum pim_join_result {
	PIM_JOIN_TAKEN,
	PIM_JOIN_TOO_MANY, /* the neighbor has reached joiner_limit */
	PIM_JOIN_REJECTED  /* `joined` returned false */
};

/* A Join. `holdtime` is in seconds; 0 ends the state at once. */
enum pim_join_result pim_downstream_join(struct pim_downstream *downstream, const struct sg *sg,
					 const struct addr *from, uint16_t holdtime);
/* Takes over state of an earlier daemon: Join for `holdtime` seconds, without a call of `joined`.
 * If no Join confirms it, it is asked for after `ask_after`; 0 means never. Returns false if (S,G)
 * has state already. */
bool pim_downstream_adopt(struct pim_downstream *downstream, const struct sg *sg, uint16_t holdtime,
			  usec_t ask_after);
/* Prunes may have been missed: what is joined now is asked for after `ask_after`, unless a Join
 * confirms it. */
void pim_downstream_ask_later(struct pim_downstream *downstream, usec_t ask_after);
/* A Prune. `override_interval` is 0 if there is at most one neighbor. */
void pim_downstream_prune(struct pim_downstream *downstream, const struct sg *sg,
			  usec_t override_interval);
/* The Joins of a neighbor end after `max` at the latest. If the neighbor is `gone`, it no longer
 * counts as their joiner; otherwise it has restarted. */
void pim_downstream_bound(struct pim_downstream *downstream, const struct addr *neighbor,
			  usec_t max, bool gone);
/* The number of (S,G)s that the neighbor has joined. */
unsigned pim_downstream_joined_by(const struct pim_downstream *downstream,
				  const struct addr *neighbor);
/* The neighbor that has joined the most (S,G)s; NULL if nothing is joined. */
struct pim_joiner *pim_downstream_largest(const struct pim_downstream *downstream);
/* Takes from a neighbor the (S,G) that it has joined last, to make room for others. The state of
 * (S,G) ends unless another Join keeps it. */
void pim_downstream_yield(struct pim_downstream *downstream, struct pim_joiner *joiner);
/* Returns NULL in NoInfo. */
struct pim_downstream_entry *pim_downstream_find(const struct pim_downstream *downstream,
						 const struct sg *sg);
unsigned pim_downstream_count(const struct pim_downstream *downstream);
/* Forgets all state without a call of `left`. */
void pim_downstream_free(struct pim_downstream *downstream);
