/* SPDX-License-Identifier: BSD-2-Clause */
/* The (S,G) Assert state machine of one interface and family (RFC 7761 section 4.6.1): of several
 * routers that forward a channel onto a LAN, one is to go on.
 *
 *             their data, a worse Assert           a better Assert
 *   NoInfo ------------------------------> Winner -----------------> Loser
 *      ^   <----- we stop forwarding -------                           |
 *      '----- its timer, its end, its cancel, a Join(S,G) to us -------'
 *
 * (*,G) is left out, since there is no shared tree here. An interface is never the one that the
 * source's packets come by. Entries exist for channels that the interface wants, and for no others.
 */
#pragma once

#include "base/timers.h"
#include "pim/packets.h"

#include <uthash.h>

#define PIM_ASSERT_TIME_S              180 /* Assert_Time, section 4.11 */
#define PIM_ASSERT_OVERRIDE_INTERVAL_S 3

enum pim_assert_state { PIM_ASSERT_NO_INFO, PIM_ASSERT_WINNER, PIM_ASSERT_LOSER };

/* What the interface has to do with (S,G), Asserts left aside. */
enum pim_interest {
	PIM_UNWANTED,
	PIM_WANTED,   /* AssertTrackingDesired: it is joined there, but has no packets yet */
	PIM_FORWARDED /* CouldAssert: its packets go there */
};

struct pim_asserts;

struct pim_assert_entry {
	struct sg sg;
	enum pim_assert_state state;
	struct addr winner;
	struct pim_metric metric; /* the winner's */
	struct timer timer;
	struct pim_asserts *table;
	UT_hash_handle hh;
};

struct pim_asserts {
	struct timers *timers;
	struct addr us;           /* the primary address */
	struct pim_metric metric; /* spt_assert_metric: ours, of what is forwarded */
	struct pim_assert_entry *by_sg;
	enum pim_interest (*interest)(struct pim_asserts *asserts, const struct sg *sg);
	/* Sends an Assert with this metric. */
	void (*send)(struct pim_asserts *asserts, const struct sg *sg,
		     const struct pim_metric *metric);
	/* lost_assert(S,G,I): whether the forwarding of (S,G) must rest. */
	void (*lost)(struct pim_asserts *asserts, const struct sg *sg, bool lost);
};

/* The events of figure 8. */
void pim_asserts_receive(struct pim_asserts *asserts, const struct addr *from,
			 const struct pim_assert *message);
/* A packet of (S,G) that is not ours came in by the interface. */
void pim_asserts_data(struct pim_asserts *asserts, const struct sg *sg);
/* A Join(S,G) to us. */
void pim_asserts_join(struct pim_asserts *asserts, const struct sg *sg);
void pim_asserts_interest_changed(struct pim_asserts *asserts, const struct sg *sg);
/* A neighbour has expired, said goodbye or begun anew. */
void pim_asserts_neighbor_gone(struct pim_asserts *asserts, const struct addr *neighbor);

/* The interface has another primary address: whatever was settled with the old one is open again. */
void pim_asserts_readdress(struct pim_asserts *asserts, const struct addr *us);

/* NULL in NoInfo. */
const struct pim_assert_entry *pim_asserts_find(const struct pim_asserts *asserts,
						const struct sg *sg);
/* Without any call. */
void pim_asserts_free(struct pim_asserts *asserts);
