/* SPDX-License-Identifier: BSD-2-Clause */
#include "amt/ranked.h"

unsigned amt_ranked_channels(const struct amt_tunnel *tunnel)
{
	return tunnel->gateway.igmp.wanted + tunnel->gateway.mld.wanted;
}

bool amt_ranked_walk(const struct amt_tunnels *tunnels, struct hash_walk *walk, unsigned count,
		     hash_walk_fn *fn, void *owner)
{
	const struct amt_tunnel *first = tunnels->by_relay;

	return hash_walk(first ? first->hh.tbl : NULL, walk, count, fn, owner);
}

/* The key has the relay's address, by which the tunnel is found again. */
void amt_ranked_offer(struct ranking *ranking, const struct amt_tunnel *tunnel)
{
	struct rank rank = {.key[0] = ranking_key_down(amt_ranked_channels(tunnel))};

	ranking_key_address(&tunnel->relay, &rank.key[1]);
	ranking_offer(ranking, &rank);
}

const struct amt_tunnel *amt_ranked_find(const struct amt_tunnels *tunnels, const struct rank *rank)
{
	const struct addr relay = ranking_address(&rank->key[1]);

	return amt_tunnel_find(tunnels, &relay);
}
