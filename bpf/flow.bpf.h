/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether a packet comes by its channel's flow, or by the flow that the channel moves to. */
#pragma once

#include "count.bpf.h"
#include "maps.bpf.h"
#include "parse.bpf.h"

static __always_inline bool address_is(const union address *address, const __u8 *bytes)
{
	const union address *other = (const void *)bytes;

	return address->halves[0] == other->halves[0] && address->halves[1] == other->halves[1];
}

static __always_inline bool came_from(const struct way *way, const struct mci_flow *flow)
{
	return address_is(&way->source, flow->relay) && way->source_port == flow->relay_port &&
	       address_is(&way->destination, flow->local) &&
	       way->destination_port == flow->local_port;
}

/* Tells the daemon of the first such packet. It may tell several times if packets arrive on
 * several CPUs at once. */
static __noinline bool came_from_next(const struct way *way, __u32 slot)
{
	struct mci_move *move = bpf_map_lookup_elem(&moves, &slot);

	if (!move || !came_from(way, &move->to))
		return false;
	if (!move->delivers) {
		move->delivers = 1;
		tell(MCI_OBSERVED_MOVED, slot);
	}
	return true;
}

/* Few channels are moving, and not for long, so other packets skip this check. It gets a copy of
 * `way`, because a pointer to the original would force it out of the registers. */
static __always_inline bool came_its_way(const struct outer *o, const struct mci_channel *channel)
{
	struct way way;

	if (came_from(&o->way, &channel->from))
		return true;
	if (!channel->moving)
		return false;
	way = o->way;
	return came_from_next(&way, channel->slot);
}
