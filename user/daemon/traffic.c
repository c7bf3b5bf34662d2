/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log.h"
#include "daemon/engine.h"

struct dataplane_channel_stats traffic_look(struct engine *engine, struct channel *channel)
{
	const struct slow_stats *slow = relays_slow_stats(channel);
	struct dataplane_channel_stats stats;
	struct rtp_packet last;
	struct meter_count count;

	if (dataplane_channel_stats(engine->dataplane, channel->slot, &stats)) {
		log_peer("%s", dataplane_error(engine->dataplane));
		return stats;
	}
	stats.packets += slow->packets;
	stats.bytes += slow->bytes;
	count = (struct meter_count){stats.packets, stats.bytes};
	meter_look(&channel->meter, engine->timers.now, &count);
	last = (struct rtp_packet){
		.is_version_2 = stats.rtp.is_version_2,
		.sequence = stats.rtp.sequence,
		.ssrc = stats.rtp.ssrc,
		.packets = stats.rtp.packets + slow->packets,
	};
	rtp_look(&channel->rtp, &last);
	return stats;
}

static void visit(struct engine *engine, struct channel *channel)
{
	traffic_look(engine, channel);
}

void traffic_start(struct engine *engine)
{
	round_start(&engine->traffic, engine, METER_INTERVAL, visit);
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
