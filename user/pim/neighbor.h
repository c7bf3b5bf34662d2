/* SPDX-License-Identifier: BSD-2-Clause */
/* The PIM neighbors of one interface and family: learned by their Hellos, kept for the Holdtime
 * (RFC 7761 section 4.3). */
#pragma once

#include "base/timers.h"
#include "pim/packets.h"

#include <uthash.h>

/* Defaults for a neighbor that does not send option 2, LAN Prune Delay (section 4.11). */
#define PIM_PROPAGATION_DELAY_MS 500
#define PIM_OVERRIDE_INTERVAL_MS 2500

struct pim_neighbors;

struct pim_neighbor {
	struct addr address;
	struct pim_hello hello; /* the latest one */
	usec_t since;           /* when it appeared or restarted */
	usec_t heard;           /* when its latest message came */
	struct timer expiry;
	struct pim_neighbors *table;
	UT_hash_handle hh;
};

struct pim_neighbors {
	struct timers *timers;
	struct pim_neighbor *by_address; /* hash; in order of `heard`, oldest first */
	unsigned limit;
	/* The neighbor's Holdtime has ended, or it must make room. It is freed after this. */
	void (*expired)(struct pim_neighbors *neighbors, const struct pim_neighbor *neighbor);
};

enum pim_neighbor_change {
	PIM_NEIGHBOR_SAME,
	PIM_NEIGHBOR_NEW,
	PIM_NEIGHBOR_RESTARTED, /* another Generation ID (section 4.3.1) */
	PIM_NEIGHBOR_GONE,      /* said goodbye */
	PIM_NEIGHBOR_STRANGER,  /* goodbye of a router that was no neighbor */
	PIM_NEIGHBOR_REJECTED   /* the table is full */
};

/* Takes a Hello. In a full table, a neighbor that was not heard for Default_Hello_Holdtime makes
 * room for a new one, whatever its own Holdtime; else forged Hellos could keep real neighbors out
 * for ever. */
enum pim_neighbor_change pim_neighbors_hello(struct pim_neighbors *neighbors,
					     const struct addr *from,
					     const struct pim_hello *hello);
/* Returns NULL if there is no such neighbor. */
struct pim_neighbor *pim_neighbors_find(struct pim_neighbors *neighbors,
					const struct addr *address);
/* A message of the neighbor came that is no Hello. */
void pim_neighbors_heard(struct pim_neighbors *neighbors, struct pim_neighbor *neighbor);
unsigned pim_neighbors_count(const struct pim_neighbors *neighbors);
/* J/P_Override_Interval(I) (section 4.3.3): the largest propagation delay plus the largest override
 * interval on the LAN, if all neighbors announce theirs; else the sum of the defaults. */
usec_t pim_neighbors_override_interval(const struct pim_neighbors *neighbors);
/* The designated router (section 4.3.2), which is `us` if we win with this DR priority. */
const struct addr *pim_neighbors_dr(const struct pim_neighbors *neighbors, const struct addr *us,
				    uint32_t priority);
void pim_neighbors_free(struct pim_neighbors *neighbors);
