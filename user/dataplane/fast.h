/* SPDX-License-Identifier: BSD-2-Clause */
/* The forwarding tables fast4 and fast6 (mcingest/fast.h). To change a place is to write memory.
 *
 * A table that is half full is replaced by one of twice the size, with other seeds. The kernel
 * waits for the programs that run when a table is put into its place, so a thread does this.
 * Meanwhile each change is made in both tables. */
#pragma once

#include "dataplane/state.h"

/* Removes the pins of an earlier daemon's tables; its programs use them on. Call it before the maps
 * are looked at. */
void fast_forget(const struct dataplane *dp);

/* Call it once the maps are there. Returns 0 or a negative errno, with a sentence for
 * dataplane_error(). */
int fast_open(struct dataplane *dp);
void fast_close(struct dataplane *dp);

/* Puts a channel in, or changes it, or takes it out. `key` is that of channels4 or channels6, by
 * the IP version. What finds no room, or is moving, is left to channels4 and channels6. */
void fast_put(struct dataplane *dp, unsigned version, const void *key,
	      const struct mci_channel *channel);
void fast_remove(struct dataplane *dp, unsigned version, const void *key);
