/* SPDX-License-Identifier: GPL-2.0-only */
/* Two relays deliver a channel: which packets one of them has delivered, and the other has not yet.
 *
 * A packet is known by what both copies of it have in common, by whatever hook and tunnel they
 * come: fields of its IP header that no router changes, and the first and last bytes behind it,
 * with the transport's checksum among them. A source may send packets that are alike in all of
 * that; so each copy of one relay makes up for one of the other, and no packet is lost where they
 * are. */
#pragma once

#include "flow.bpf.h"

#define SEEN_BYTES 32 /* at either end of what follows the IP header */
#define SEEN_WORDS (1 + 2 * SEEN_BYTES / 8)

#define SEEN_SHIFT 20 /* of nanoseconds: about a millisecond */
#define SEEN_LIFE  (MCI_SEEN_NS >> SEEN_SHIFT)
#define SEEN_EARLY 16 /* by so much another CPU's clock may be ahead, between two ticks of ours */

enum seen_by { SEEN_BY_NONE, SEEN_BY_OLD, SEEN_BY_NEW };

struct seen_packet {
	__u32 tag;
	__u16 stamp; /* of when, shifted */
	__u8 by;
	__u8 reserved;
};

struct seen_bucket {
	struct bpf_spin_lock lock;
	__u32 reserved;
	struct seen_packet packets[MCI_SEEN_PACKETS];
};

/* One for all interfaces and both hooks: the two relays need not share either. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MCI_SEEN_BUCKETS);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, struct seen_bucket);
} seen SEC(".maps");

/* A packet that has come. */
struct seen_arrival {
	__u64 now;
	__u32 slot;
	enum seen_by by;
	__u32 offset, payload, length; /* as of struct inner */
	__u32 ethertype;
};

/* bpf_skb_load_bytes() or bpf_xdp_load_bytes(). */
typedef long seen_load(void *frame, __u32 offset, void *to, __u32 length);

/* Total length, identification and fragment of IPv4; payload length and next header of IPv6. */
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
	/* None has a last beyond all others; the verifier must see that at least one is loaded. */
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

/* In the life of a packet; the most of a place where there is none. */
static __always_inline __u16 seen_age(const struct seen_packet *p, __u16 now)
{
	return p->by == SEEN_BY_NONE ? (__u16)-1 : now - p->stamp + SEEN_EARLY;
}

/* Takes out the copy that the other relay has delivered, and says so; or puts this one in. */
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

/* Whether the other relay has delivered the packet. One that cannot be read has not been. */
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
