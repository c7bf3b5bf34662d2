/* SPDX-License-Identifier: BSD-2-Clause */
/* PIM on one interface and family: says Hello, takes what neighbours send, and tells which (S,G)
 * the LAN wants (RFC 7761, the SSM subset of section 4.8.2, upstream router's side).
 *
 * Where another router on this host speaks for the same addresses it only observes: it follows what
 * is sent to them, and says nothing.
 *
 * Left out: DR duties, and everything that needs an RP. */
#pragma once

#include "pim/assert.h"
#include "pim/downstream.h"
#include "pim/neighbor.h"

#define PIM_TRIGGERED_HELLO_DELAY_S 5 /* Triggered_Hello_Delay */
#define PIM_DR_PRIORITY             0 /* an ingest box does no DR's work: let any router win */

struct pim_actions {
	/* Sends a PIM message to ALL-PIM-ROUTERS on the interface. */
	void (*send)(void *context, const uint8_t *message, size_t length);
	/* The interface wants (S,G), by a Join of `from`; false where it cannot be had. */
	bool (*joined)(void *context, const struct sg *sg, const struct addr *from);
	void (*left)(void *context, const struct sg *sg);
	/* What the interface has to do with (S,G), whoever wants it. */
	enum pim_interest (*interest)(void *context, const struct sg *sg);
	/* Another router won the Assert: nothing of (S,G) may go out; or it may again. */
	void (*lost)(void *context, const struct sg *sg, bool lost);
};

struct pim_counters {
	uint64_t hellos_sent, hellos_received, join_prunes_received;
	uint64_t prune_echoes_sent; /* entries */
	uint64_t asserts_sent, asserts_received;
	uint64_t entries_skipped;  /* (*,G), (S,G,rpt), (*,*,RP): no channels */
	uint64_t entries_refused;  /* channels that may not be forwarded */
	uint64_t joins_refused;    /* beyond a limit */
	uint64_t joins_yielded;    /* ended, for others to have room */
	uint64_t for_other_router; /* Join/Prunes with another upstream neighbour */
	/* What could not be read of messages that count otherwise: stray bytes of Hellos, join
	 * attributes, Join/Prunes from an address of an unknown kind on. */
	uint64_t parts_skipped;
};

/* What the operator lets PIM do. */
struct pim_options {
	unsigned neighbors_max, joins_max; /* joins: of one neighbour */
	bool require_hello;                /* before a Join/Prune counts (section 4.5) */
	const struct prefixes *allow;      /* routers; the lists belong to the caller */
	const struct prefixes *groups;     /* that are served */
	struct pim_metric metric;          /* for Asserts */
	unsigned hello_period;             /* seconds; our Holdtime is 3.5 times that */
};

struct pim_interface {
	const char *name; /* for the log */
	struct timers *timers;
	const struct pim_options *options; /* the caller's */
	const struct pim_actions *actions;
	void *context;
	bool observing;
	const struct prefixes *subnets; /* of the interface; the caller's */
	struct addr address; /* the primary one, or IPv6 link-local: source of what we send */
	struct addr secondaries[PIM_ADDRESSES_MAX];
	unsigned secondary_count;
	uint32_t generation_id;
	struct timer hello;
	bool hello_owed; /* to a new or restarted neighbour, before anything else */
	struct pim_neighbors neighbors;
	struct pim_downstream downstream;
	struct pim_asserts asserts;
	struct sg echoes[PIM_PRUNES_MAX]; /* to be sent in one message */
	unsigned echo_count;
	struct timer echo;
	struct pim_counters counters;
};

/* Fill name, timers, options, actions, context, observing and addresses in before. Says Hello at
 * once, twice, with different Generation IDs: neighbours send their Joins anew. */
void pim_interface_start(struct pim_interface *pim);
/* Says goodbye (Holdtime 0), and forgets all. */
void pim_interface_stop(struct pim_interface *pim);
/* Section 4.3.1, where addresses change: goodbye from the primary one, while messages still leave
 * from it; then what there is now, of which Hellos go out at once. Under another primary address
 * they are those of a start, and old Joins last until their Holdtime, for routers that come along.
 */
void pim_interface_withdraw(struct pim_interface *pim);
void pim_interface_readdress(struct pim_interface *pim, const struct addr *address,
			     const struct addr *secondaries, unsigned secondary_count);
/* A PIM packet that was seen on the interface. Returns why it was refused, and does nothing then;
 * FAULT_LIMIT, which is in the log already, where a part of it did not fit the limits. */
enum fault pim_interface_receive(struct pim_interface *pim, const struct ip_datagram *ip);
/* Whether we can tell that a neighbour's routes hardly lead to us: none of its addresses is of a
 * subnet of ours. Such a neighbour is legal (section 4.3.4). */
bool pim_interface_is_foreign(const struct pim_interface *pim, const struct pim_neighbor *neighbor);
/* What `interest` answers for (S,G) may have changed. */
void pim_interface_interest_changed(struct pim_interface *pim, const struct sg *sg);
/* The designated router; it may be ourselves. */
const struct addr *pim_interface_dr(const struct pim_interface *pim);
