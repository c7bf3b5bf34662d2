/* SPDX-License-Identifier: BSD-2-Clause */
/* The counters of the channels stand in maps of MCI_STATS_CHUNK slots each (chunks), which are
 * created as their slots come into use, and pinned as channel_stats_0, channel_stats_1, ...
 *
 * When a chunk is added, the kernel waits for the programs that run (about 10 ms). So a thread
 * creates chunks before their first slot is needed. */
#pragma once

#include "dataplane/state.h"

/* Opens the chunks that an earlier daemon left, and the first one. Call it once the maps are there.
 * Returns 0 or a negative errno, with a sentence for dataplane_error(). */
int stats_chunks_open(struct dataplane *dp);
void stats_chunks_close(struct dataplane *dp);

/* Makes sure that the slot has a chunk. Returns 0 or a negative errno, with a sentence for
 * dataplane_error(). */
int stats_chunks_provide(struct dataplane *dp, uint32_t slot);

/* Waits for the programs that run at the moment, of all CPUs. */
void stats_chunks_settle(const struct dataplane *dp);

/* The descriptor of the slot's chunk; -1 if it has none, and so no packet has been counted. */
int stats_chunks_find(const struct dataplane *dp, uint32_t slot);
