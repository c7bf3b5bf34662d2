/* SPDX-License-Identifier: BSD-2-Clause */
/* The PIM neighbours of one interface and family: learnt by Hello, kept for its Holdtime (RFC 7761
 * section 4.3). */
#pragma once

#include "base/timers.h"
#include "pim/packets.h"

#include <uthash.h>

/* What a router assumes where a neighbour does not send option 2 (section 4.11). */
#define PIM_PROPAGATION_DELAY_MS 500
#define PIM_OVERRIDE_INTERVAL_MS 2500

struct pim_neighbors;

struct pim_neighbor {
	struct addr address;
	struct pim_hello hello; /* the latest */
	usec_t since;
	usec_t heard; /* when the latest message came */
	struct timer expiry;
	struct pim_neighbors *table;
	UT_hash_handle hh;
};

struct pim_neighbors {
	struct timers *timers;
	struct pim_neighbor *by_address; /* in order of `heard` */
	unsigned limit;
	/* A neighbour's Holdtime has run out; it is freed after the call. */
	void (*expired)(struct pim_neighbors *neighbors, const struct pim_neighbor *neighbor);
};

enum pim_neighbor_change {
	PIM_NEIGHBOR_SAME,
	PIM_NEIGHBOR_NEW,
	PIM_NEIGHBOR_RESTARTED, /* another Generation ID (section 4.3.1) */
	PIM_NEIGHBOR_GONE,      /* said goodbye */
	PIM_NEIGHBOR_STRANGER,  /* goodbye from one we did not know */
	PIM_NEIGHBOR_REFUSED    /* the table is full */
};

/* In a full table, a neighbour that was not heard for Default_Hello_Holdtime gives its place to a
 * new one, whatever Holdtime it has claimed: else made-up ones could keep real ones out for ever.
 */
enum pim_neighbor_change pim_neighbors_hello(struct pim_neighbors *neighbors,
					     const struct addr *from,
					     const struct pim_hello *hello);
struct pim_neighbor *pim_neighbors_find(struct pim_neighbors *neighbors,
					const struct addr *address);
/* A message of it came that is no Hello. */
void pim_neighbors_heard(struct pim_neighbors *neighbors, struct pim_neighbor *neighbor);
unsigned pim_neighbors_count(const struct pim_neighbors *neighbors);
/* J/P_Override_Interval(I): propagation delay plus override interval, the largest on the LAN if all
 * tell theirs, else the defaults (section 4.3.3). */
usec_t pim_neighbors_override_interval(const struct pim_neighbors *neighbors);
/* The designated router (section 4.3.2), where our own address and DR priority are these. */
const struct addr *pim_neighbors_dr(const struct pim_neighbors *neighbors, const struct addr *us,
				    uint32_t priority);
void pim_neighbors_free(struct pim_neighbors *neighbors);
