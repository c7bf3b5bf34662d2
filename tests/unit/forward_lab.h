/* SPDX-License-Identifier: BSD-2-Clause */
/* The room forward on the channels of path_lab.h, in virtual time. The lab stands where the
 * dataplane and the packet socket are: it keeps entries and frames, and has counters to be read. */
#pragma once

#include "forward/admission.h"
#include "forward/forward.h"
#include "forward/watch.h"
#include "path_lab.h"

#include <errno.h>

#define ONE        "203.0.113.1" /* relays */
#define TWO        "203.0.113.2"
#define SOURCE     "192.0.2.10"
#define GROUP      "232.1.1.1"
#define SOURCE6    "2001:db8:5::10"
#define GROUP6     "ff3e::8000:1"
#define LAB_LANS   9
#define LAB_FRAMES 64
#define LAB_HOLD   (60 * USEC_PER_SEC)
#define LAB_RATE   1000 /* frames of the slow path, a second */
#define LAB_SLOTS  2048

/* The dataplane as the lab plays it, and what it was told. */
static struct {
	struct forward forward;
	struct dataplane_channel entry; /* the last one that was written */
	struct sg sg;                   /* its channel */
	unsigned puts, removes;
	unsigned puts_of[LAB_SLOTS]; /* entries written, by slot */
	unsigned cleared;            /* counters */
	uint32_t cleared_slot;
	unsigned updates_at_put; /* that ONE had been sent when the entry was first written */
	struct dataplane_channel_stats stats[LAB_SLOTS];
	struct mci_channel_drops drops[LAB_SLOTS];
	struct dataplane_over over[LAB_SLOTS];
	bool is_over;    /* what a packet of the slow path is told */
	bool unreadable; /* the counters */
	unsigned reads, reads_of[LAB_SLOTS], chunk_reads;
	struct mci_kept_slow kept[LAB_SLOTS];
	struct mci_kept all_kept;
	unsigned keeps;
	struct rejected rejected;
	uint32_t chunk; /* the last one that was read */
	struct {
		unsigned ifindex;
		uint8_t mac[6];
		uint8_t header[SLOWPATH_HEADER_MAX];
		size_t length, header_length;
	} frames[LAB_FRAMES];
	unsigned frame_count;
	int errors[LAB_LANS]; /* what sending to each LAN returns */
} fwd;

/* It stands for the dataplane, and nobody looks into it. */
#define LAB_DATAPLANE ((struct dataplane *)&fwd)

static int fwd_put(struct dataplane *dp, const struct sg *sg, const struct dataplane_channel *entry)
{
	cr_assert_eq(dp, LAB_DATAPLANE);
	if (!fwd.puts++)
		fwd.updates_at_put = lab_sent(ONE, AMT_UPDATE);
	fwd.puts_of[entry->slot]++;
	fwd.entry = *entry;
	fwd.sg = *sg;
	return 0;
}

static void fwd_remove(struct dataplane *dp, const struct sg *sg)
{
	cr_assert_eq(dp, LAB_DATAPLANE);
	fwd.sg = *sg;
	fwd.removes++;
}

static int fwd_stats(struct dataplane *dp, uint32_t slot, struct dataplane_channel_stats *stats)
{
	cr_assert_eq(dp, LAB_DATAPLANE);
	fwd.reads++;
	fwd.reads_of[slot]++;
	if (!fwd.unreadable)
		*stats = fwd.stats[slot];
	return fwd.unreadable ? -EIO : 0;
}

static int fwd_chunk_stats(struct dataplane *dp, uint32_t first, uint32_t count,
			   struct dataplane_channel_stats stats[])
{
	cr_assert_eq(dp, LAB_DATAPLANE);
	cr_assert(count && count <= MCI_STATS_CHUNK && first + count <= LAB_SLOTS);
	fwd.chunk_reads++;
	fwd.chunk = first;
	memcpy(stats, &fwd.stats[first], count * sizeof(*stats));
	return fwd.unreadable ? -EIO : 0;
}

static int fwd_clear_stats(struct dataplane *dp, uint32_t slot)
{
	cr_assert_eq(dp, LAB_DATAPLANE);
	fwd.cleared++;
	fwd.cleared_slot = slot;
	fwd.stats[slot] = (struct dataplane_channel_stats){0};
	return 0;
}

static void fwd_kept(struct dataplane *dp, struct mci_kept *kept)
{
	cr_assert_eq(dp, LAB_DATAPLANE);
	*kept = fwd.all_kept;
}

static int fwd_keep(struct dataplane *dp, const struct mci_kept *kept)
{
	cr_assert_eq(dp, LAB_DATAPLANE);
	fwd.all_kept = *kept;
	return 0;
}

static void fwd_kept_slow(struct dataplane *dp, uint32_t slot, struct mci_kept_slow *kept)
{
	cr_assert_eq(dp, LAB_DATAPLANE);
	*kept = fwd.kept[slot];
}

