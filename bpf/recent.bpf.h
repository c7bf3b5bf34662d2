/* SPDX-License-Identifier: GPL-2.0-only */
/* The channels of this CPU's last packets, in front of the hash maps. A look-up in a hash map
 * costs four function calls. On processors where a return is expensive (AMD's SRSO mitigation)
 * that is as much as the rest of the program. A copy is valid as long as no entry has changed. */
#pragma once

#include "maps.bpf.h"
#include "parse.bpf.h"

#define RECENT_BITS 11

struct recent {
	__u64 key[4]; /* IPv4 uses only the first */
	__u64 ethertype;
	__u64 version; /* of the entries when the copy was made */
	struct mci_channel channel;
};

/* Not shared: each program has its own. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1 << RECENT_BITS);
	__type(key, __u32);
	__type(value, struct recent);
} recent SEC(".maps");

static __always_inline struct recent *recent_at(const struct inner *i)
{
	__u64 mixed = i->key.words[0];
	__u32 place;

	if (i->ethertype == ETH_P_IPV6)
		mixed ^= i->key.words[1] ^ i->key.words[2] ^ i->key.words[3];
	place = mixed * 0x9e3779b97f4a7c15 >> (64 - RECENT_BITS);
	return bpf_map_lookup_elem(&recent, &place);
}

static __always_inline bool recent_is(const struct recent *r, const struct inner *i, __u64 version)
{
	const __u64 *key = i->key.words;

	if (r->key[0] != key[0] || r->version != version || r->ethertype != i->ethertype)
		return false;
	return i->ethertype == ETH_P_IP ||
	       (r->key[1] == key[1] && r->key[2] == key[2] && r->key[3] == key[3]);
}

static __always_inline void recent_keep(struct recent *r, const struct inner *i, __u64 version,
					const struct mci_channel *channel)
{
	r->key[0] = i->key.words[0];
	if (i->ethertype == ETH_P_IPV6) {
		r->key[1] = i->key.words[1];
		r->key[2] = i->key.words[2];
		r->key[3] = i->key.words[3];
	}
	r->ethertype = i->ethertype;
	r->version = version;
	r->channel = *channel;
}
