/* SPDX-License-Identifier: GPL-2.0-only */
/* From a parsed packet to its channel's entry, or to the reason why it has none. */
#pragma once

#include "maps.bpf.h"
#include "parse.bpf.h"

static __always_inline bool address_is(const union address *address, const __u8 *bytes)
{
	const union address *other = (const void *)bytes;

	return address->halves[0] == other->halves[0] && address->halves[1] == other->halves[1];
}

static __always_inline bool came_its_way(const struct outer *o, const struct mci_channel *channel)
{
	return address_is(&o->source, channel->relay) && o->source_port == channel->relay_port &&
	       address_is(&o->destination, channel->local) &&
	       o->destination_port == channel->local_port;
}

static __always_inline bool ttl_has_run_out(const struct inner *i)
{
	return i->head.bytes[i->ethertype == ETH_P_IP ? 8 : 7] <= 1;
}

/* The only look-up on the way of a packet that is forwarded. */
static __always_inline int match(const struct outer *o, const struct inner *i, __u64 now,
				 const struct mci_channel **channel)
{
	const struct mci_channel *found = i->ethertype == ETH_P_IP
						  ? bpf_map_lookup_elem(&channels4, &i->key)
						  : bpf_map_lookup_elem(&channels6, &i->key);

	if (!found)
		return MCI_DROP_NOT_JOINED;
	if (!came_its_way(o, found))
		return MCI_DROP_OTHER_TUNNEL;
	if (now > found->deadline_ns)
		return MCI_DROP_EXPIRED;
	if (!found->egress_count)
		return MCI_DROP_NO_EGRESS;
	if (ttl_has_run_out(i))
		return MCI_DROP_TTL;
	*channel = found;
	return GO_ON;
}

/* A packet that is not forwarded is ours to drop only if it was sent to a tunnel of ours; another
 * gateway's, on this box or behind it, goes on its way (GO_ON). */
static __always_inline int refuse(const struct outer *o, int reason)
{
	struct mci_tunnel_key key = {.local_port = o->destination_port};
	const struct mci_tunnel *tunnel;

	__builtin_memcpy(key.local, &o->destination, sizeof(key.local));
	tunnel = bpf_map_lookup_elem(&tunnels, &key);
	if (!tunnel)
		return GO_ON;
	if (!address_is(&o->source, tunnel->relay) || o->source_port != tunnel->relay_port)
		return MCI_DROP_WRONG_RELAY;
	return reason;
}
