/* SPDX-License-Identifier: BSD-2-Clause */
/* The numbers by which channels name LANs in the maps. An interface keeps its number as long as it
 * exists, also when the daemon is restarted: the entries that an earlier daemon left stay valid. */
#pragma once

#include "dataplane/state.h"

/* Reads the LANs that an earlier daemon left and that still exist. Call it once the maps are there.
 */
void lans_open(struct dataplane *dp);

/* Returns the interface's number, or a negative errno if it has none. */
int lans_find(const struct dataplane *dp, uint32_t ifindex);

/* The same, but an interface without a number gets one. -ENOSPC, with a sentence for
 * dataplane_error(), if no number is free. */
int lans_number(struct dataplane *dp, uint32_t ifindex);

/* The same, and tells the programs what they must know of the LAN. Returns its number or a negative
 * errno, with a sentence for dataplane_error(). */
int lans_put(struct dataplane *dp, const struct mci_lan *lan);

/* Frees the interface's number. No channel may go out of it any more. */
void lans_remove(struct dataplane *dp, uint32_t ifindex);
