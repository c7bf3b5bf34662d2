/* SPDX-License-Identifier: BSD-2-Clause */
/* The (S,G) Assert state machine of one interface and family (RFC 7761 section 4.6.1). If several
 * routers forward a channel onto a LAN, it decides which of them goes on.
 *
 *             their data, a worse Assert           a better Assert
 *   NoInfo ------------------------------> Winner -----------------> Loser
 *      ^   <----- we stop forwarding -------                           |
 *      '---- timer, winner gone, AssertCancel, a Join(S,G) to us ------'
 *
 * Entries exist only for channels that the interface wants. Left out: (*,G), since there is no
 * shared tree here, and RPF_interface(S), since packets of the source come from the WAN. */
#pragma once

#include "base/timers.h"
#include "pim/packets.h"

#include <uthash.h>

#define PIM_ASSERT_TIME_S              180 /* Assert_Time, section 4.11 */
#define PIM_ASSERT_OVERRIDE_INTERVAL_S 3

enum pim_assert_state { PIM_ASSERT_NO_INFO, PIM_ASSERT_WINNER, PIM_ASSERT_LOSER };

/* How the interface takes part in (S,G), Asserts aside. */
enum pim_interest {
	PIM_UNWANTED,
	PIM_WANTED,   /* AssertTrackingDesired: (S,G) is joined, but has no packets yet */
	PIM_FORWARDED /* CouldAssert: packets of (S,G) are forwarded onto it */
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
	struct pim_metric metric; /* spt_assert_metric: ours, for what we forward */
	struct pim_assert_entry *by_sg;
	enum pim_interest (*interest)(struct pim_asserts *asserts, const struct sg *sg);
	/* Sends an Assert with this metric. */
	void (*send)(struct pim_asserts *asserts, const struct sg *sg,
		     const struct pim_metric *metric);
	/* lost_assert(S,G,I): whether we must not forward (S,G). */
	void (*lost)(struct pim_asserts *asserts, const struct sg *sg, bool lost);
};

/* Events of figure 8 */

/* An Assert of `from`. */
void pim_asserts_receive(struct pim_asserts *asserts, const struct addr *from,
			 const struct pim_assert *message);
/* A packet of (S,G) that we did not send was seen on the interface. */
void pim_asserts_data(struct pim_asserts *asserts, const struct sg *sg);
/* A Join(S,G) with one of our addresses as the upstream neighbor. */
void pim_asserts_join(struct pim_asserts *asserts, const struct sg *sg);
/* The winner of (S,G) sends no packets: we are no loser any more, without an Assert. Not of the
 * RFC, but as if the timer had ended. */
void pim_asserts_take_over(struct pim_asserts *asserts, const struct sg *sg);
/* `interest` may return something else for (S,G) now. */
void pim_asserts_interest_changed(struct pim_asserts *asserts, const struct sg *sg);
/* A neighbor has expired, said goodbye or restarted. */
void pim_asserts_neighbor_gone(struct pim_asserts *asserts, const struct addr *neighbor);

/* The interface has another primary address: all elections are open again. */
void pim_asserts_readdress(struct pim_asserts *asserts, const struct addr *us);

/* Our Asserts have this metric from now on. What we have won is open again: whoever else forwards
 * it may take it over. */
void pim_asserts_change_metric(struct pim_asserts *asserts, const struct pim_metric *metric);

/* Returns NULL in NoInfo. */
const struct pim_assert_entry *pim_asserts_find(const struct pim_asserts *asserts,
						const struct sg *sg);
/* Forgets all entries without any call. */
void pim_asserts_free(struct pim_asserts *asserts);
