/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds the entry of a parsed packet's channel, or the reason to drop the packet. */
#pragma once

#include "flow.bpf.h"
#include "maps.bpf.h"

static __always_inline bool ttl_has_run_out(const struct inner *i)
{
	__u16 word = bpf_ntohs(i->ttl);

	return (i->ethertype == ETH_P_IP ? word >> 8 : word & 0xff) <= 1;
}

/* The compiler must not merge the two calls: if the verifier knows the map, it calls the map's
 * function directly, not through a pointer. */
static __always_inline const struct mci_channel *find(const struct inner *i)
{
	const struct mci_channel *found;

	if (i->ethertype == ETH_P_IPV6)
		return bpf_map_lookup_elem(&channels6, &i->key);
	found = bpf_map_lookup_elem(&channels4, &i->key);
	barrier_var(found);
	return found;
}

/* A router may fragment an IPv4 packet without Don't Fragment (RFC 791), but no IPv6 packet. */
static __always_inline bool may_be_fragmented(const struct inner *i)
{
	return !(i->fragment & bpf_htons(IP_DF));
}

/* Tells the channel whenever there is one, also with a reason to drop the packet. */
static __always_inline int match(const struct outer *o, const struct inner *i, __u64 now,
				 const struct mci_channel **channel)
{
	const struct mci_channel *found = find(i);

	*channel = found;
	if (!found)
		return MCI_DROP_NOT_JOINED;
	if (!came_its_way(o, found))
		return MCI_DROP_OTHER_TUNNEL;
	if (now > found->deadline_ns)
		return MCI_DROP_EXPIRED;
	return found->lan_count ? GO_ON : MCI_DROP_NO_EGRESS;
}

/* Whether the packet may be forwarded as it is. A packet that must be fragmented is left to the
 * slow path. */
static __always_inline int may_go_on(const struct inner *i, const struct mci_channel *channel)
{
	if (ttl_has_run_out(i))
		return MCI_DROP_TTL;
	return i->length > channel->mtu && may_be_fragmented(i) ? LEAVE : GO_ON;
}

/* The tunnel of ours to which the packet was sent; NULL if it was not sent to one. */
static __always_inline const struct mci_tunnel *find_tunnel(const struct way *way)
{
	struct mci_tunnel_key key = {.local_port = way->destination_port};

	__builtin_memcpy(key.local, &way->destination, sizeof(key.local));
	return bpf_map_lookup_elem(&tunnels, &key);
}

static __always_inline bool is_of_relay(const struct way *way, const struct mci_tunnel *tunnel)
{
	return address_is(&way->source, tunnel->relay) && way->source_port == tunnel->relay_port;
}

/* A packet that is not forwarded is dropped only if it was sent to a tunnel of ours. Packets to
 * another gateway, on this box or behind it, are left alone. */
static __always_inline int reason_to_drop(const struct outer *o, int reason)
{
	const struct mci_tunnel *tunnel;

	if (reason == LEAVE)
		return LEAVE;
	tunnel = find_tunnel(&o->way);
	if (!tunnel)
		return LEAVE;
	return is_of_relay(&o->way, tunnel) ? reason : MCI_DROP_WRONG_RELAY;
}
