/* SPDX-License-Identifier: GPL-2.0-only */
/* Counts packets and drops. The counters are per CPU, and a program is never preempted by itself,
 * so plain additions suffice. */
#pragma once

#include "maps.bpf.h"
#include "parse.bpf.h"

static __always_inline void count_drop(enum mci_drop reason)
{
	__u32 index = reason;
	__u64 *count = bpf_map_lookup_elem(&drops, &index);

	if (count)
		(*count)++;
}

/* A map's value as it begins; it would not fit on the stack of every caller. */
static const struct mci_channel_drops no_drops;

/* Several CPUs may drop packets of one channel; of two sizes at once, one may be forgotten. */
static __noinline int note_drop(__u32 slot, __u32 reason, __u32 length)
{
	struct mci_channel_drops *noted = bpf_map_lookup_elem(&channel_drops, &slot);

	if (!noted) {
		bpf_map_update_elem(&channel_drops, &slot, &no_drops, BPF_NOEXIST);
		noted = bpf_map_lookup_elem(&channel_drops, &slot);
	}
	if (!noted || reason >= MCI_DROP_COUNT)
		return 0;
	__sync_fetch_and_add(&noted->packets[reason], 1);
	if (!noted->longest[reason] || length < noted->shortest[reason])
		noted->shortest[reason] = length;
	if (length > noted->longest[reason])
		noted->longest[reason] = length;
	noted->last = reason;
	noted->last_ns = bpf_ktime_get_coarse_ns();
	return 0;
}

/* `channel` is NULL if the packet is of none; then `i` is not read. A packet that is not from our
 * relay is not the channel's, whatever it says. */
static __always_inline void count_drop_of(const struct mci_channel *channel, const struct inner *i,
					  enum mci_drop reason)
{
	count_drop(reason);
	if (channel && reason != MCI_DROP_WRONG_RELAY)
		note_drop(channel->slot, reason, i->length);
}

static __always_inline void count_account(enum mci_account what, __u64 packets)
{
	__u32 index = what;
	__u64 *count = bpf_map_lookup_elem(&account, &index);

	if (count)
		*count += packets;
}

/* Sends the daemon a record about a channel. */
static __always_inline void tell(enum mci_observed_kind kind, __u32 slot)
{
	struct mci_observed *record = bpf_ringbuf_reserve(&observed, sizeof(*record), 0);

	if (!record) {
		count_drop(MCI_DROP_OBSERVE_FULL);
		return;
	}
	record->kind = kind;
	record->ifindex = 0;
	record->time_ns = bpf_ktime_get_ns();
	record->slot = slot;
	record->length = 0;
	bpf_ringbuf_submit(record, 0);
}

/* The counters of this CPU. */
static __always_inline struct mci_channel_stats *stats_at(__u32 slot)
{
	__u32 number = slot / MCI_STATS_CHUNK;
	__u32 place = bpf_get_smp_processor_id() * MCI_STATS_CHUNK + slot % MCI_STATS_CHUNK;
	void *chunk = bpf_map_lookup_elem(&channel_stats, &number);

	return chunk ? bpf_map_lookup_elem(chunk, &place) : NULL;
}

/* `rtp` is MCI_RTP_IS and the sequence number, or 0. */
static __always_inline void count_forwarded(__u32 slot, __u32 length, __u32 rtp, __u32 ssrc,
					    __u64 now)
{
	struct mci_channel_stats *stats = stats_at(slot);

	if (!stats)
		return;
	if (!stats->packets)
		tell(MCI_OBSERVED_FIRST_PACKET, slot);
	stats->packets++;
	stats->bytes += length;
	stats->last_ns = now;
	stats->rtp = rtp ? rtp | (stats->packets & MCI_RTP_PACKETS) << MCI_RTP_SHIFT : 0;
	stats->rtp_ssrc = ssrc;
}
