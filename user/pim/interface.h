/* SPDX-License-Identifier: BSD-2-Clause */
/* PIM-SM (RFC 7761) on one interface and address family, as the upstream router of an SSM-only LAN
 * (section 4.8.2): it says Hello, keeps the neighbors, and learns by their Joins which (S,G)s the
 * LAN wants. The state of an interface has three parts, each a state machine of its own:
 *
 *   neighbor.h     who is there: Hello, Holdtime, Generation ID, DR (section 4.3)
 *   downstream.h   which (S,G)s are joined: NoInfo, Join, Prune-Pending (section 4.5.2)
 *   assert.h       which of several routers forwards an (S,G): Winner, Loser (section 4.6.1)
 *
 * and the files that connect them with messages:
 *
 *   wire*.h, packets.h   messages, read and written (section 4.9)
 *   hello.h              what we say to neighbors, and what their Hellos change
 *   joins.h              what their Join/Prunes change, and our PruneEchoes
 *   early.h              messages that come before the Hello of their sender
 *   interface.h          the interface as a whole
 *
 * The order of what we send matters: a neighbor discards everything from a router whose Hello it
 * has not heard, so that a new neighbor is sent a Hello before anything else (section 4.3.1).
 *
 * If another router on this host speaks PIM with the same addresses, the interface only observes:
 * it follows what neighbors send to that router, and says nothing itself.
 *
 * Left out: the duties of a DR and everything that needs a rendezvous point, (*,G) and (S,G,rpt)
 * state; Joins towards the source, whose place AMT takes (RFC 7450). */
#pragma once

#include "pim/assert.h"
#include "pim/downstream.h"
#include "pim/early.h"
#include "pim/neighbor.h"

#define PIM_DRAIN       (3 * USEC_PER_SEC) /* for Asserts, before the goodbye */
#define PIM_DR_PRIORITY 0                  /* we do no work of a DR: any other router shall win */

struct pim_actions {
	/* Sends a PIM message to ALL-PIM-ROUTERS on the interface. */
	void (*send)(void *context, const uint8_t *message, size_t length);
	/* The interface wants (S,G), by a Join of `from`. Returns false if it cannot be had. */
	bool (*joined)(void *context, const struct sg *sg, const struct addr *from);
	/* The interface no longer wants (S,G). */
	void (*left)(void *context, const struct sg *sg);
	/* Whether the interface wants (S,G), by PIM or otherwise, and is sent its packets. */
	enum pim_interest (*interest)(void *context, const struct sg *sg);
	/* `lost`: another router won the Assert, so that we must not forward (S,G) onto the
	 * interface. Otherwise we may again. */
	void (*lost)(void *context, const struct sg *sg, bool lost);
	/* A message of pim_interface_adopt()'s time was kept, and is rejected later. */
	void (*rejected)(void *context, enum fault fault, const struct addr *from);
};

struct pim_counters {
	uint64_t hellos_sent, hellos_received, join_prunes_received;
	uint64_t prune_echoes_sent; /* counts entries */
	uint64_t asserts_sent, asserts_received;
	uint64_t entries_skipped;  /* (*,G), (S,G,rpt), (*,*,RP): not channels */
	uint64_t entries_refused;  /* channels that must not be forwarded */
	uint64_t joins_refused;    /* beyond a limit */
	uint64_t joins_yielded;    /* ended to make room for others */
	uint64_t for_other_router; /* Join/Prunes with another upstream neighbor */
	/* Parts of accepted messages that could not be read: stray bytes of Hellos, Join
	 * Attributes, the rest of a Join/Prune behind an address of an unknown kind. */
	uint64_t parts_skipped;
};

/* What the operator has configured. */
struct pim_options {
	unsigned neighbors_max;
	unsigned joins_max;            /* per neighbor */
	bool require_hello;            /* Join/Prunes count only from neighbors (section 4.5) */
	const struct prefixes *allow;  /* the routers that are heard; the caller's */
	const struct prefixes *groups; /* the groups that are served; the caller's */
	struct pim_metric metric;      /* of our Asserts */
	unsigned hello_period;         /* seconds; our Holdtime is 3.5 times as long */
	bool follow_winners;           /* what is joined at the winner stays joined at us */
};

