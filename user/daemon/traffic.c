/* SPDX-License-Identifier: BSD-2-Clause */
/* Looks at every channel's counters in turn, a part of them at a time, so that the loop waits for
 * none of it: many channels make the parts come more often, and not larger. */
#include "base/log.h"
#include "daemon/engine.h"

#define PART_MOST 128 /* channels, at about two microseconds each */

struct mci_channel_stats traffic_look(struct engine *engine, struct channel *channel)
{
	const struct slow_stats *slow = relays_slow_stats(channel);
	struct mci_channel_stats stats;
	struct meter_count count;

	if (dataplane_channel_stats(engine->dataplane, channel->slot, &stats)) {
		log_peer("%s", dataplane_error(engine->dataplane));
		return stats;
	}
	stats.packets += slow->packets;
	stats.bytes += slow->bytes;
	count = (struct meter_count){stats.packets, stats.bytes};
	meter_look(&channel->meter, engine->timers.now, &count);
	rtp_look(&channel->rtp, stats.packets, stats.rtp, stats.rtp_ssrc);
	return stats;
}

static void look_at_next(struct engine *engine, unsigned count)
{
	struct traffic *traffic = &engine->traffic;

	for (unsigned seen = 0; count && seen < engine->channels.limit; seen++) {
		struct channel *channel = channel_table_at(&engine->channels, traffic->next_slot);

		traffic->next_slot = (traffic->next_slot + 1) % engine->channels.limit;
		if (!channel)
			continue;
		traffic_look(engine, channel);
		count--;
	}
}

static void part_due(struct timer *timer)
{
	struct engine *engine = container_of(timer, struct engine, traffic.part);
	unsigned channels = HASH_COUNT(engine->channels.by_sg);
	unsigned parts = channels / PART_MOST + 1;

	look_at_next(engine, channels / parts + 1);
	timer_start(&engine->timers, timer, METER_INTERVAL / parts);
}

void traffic_start(struct engine *engine)
{
	engine->traffic.part.fn = part_due;
	timer_start(&engine->timers, &engine->traffic.part, METER_INTERVAL);
}

struct meter_rate traffic_total(const struct engine *engine)
{
	const struct channel *channel;
	struct meter_rate total = {0};

	for (channel = engine->channels.by_sg; channel; channel = channel->hh.next) {
		total.packets_per_s += channel->meter.rate.packets_per_s;
		total.bits_per_s += channel->meter.rate.bits_per_s;
	}
	return total;
}
