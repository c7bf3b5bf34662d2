/* SPDX-License-Identifier: GPL-2.0-only */
/* Which packets of a moving channel one relay has delivered and the other has not yet.
 *
 * Both copies of a packet are recognised by what they have in common, whatever hook and tunnel they
 * come by: the fields of the IP header that no router changes, and the first and last bytes behind
 * it, which include the checksum of the transport. A source may send several packets that are equal
 * in all of this. So each copy of one relay cancels one copy of the other, and no such packet is
 * lost. */
#pragma once

#include "flow.bpf.h"

#define SEEN_BYTES 32 /* bytes sampled at each end of what follows the IP header */
#define SEEN_WORDS (1 + 2 * SEEN_BYTES / 8)

#define SEEN_SHIFT 20 /* from nanoseconds to units of about a millisecond */
#define SEEN_LIFE  (MCI_SEEN_NS >> SEEN_SHIFT)
#define SEEN_EARLY 16 /* so many units another CPU's clock may be ahead of ours */

enum seen_by { SEEN_BY_NONE, SEEN_BY_OLD, SEEN_BY_NEW };

struct seen_packet {
	__u32 tag;
	__u16 stamp; /* time of arrival, shifted by SEEN_SHIFT */
	__u8 by;
	__u8 reserved;
};

struct seen_bucket {
	struct bpf_spin_lock lock;
	__u32 reserved;
	struct seen_packet packets[MCI_SEEN_PACKETS];
};

/* Shared by all interfaces and both hooks: the two relays may come by different ones. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MCI_SEEN_BUCKETS);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, struct seen_bucket);
} seen SEC(".maps");

/* A packet that has arrived. */
struct seen_arrival {
	__u64 now;
	__u32 slot;
	enum seen_by by;
	__u32 offset, payload, length; /* as in struct inner */
	__u32 ethertype;
};

/* bpf_skb_load_bytes() or bpf_xdp_load_bytes(). */
typedef long seen_load(void *frame, __u32 offset, void *to, __u32 length);

/* Keeps total length, identification and fragment of IPv4; payload length and next header of IPv6.
 */
static __always_inline __u64 seen_of_header(__u64 first, __u32 ethertype)
{
	return first & (ethertype == ETH_P_IP ? bpf_cpu_to_be64(0x0000ffffffffffff)
					      : bpf_cpu_to_be64(0x00000000ffffff00));
}

static __always_inline bool seen_sample(void *frame, seen_load *load, const struct seen_arrival *a,
					__u64 words[SEEN_WORDS])
{
	__u32 length = a->length - (a->payload - a->offset), last = length - 1;

	if (load(frame, a->offset, &words[0], sizeof(words[0])))
		return false;
	words[0] = seen_of_header(words[0], a->ethertype);
	if (length >= SEEN_BYTES)
		return !load(frame, a->payload, &words[1], SEEN_BYTES) &&
		       !load(frame, a->payload + length - SEEN_BYTES, &words[1 + SEEN_BYTES / 8],
			     SEEN_BYTES);
	/* For length 0, `last` is the largest number. The verifier must see that at least one byte
	 * is loaded. */
	barrier_var(last);
	return last >= SEEN_BYTES - 1 || !load(frame, a->payload, &words[1], last + 1);
}

static __always_inline __u64 seen_hash(__u32 slot, const __u64 words[SEEN_WORDS])
{
	__u64 hash = slot;

	for (int i = 0; i < SEEN_WORDS; i++) {
		hash = (hash ^ words[i]) * 0x9e3779b97f4a7c15;
		hash ^= hash >> 32;
	}
	return hash;
}

/* The age of an entry; a free entry has the highest age. */
static __always_inline __u16 seen_age(const struct seen_packet *p, __u16 now)
{
	return p->by == SEEN_BY_NONE ? (__u16)-1 : now - p->stamp + SEEN_EARLY;
}

/* If the other relay has delivered the packet, removes that copy and returns true. Otherwise
 * stores this copy, in place of the oldest entry. */
static __always_inline bool seen_settle(struct seen_bucket *bucket, __u32 tag, enum seen_by by,
					__u16 now)
{
	struct seen_packet *oldest = &bucket->packets[0];
	__u16 most = 0;
	bool twice = false;

	bpf_spin_lock(&bucket->lock);
	for (int i = 0; i < MCI_SEEN_PACKETS; i++) {
		struct seen_packet *p = &bucket->packets[i];
		__u16 age = seen_age(p, now);

		if (p->tag == tag && p->by != by && age <= SEEN_LIFE + SEEN_EARLY) {
			p->by = SEEN_BY_NONE;
			twice = true;
			break;
		}
		if (age > most) {
			most = age;
			oldest = p;
		}
	}
	if (!twice) {
		oldest->tag = tag;
		oldest->stamp = now;
		oldest->by = by;
	}
	bpf_spin_unlock(&bucket->lock);
	return twice;
}

static __always_inline struct seen_arrival seen_arrival(const struct outer *o,
							const struct inner *i,
							const struct mci_channel *channel,
							__u64 now)
{
	return (struct seen_arrival){
		.now = now,
		.slot = channel->slot,
		.by = came_from(&o->way, &channel->from) ? SEEN_BY_OLD : SEEN_BY_NEW,
		.offset = i->offset,
		.payload = i->payload,
		.length = i->length,
		.ethertype = i->ethertype,
	};
}

/* Whether the other relay has delivered the packet. False for a packet that cannot be read. */
static __always_inline bool seen_is(void *frame, seen_load *load, const struct seen_arrival *a)
{
	__u64 words[SEEN_WORDS] = {0}, hash;
	struct seen_bucket *bucket;
	__u32 place;

	if (!seen_sample(frame, load, a, words))
		return false;
	hash = seen_hash(a->slot, words);
	place = hash >> 32 & (MCI_SEEN_BUCKETS - 1);
	bucket = bpf_map_lookup_elem(&seen, &place);
	return bucket && seen_settle(bucket, hash, a->by, a->now >> SEEN_SHIFT);
}
