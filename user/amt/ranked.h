/* SPDX-License-Identifier: BSD-2-Clause */
/* The tunnels with most channels, found by a walk through all of them in turns of the loop. A
 * tunnel may end before the walk does. */
#pragma once

#include "amt/tunnels.h"
#include "base/hash.h"
#include "base/ranking.h"

/* How many channels the relay is told of. */
unsigned amt_ranked_channels(const struct amt_tunnel *tunnel);
/* Visits the next tunnels, as hash_walk() does. */
bool amt_ranked_walk(const struct amt_tunnels *tunnels, struct hash_walk *walk, unsigned count,
		     hash_walk_fn *fn, void *owner);
void amt_ranked_offer(struct ranking *ranking, const struct amt_tunnel *tunnel);
/* NULL if the tunnel has ended. */
const struct amt_tunnel *amt_ranked_find(const struct amt_tunnels *tunnels,
					 const struct rank *rank);
