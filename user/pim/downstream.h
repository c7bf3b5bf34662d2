/* SPDX-License-Identifier: BSD-2-Clause */
/* The downstream (S,G) state machine of one interface and family (RFC 7761 section 4.5.2):
 *
 *            Join                    Prune
 *   NoInfo --------> Join ------------------------> Prune-Pending --(override interval)--> NoInfo
 *                     ^   <----- another's Join -----                   PruneEcho
 *
 * The Expiry Timer ends every state: with the last of the Joins that keep it up, each for its
 * Holdtime, but no longer than the neighbour that sent it is there. With one neighbour at most
 * nobody could override a Prune, and it ends the state at once, without an echo.
 *
 * Routers keep their Joins back for another's (section 4.3.3), so that who has joined is not all of
 * who wants it: what a neighbour that is gone has joined lasts, where others are left, until those
 * would have spoken. */
#pragma once

#include "base/timers.h"
#include "pim/packets.h"

#include <uthash.h>

enum pim_downstream_state { PIM_NO_INFO, PIM_JOIN, PIM_PRUNE_PENDING };

struct pim_downstream;

/* The longest that a router keeps its Join back for another's, of this Holdtime by default
 * (t_suppressed, section 4.11: 1.4 times 60 s), and some time for it to come. */
#define PIM_SUPPRESSION (90 * USEC_PER_SEC)

/* Neighbours that an entry knows by name; of more, the one whose Join ends first is forgotten. */
#define PIM_CLAIMS_MAX 8

/* A neighbour, by what it has joined. */
struct pim_joiner {
	struct addr address;
	struct pim_claim *claims; /* the latest is the last */
	unsigned entries;
	UT_hash_handle hh;
};

/* A neighbour's Join of an entry. */
struct pim_claim {
	struct pim_joiner *joiner;
	struct pim_downstream_entry *entry;
	usec_t due;
	struct pim_claim *prev, *next; /* of the joiner */
	struct pim_claim *sibling;     /* of the entry */
};

struct pim_downstream_entry {
	struct sg sg;
	enum pim_downstream_state state;
	struct pim_claim *claims; /* the latest first */
	usec_t kept_until;        /* without a claim: by an earlier daemon, by neighbours gone */
	struct timer expiry, prune_pending;
	struct pim_downstream *table;
	UT_hash_handle hh;
};

struct pim_downstream {
	struct timers *timers;
	struct pim_downstream_entry *by_sg;
	struct pim_joiner *joiners;
	unsigned joiner_limit; /* entries of one */
	/* (S,G) is about to leave NoInfo: the interface wants its packets, by a Join of `from`.
	 * False where they cannot be had; it stays in NoInfo then. */
	bool (*joined)(struct pim_downstream *downstream, const struct sg *sg,
		       const struct addr *from);
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
/* Joins of a neighbour last so long at most from now on; it is counted no more for them where it is
 * `gone`, else it has begun anew. */
void pim_downstream_bound(struct pim_downstream *downstream, const struct addr *neighbor,
			  usec_t most, bool gone);
/* How many (S,G) a neighbour has joined; who has joined the most, NULL where nobody has any. */
unsigned pim_downstream_joined_by(const struct pim_downstream *downstream,
				  const struct addr *neighbor);
struct pim_joiner *pim_downstream_largest(const struct pim_downstream *downstream);
/* It loses what it has joined last, for others to have room; that ends where nobody else keeps it.
 */
void pim_downstream_yield(struct pim_downstream *downstream, struct pim_joiner *joiner);
/* NULL in NoInfo. */
struct pim_downstream_entry *pim_downstream_find(const struct pim_downstream *downstream,
						 const struct sg *sg);
unsigned pim_downstream_count(const struct pim_downstream *downstream);
/* Without a call of `left`. */
void pim_downstream_free(struct pim_downstream *downstream);
