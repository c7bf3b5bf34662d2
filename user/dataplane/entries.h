/* SPDX-License-Identifier: BSD-2-Clause */
/* The entries of the maps channels4, channels6, moves and tunnels. */
#pragma once

#include "dataplane/state.h"

struct bpf_map;

/* Derives the forwarding tables from what is in the maps. Call it once these are there, and the
 * LANs are known. */
void entries_open(struct dataplane *dp);

/* Ends the move of a killed daemon's channel: the channel stays with the flow that delivers. `key`
 * is the channel's key in `map`. */
void entries_settle(struct dataplane *dp, const struct bpf_map *map, const void *key,
		    struct mci_channel *entry);

/* Removes all moves, once no channel is moving any more. */
void entries_forget_moves(struct dataplane *dp);
