/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/totals.h"
#include "forward/state.h"

/* Counters that have gone back are those of another channel in the same slot. */
static uint64_t grown(uint64_t from, uint64_t to)
{
	return to > from ? to - from : 0;
}

static void note_packets(struct totals *totals, struct totals_noted *noted,
			 const struct dataplane_channel_stats *stats)
{
	uint64_t packets = grown(noted->count.packets, stats->packets);
	uint64_t bytes = grown(noted->count.bytes, stats->bytes);

	for (unsigned i = 0; packets && i < CHANNEL_INTERFACES_MAX; i++) {
		if (!(noted->egress & 1u << i))
			continue;
		totals->lans[i].packets += packets;
		totals->lans[i].bytes += bytes;
	}
	noted->count = (struct meter_count){stats->packets, stats->bytes};
}

/* A packet that comes late is taken off the losses of its stream, and counts as lost when more are.
 * So a stream whose order changes adds nothing. */
static void note_losses(struct totals *totals, struct totals_noted *noted, const struct rtp *rtp)
{
	uint64_t lost = rtp_lost(rtp);

	if (!rtp->is_rtp)
		noted->rtp_lost = 0;
	else if (lost > noted->rtp_lost) {
		totals->rtp_lost += lost - noted->rtp_lost;
		noted->rtp_lost = lost;
	}
}

void totals_note(struct channel *channel, const struct dataplane_channel_stats *stats)
{
	struct totals_noted *noted = forward_noted(channel);
	struct totals *totals = &forward_of(channel)->totals;

	note_packets(totals, noted, stats);
	note_losses(totals, noted, &channel->rtp);
}

void totals_adopt(struct channel *channel, const struct dataplane_channel_stats *stats)
{
	*forward_noted(channel) = (struct totals_noted){.count = {stats->packets, stats->bytes},
							.egress = channel_egress(channel)};
}