static int fwd_keep_slow(struct dataplane *dp, uint32_t slot, const struct mci_kept_slow *kept)
{
	cr_assert_eq(dp, LAB_DATAPLANE);
	fwd.kept[slot] = *kept;
	fwd.keeps++;
	return 0;
}

static int fwd_send(void *context, const struct mci_lan *lan, const uint8_t destination[6],
		    const struct slowpath_packet *packet)
{
	cr_assert_eq(context, &fwd);
	cr_assert_lt(fwd.frame_count, LAB_FRAMES);
	fwd.frames[fwd.frame_count].ifindex = lan->ifindex;
	memcpy(fwd.frames[fwd.frame_count].mac, destination, 6);
	memcpy(fwd.frames[fwd.frame_count].header, packet->header, packet->header_length);
	fwd.frames[fwd.frame_count].header_length = packet->header_length;
	fwd.frames[fwd.frame_count++].length = slowpath_length(packet);
	return fwd.errors[lan->ifindex - 10];
}

static const char *fwd_error(const struct dataplane *dp)
{
	cr_assert_eq(dp, LAB_DATAPLANE);
	return "unreadable";
}

static int fwd_channel_drops(struct dataplane *dp, uint32_t slot, struct mci_channel_drops *drops)
{
	(void)dp;
	*drops = fwd.drops[slot];
	return 0;
}

static void fwd_over(const struct dataplane *dp, uint32_t slot, struct dataplane_over *over)
{
	(void)dp;
	*over = fwd.over[slot];
}

static bool fwd_is_over(struct dataplane *dp, uint32_t slot, uint32_t bytes, uint64_t now_ns)
{
	cr_assert_eq(dp, LAB_DATAPLANE);
	cr_assert_lt(slot, LAB_SLOTS);
	cr_assert(bytes && now_ns == lab.timers.now * 1000);
	return fwd.is_over;
}

static const struct forward_actions fwd_actions = {.put = fwd_put,
						   .remove = fwd_remove,
						   .stats = fwd_stats,
						   .chunk_stats = fwd_chunk_stats,
						   .channel_drops = fwd_channel_drops,
						   .clear_stats = fwd_clear_stats,
						   .over = fwd_over,
						   .is_over = fwd_is_over,
						   .kept = fwd_kept,
						   .keep = fwd_keep,
						   .kept_slow = fwd_kept_slow,
						   .keep_slow = fwd_keep_slow,
						   .error = fwd_error,
						   .send = fwd_send};

static const struct channel_actions fwd_channel_actions = {
	PATH_CHANNEL_ACTIONS,     .forward = forward_put,   .stop_forwarding = forward_remove,
	.admit = admission_admit, .changed = watch_changed, .closed = forward_closed};

/* LAN `number` has ifindex 10 + `number`. */
static inline struct mci_lan fwd_lan(unsigned number, uint16_t mtu)
{
	struct mci_lan lan = {.ifindex = 10 + number, .mtu = mtu, .mac = {2, 0, 0, 0, 0, number}};

	snprintf(lan.interface, sizeof(lan.interface), "lan%u", number);
	return lan;
}

static inline void fwd_set_lan(unsigned number, uint16_t mtu)
{
	struct mci_lan lan = fwd_lan(number, mtu);

	forward_set_lan(&fwd.forward, number, &lan);
}

/* The relays ONE and TWO serve all sources; ONE is the first. */
static inline void fwd_begin(void)
{
	memset(&fwd, 0, sizeof(fwd));
	lab_begin(&fwd_channel_actions, &fwd.forward, sizeof(struct forward_channel), LAB_SLOTS);
	fwd.forward = (struct forward){.timers = &lab.timers,
				       .paths = &lab.paths,
				       .rejected = &fwd.rejected,
				       .actions = &fwd_actions,
				       .dataplane = LAB_DATAPLANE,
				       .context = &fwd,
				       .hold = LAB_HOLD,
				       .slow_rate = LAB_RATE};
	forward_start(&fwd.forward);
	for (unsigned i = 0; i < LAB_LANS; i++)
		fwd_set_lan(i, 1500);
	lab_configure((const char *[]){ONE, TWO, NULL});
	lab_serve(ONE, true);
	lab_serve(TWO, true);
}

static inline void fwd_end(void)
{
	forward_stop(&fwd.forward);
	lab_end();
}

/* A channel that LAN 0 has joined, and that relay ONE serves. */
static inline struct channel *fwd_join(const char *source, const char *group)
{
	struct channel *channel = lab_want(source, group);

	lab_run(0);
	cr_assert_eq(channel->state, CHANNEL_JOINED);
	return channel;
}

/* Relay ONE sends no data until the channel tries relay TWO beside it. */
static inline void fwd_try_other(struct channel *channel)
{
	for (unsigned i = 0; channel->move != CHANNEL_TRYING; i++) {
		cr_assert_lt(i, 100);
		lab_run(0.1);
	}
}