struct pim_interface {
	const char *name; /* for the log */
	struct timers *timers;
	const struct pim_options *options; /* the caller's */
	const struct pim_actions *actions;
	void *context;
	bool observing;
	const struct prefixes *subnets; /* of the interface; the caller's */
	struct addr address; /* source of what we send: the primary or IPv6 link-local address */
	struct addr secondaries[PIM_ADDRESSES_MAX];
	unsigned secondary_count;
	uint32_t generation_id;
	usec_t taken_over; /* when joins of an earlier daemon were, with a new Generation ID; or 0
			    */
	usec_t confirmed;  /* when a router first joined after that; or 0 */
	struct timer hello;
	bool draining;
	bool hello_owed; /* a new or restarted neighbor must hear a Hello before anything else */
	struct pim_neighbors neighbors;
	struct pim_downstream downstream;
	struct pim_asserts asserts;
	struct timer succession; /* runs while neighbors of an earlier daemon may be unknown */
	struct pim_early early;
	struct sg echoes[PIM_PRUNES_MAX]; /* PruneEchoes to be sent in one message */
	unsigned echo_count;
	struct timer echo;
	struct pim_counters counters;
};

/* Triggered_Hello_Delay, and the default J/P_Override_Interval (section 4.11) */
#define PIM_SUCCESSION (8 * USEC_PER_SEC)

/* Begins, and says Hello at once. The caller has filled in name, timers, options, actions, context,
 * observing, subnets and addresses. */
void pim_interface_start(struct pim_interface *pim);
/* Says goodbye (a Hello with Holdtime 0), stops all timers and forgets all state, without a call of
 * `left`. */
void pim_interface_stop(struct pim_interface *pim);
/* The address of the interface is about to change: says goodbye from it (section 4.3.1). */
void pim_interface_withdraw(struct pim_interface *pim);
/* The interface has these addresses now: says Hello at once. If the primary address is another one,
 * we begin as a new router; the old Joins last until their Holdtime ends, or a router sends them to
 * the new address. */
void pim_interface_readdress(struct pim_interface *pim, const struct addr *address,
			     const struct addr *secondaries, unsigned secondary_count);
/* We have been away for a while, and heard nothing: introduces us anew, so that routers send their
 * Joins at once. What they do not join again is asked about, or lasts until its Holdtime. */
void pim_interface_return(struct pim_interface *pim);
/* Takes over (S,G) of an earlier daemon: it is joined until the default Holdtime. Neighbors of that
 * daemon say Hello soon, because our Generation ID is a new one. Until they have had time for that,
 * what they say is kept until their Hello, and Prunes leave time for others to override them,
 * however many neighbors we know; after that, what they have not joined again is asked about.
 * Returns false if (S,G) is joined already. */
bool pim_interface_adopt(struct pim_interface *pim, const struct sg *sg);
/* `drain`: another router shall take over what we forward. Our Asserts lose to any other router's
 * at once; after PIM_DRAIN we say goodbye, and no Hello any more. We forward until we lose, or the
 * Joins end. Otherwise we are a router as before. */
void pim_interface_drain(struct pim_interface *pim, bool drain);
/* Takes a PIM packet that was seen on the interface. Returns why it was rejected: then nothing has
 * changed. FAULT_LIMIT if a part of it did not fit the limits, which is in the log already. */
enum fault pim_interface_receive(struct pim_interface *pim, const struct ip_datagram *ip);
/* What `interest` returns for (S,G) may have changed. */
void pim_interface_interest_changed(struct pim_interface *pim, const struct sg *sg);
/* The designated router, which may be ourselves. */
const struct addr *pim_interface_dr(const struct pim_interface *pim);
/* Whether routers have joined soon after joins were taken over. `*known` is false while that cannot
 * be told. */
bool pim_interface_is_heeded(const struct pim_interface *pim, bool *known);
/* Whether no address of the neighbor is in a subnet of the interface. Such a neighbor is legal
 * (section 4.3.4), but its routes hardly lead to us. */
bool pim_interface_is_foreign(const struct pim_interface *pim, const struct pim_neighbor *neighbor);

/* For the other files of this folder: */

/* Whether `address` is one of ours. */
bool pim_interface_has(const struct pim_interface *pim, const struct addr *address);
/* Whether we know that of `neighbors` neighbors at most one is there, so that nobody can override a
 * Prune. Routers that need not say Hello cannot be counted. */
bool pim_interface_is_alone(const struct pim_interface *pim, unsigned neighbors);
