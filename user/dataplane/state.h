/* SPDX-License-Identifier: BSD-2-Clause */
/* struct dataplane: the state that the files of this folder share. Each member belongs to the file
 * that is named above it; other files only read it. */
#pragma once

#include "dataplane/dataplane.h"

#define STATE_PINS 72 /* bytes of a folder in the BPF file system, with an instance's name */

struct attachment;
struct fast;
struct ingest_tc;
struct observe_tc;
struct refused_tp;
struct ring_buffer;
struct routes;
struct stats_chunks;
struct mci_rate;

struct dataplane {
	/* open.c */
	const char *instance; /* or NULL: this daemon has no name */
	struct dataplane_limits limits;
	struct dataplane_events events;
	bool adopted;    /* the maps were left by an earlier daemon */
	bool is_earlier; /* what is in the kernel is still that daemon's: nobody has taken it over
			  */

	/* program.c */
	struct ingest_tc *ingest;
	struct observe_tc *observe; /* shares the maps of `ingest` */
	struct mci_clock clock;

	/* pins.c */
	bool mounted_bpffs;
	char pins[STATE_PINS], pins_old[STATE_PINS]; /* our folders in the BPF file system */

	/* owner.c */
	int owned_folder; /* descriptor; 0 while this process does not own programs and maps */

	/* attach.c and attachments.c */
	enum dataplane_choice choice;
	struct attachment *attachments;
	unsigned attachment_count;

	/* refused.c */
	struct refused_tp *refused; /* NULL if the kernel cannot count these packets */

	/* observed.c */
	struct ring_buffer *ring;
	uint64_t dispatch_end; /* CLOCK_MONOTONIC: end of the present dataplane_dispatch() */

	/* lans.c */
	struct mci_lan lans[MCI_LANS_MAX]; /* a copy of the map; ifindex 0 is a free number */

	/* lan_sets.c */
	int lan_sets;              /* descriptor of the map; 0 or less while no XDP is attached */
	int departs[MCI_LANS_MAX]; /* descriptors of the LANs' programs; 0 is none */

	/* entries.c */
	uint32_t moves; /* entries of the map `moves` */

	/* fast.c and routes.c */
	struct fast *fast;
	struct routes *routes;

	/* stats_chunks.c */
	struct stats_chunks *chunks;

	/* carried.c */
	bool has_carried; /* the map has entries */

	/* stats.c */
	unsigned cpus;
	void *per_cpu; /* room for one entry of any per-CPU map */

	/* policers.c */
	struct mci_rate *rates; /* the map, by slot; NULL if channels have no rates */

	/* error.c */
	char error[256];
};
