/* SPDX-License-Identifier: BSD-2-Clause */
/* Looks at the counters of channels that have data: for their rates, and for channels whose data
 * has stopped. Their relays are asked whether they are alive, and the channels told. A part of the
 * counters at a time, each within FLOW_INTERVAL. */
#include "base/log.h"
#include "daemon/engine.h"

static usec_t last_packet(struct channel *channel, uint64_t last_ns)
{
	usec_t fast = last_ns / 1000, slow = relays_slow_stats(channel)->last;

	return fast > slow ? fast : slow;
}

static void look_at(struct engine *engine, struct channel *channel,
		    const struct dataplane_channel_stats *stats)
{
	enum flow_state state =
		flow_look(&channel->flow, engine->timers.now, last_packet(channel, stats->last_ns));

	traffic_note(engine, channel, stats);

	if (state == FLOW_FLOWS) {
		channel_flows(channel);
		relays_flows(channel);
	}
	if (state != FLOW_STOPPED || !channel_egress(channel) || channel->silent)
		return;
	channel_is_silent(channel);
	relays_probe(channel);
}

/* A channel that has never had data is not looked at: of its first packet the program tells, and
 * should that be lost, the meter has it soon. */
static bool has_flowed(const struct channel *channel)
{
	return channel->flow.last || channel->meter.base.packets ||
	       channel->state == CHANNEL_RECEIVING;
}

static bool is_needed(const struct engine *engine, uint32_t first)
{
	for (uint32_t i = 0; i < MCI_STATS_CHUNK; i++) {
		const struct channel *channel = channel_table_at(&engine->channels, first + i);

		if (channel && has_flowed(channel))
			return true;
	}
	return false;
}

static void look_at_part(struct engine *engine, uint32_t first)
{
	struct dataplane_channel_stats stats[MCI_STATS_CHUNK];
	struct channel *channel;

	if (!is_needed(engine, first))
		return;
	if (dataplane_chunk_stats(engine->dataplane, first, stats)) {
		log_warning("%s", dataplane_error(engine->dataplane));
		return;
	}
	for (uint32_t i = 0; i < MCI_STATS_CHUNK; i++) {
		channel = channel_table_at(&engine->channels, first + i);
		if (channel)
			look_at(engine, channel, &stats[i]);
	}
}

static void part_due(struct timer *timer)
{
	struct engine *engine = container_of(timer, struct engine, watch.part);
	uint32_t parts = engine->channels.slots / MCI_STATS_CHUNK + 1;

	if (engine->watch.next >= parts)
		engine->watch.next = 0;
	look_at_part(engine, engine->watch.next++ * MCI_STATS_CHUNK);
	timer_start(&engine->timers, timer, FLOW_INTERVAL / parts);
}

void watch_start(struct engine *engine)
{
	engine->watch.part.fn = part_due;
	timer_start(&engine->timers, &engine->watch.part, FLOW_INTERVAL);
}
