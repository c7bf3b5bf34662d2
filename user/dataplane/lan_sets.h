/* SPDX-License-Identifier: BSD-2-Clause */
/* The sets of LANs to which XDP sends one packet: for each combination of LANs that channels use, a
 * map of the interfaces to broadcast to. A packet whose combination has no set is copied by TC. */
#pragma once

#include "dataplane/state.h"

/* Begins without sets. Call it once XDP is attached, which creates the map. */
void lan_sets_open(struct dataplane *dp);

/* Creates the set of the entry's LANs if XDP can send to all of them. */
void lan_sets_provide(struct dataplane *dp, const struct mci_channel *entry);

/* Removes all sets, because a LAN has changed. They are created again as channels need them. */
void lan_sets_forget(struct dataplane *dp);
void lan_sets_close(struct dataplane *dp);
