/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log.h"
#include "daemon/engine.h"

static void add_slow(struct channel *channel, struct dataplane_channel_stats *stats)
{
	const struct slow_stats *slow = relays_slow_stats(channel);

	stats->packets += slow->packets;
	stats->bytes += slow->bytes;
	stats->rtp.packets += slow->packets;
}

static bool read_counters(struct engine *engine, struct channel *channel,
			  struct dataplane_channel_stats *stats)
{
	if (dataplane_channel_stats(engine->dataplane, channel->slot, stats)) {
		log_warning("%s", dataplane_error(engine->dataplane));
		return false;
	}
	return true;
}

struct dataplane_channel_stats traffic_read(struct engine *engine, struct channel *channel)
{
	struct dataplane_channel_stats stats;

	if (read_counters(engine, channel, &stats))
		add_slow(channel, &stats);
	return stats;
}

void traffic_note(struct engine *engine, struct channel *channel,
		  const struct dataplane_channel_stats *fast)
{
	struct dataplane_channel_stats stats = *fast;
	struct rtp_packet last;

	add_slow(channel, &stats);
	meter_look(&channel->meter, engine->timers.now,
		   &(struct meter_count){stats.packets, stats.bytes});
	last = (struct rtp_packet){
		.is_version_2 = stats.rtp.is_version_2,
		.sequence = stats.rtp.sequence,
		.ssrc = stats.rtp.ssrc,
		.packets = stats.rtp.packets,
	};
	rtp_look(&channel->rtp, &last);
}

void traffic_look(struct engine *engine, struct channel *channel)
{
	struct dataplane_channel_stats stats;

	if (read_counters(engine, channel, &stats))
		traffic_note(engine, channel, &stats);
}

void traffic_start(struct engine *engine)
{
	round_start(&engine->traffic, engine, METER_INTERVAL, traffic_look);
}

struct meter_rate traffic_total(const struct engine *engine)
{
	struct meter_rate total = {0};

	for (uint32_t slot = 0; slot < engine->channels.slots; slot++) {
		const struct channel *channel = channel_table_at(&engine->channels, slot);

		if (!channel)
			continue;
		total.packets_per_s += channel->meter.rate.packets_per_s;
		total.bits_per_s += channel->meter.rate.bits_per_s;
	}
	return total;
}
