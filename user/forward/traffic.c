/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/traffic.h"
#include "base/log.h"
#include "forward/admission.h"
#include "forward/kept.h"
#include "forward/state.h"

static void add_slow(struct channel *channel, struct dataplane_channel_stats *stats)
{
	const struct slow_stats *slow = forward_slow_stats(channel);

	stats->packets += slow->packets;
	stats->bytes += slow->bytes;
	stats->rtp.packets += slow->packets;
}

static bool read_counters(const struct channel *channel, struct dataplane_channel_stats *stats)
{
	const struct forward *forward = forward_of(channel);

	*stats = (struct dataplane_channel_stats){0};
	if (!forward->actions->stats(forward->dataplane, channel->slot, stats))
		return true;
	log_warning("%s", forward->actions->error(forward->dataplane));
	return false;
}

struct dataplane_channel_stats traffic_read(struct channel *channel)
{
	struct dataplane_channel_stats stats;

	if (read_counters(channel, &stats))
		add_slow(channel, &stats);
	return stats;
}

void traffic_note(struct channel *channel, const struct dataplane_channel_stats *fast)
{
	struct dataplane_channel_stats stats = *fast;
	struct rtp_packet last;

	add_slow(channel, &stats);
	meter_look(&channel->meter, forward_of(channel)->timers->now,
		   &(struct meter_count){stats.packets, stats.bytes});
	last = (struct rtp_packet){
		.is_version_2 = stats.rtp.is_version_2,
		.sequence = stats.rtp.sequence,
		.ssrc = stats.rtp.ssrc,
		.packets = stats.rtp.packets,
	};
	rtp_look(&channel->rtp, &last);
	totals_note(channel, &stats);
	admission_note(channel, &stats);
}

void traffic_look(struct channel *channel)
{
	struct dataplane_channel_stats stats;

	if (read_counters(channel, &stats))
		traffic_note(channel, &stats);
}

void traffic_adopt(struct channel *channel)
{
	struct dataplane_channel_stats stats;

	kept_take_of(channel);
	if (read_counters(channel, &stats))
		add_slow(channel, &stats);
	meter_begin(&channel->meter, forward_of(channel)->timers->now,
		    &(struct meter_count){stats.packets, stats.bytes});
	totals_adopt(channel, &stats);
}

struct meter_rate traffic_total(const struct forward *forward)
{
	const struct channel_table *channels = &forward->paths->channels;
	struct meter_rate total = {0};

	for (uint32_t slot = 0; slot < channels->slots; slot++) {
		const struct channel *channel = channel_table_at(channels, slot);

		if (!channel)
			continue;
		total.packets_per_s += channel->meter.rate.packets_per_s;
		total.bits_per_s += channel->meter.rate.bits_per_s;
	}
	return total;
}

/* Slots that no channel has are clear. */
uint64_t traffic_forwarded(struct forward *forward)
{
	struct dataplane_channel_stats stats[MCI_STATS_CHUNK];
	uint64_t packets = forward->closed_packets;
	uint32_t first;

	for (first = 0; first < forward->paths->channels.slots; first += MCI_STATS_CHUNK) {
		if (forward->actions->chunk_stats(forward->dataplane, first, MCI_STATS_CHUNK,
						  stats)) {
			log_warning("%s", forward->actions->error(forward->dataplane));
			break;
		}
		for (uint32_t i = 0; i < MCI_STATS_CHUNK; i++)
			packets += stats[i].packets;
	}
	return packets;
}
