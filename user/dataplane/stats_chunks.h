/* SPDX-License-Identifier: BSD-2-Clause */
/* The counters of the channels stand in maps of MCI_STATS_CHUNK slots each (chunks), which are
 * created as their slots come into use, and pinned as channel_stats_0, channel_stats_1, ... A chunk
 * has a row of slots for each CPU, one after the other, and is read and cleared as memory.
 *
 * When a chunk is added, the kernel waits for the programs that run (about 10 ms). So a thread
 * creates chunks before their first slot is needed. */
#pragma once

#include "dataplane/state.h"

/* Opens the chunks that an earlier daemon left, and the first one. Call it once the maps are there.
 * Returns 0 or a negative errno, with a sentence for dataplane_error(). */
int stats_chunks_open(struct dataplane *dp);
void stats_chunks_close(struct dataplane *dp);

/* Creates a chunk that is of no slot yet. Returns its descriptor or a negative errno. */
int stats_chunks_create(const struct dataplane *dp);

/* Makes sure that the slot has a chunk. Returns 0 or a negative errno, with a sentence for
 * dataplane_error(). */
int stats_chunks_provide(struct dataplane *dp, uint32_t slot);

/* Waits for the programs that run at the moment, of all CPUs. */
void stats_chunks_settle(const struct dataplane *dp);

/* The slot's counters in the row of CPU 0; those of the next CPU are MCI_STATS_CHUNK further. NULL
 * if the slot has no chunk, and so no packet has been counted. */
struct mci_channel_stats *stats_chunks_find(const struct dataplane *dp, uint32_t slot);
