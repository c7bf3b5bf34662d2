/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/watch.h"
#include "base/log.h"
#include "base/memory.h"
#include "forward/kept.h"
#include "forward/state.h"
#include "forward/traffic.h"
#include "path/path.h"

#include <stdlib.h>
#include <string.h>

#define METER_ROUNDS (METER_INTERVAL / FLOW_INTERVAL)

static usec_t last_packet(struct channel *channel, uint64_t last_ns)
{
	usec_t fast = last_ns / 1000, slow = forward_slow_stats(channel)->last;

	return fast > slow ? fast : slow;
}

static void look_at(struct channel *channel, const struct dataplane_channel_stats *stats)
{
	usec_t now = forward_of(channel)->timers->now;
	enum flow_state state =
		flow_look(&channel->flow, now, last_packet(channel, stats->last_ns));

	traffic_note(channel, stats);
	kept_keep_of(channel);
	if (state == FLOW_FLOWS) {
		channel_flows(channel);
		path_data_flows(channel);
	}
	if (state != FLOW_STOPPED || !channel_egress(channel) || channel->silent)
		return;
	channel_is_silent(channel);
	path_probe(channel);
}

/* A channel that never had data is not watched: the program tells of its first packet, and if that
 * record is lost, the meters find the data soon. */
static bool has_flowed(const struct channel *channel)
{
	return channel->flow.last || channel->meter.base.packets ||
	       channel->state == CHANNEL_RECEIVING;
}

/* The slot behind the last one of the part that can have a channel. */
static uint32_t end_of_part(const struct channel_table *channels, uint32_t first)
{
	return channels->slots < first + MCI_STATS_CHUNK ? channels->slots
							 : first + MCI_STATS_CHUNK;
}

static bool is_needed(const struct channel_table *channels, uint32_t first)
{
	for (uint32_t slot = first; slot < end_of_part(channels, first); slot++) {
		const struct channel *channel = channel_table_at(channels, slot);

		if (channel && has_flowed(channel))
			return true;
	}
	return false;
}

static void look_at_part(struct forward *forward, uint32_t first)
{
	const struct channel_table *channels = &forward->paths->channels;
	struct dataplane_channel_stats stats[MCI_STATS_CHUNK];
	uint32_t end = end_of_part(channels, first);

	if (end <= first) /* channels have ended since the part was due */
		return;
	if (forward->actions->chunk_stats(forward->dataplane, first, end - first, stats)) {
		log_warning("%s", forward->actions->error(forward->dataplane));
		return;
	}
	for (uint32_t slot = first; slot < end; slot++) {
		struct channel *channel = channel_table_at(channels, slot);

		if (channel)
			look_at(channel, &stats[slot - first]);
	}
}

/* Each part has its turn in another round than the part before. */
static bool is_turn_of_meters(const struct watch *watch, uint32_t part)
{
	return (watch->rounds + part) % METER_ROUNDS == METER_ROUNDS - 1;
}

/* A part in which nothing flows falls asleep: to find that out costs a look at each of its
 * channels. */
static void visit(struct forward *forward, uint32_t part)
{
	bool *awake = &forward->watch.awake[part];
	uint32_t first = part * MCI_STATS_CHUNK;

	*awake = *awake && is_needed(&forward->paths->channels, first);
	if (!*awake && !is_turn_of_meters(&forward->watch, part))
		return;
	look_at_part(forward, first);
	*awake = true;
}

static void go_on(struct watch *watch, uint32_t parts)
{
	if (++watch->next < parts)
		return;
	watch->next = 0;
	watch->rounds++;
}

/* The time of parts that sleep passes without a call. */
static void part_due(struct timer *timer)
{
	struct forward *forward = container_of(timer, struct forward, watch.part);
	uint32_t parts = forward->paths->channels.slots / MCI_STATS_CHUNK + 1, passed = 0;
	usec_t time_of_part = FLOW_INTERVAL / parts;
	struct watch *watch = &forward->watch;

	if (watch->next < parts)
		visit(forward, watch->next);
	do {
		go_on(watch, parts);
		passed++;
	} while (passed < parts && !watch->awake[watch->next] &&
		 !is_turn_of_meters(watch, watch->next));
	timer_start(forward->timers, timer, time_of_part * passed);
}

void watch_changed(const struct channel *channel)
{
	if (channel->state == CHANNEL_RECEIVING)
		forward_of(channel)->watch.awake[channel->slot / MCI_STATS_CHUNK] = true;
}

/* Channels that an earlier daemon has left may have data. */
void watch_start(struct forward *forward)
{
	uint32_t parts = forward->paths->channels.limit / MCI_STATS_CHUNK + 1;

	forward->watch =
		(struct watch){.part.fn = part_due, .awake = memory_new(parts * sizeof(bool))};
	memset(forward->watch.awake, true, parts * sizeof(bool));
	timer_start(forward->timers, &forward->watch.part, FLOW_INTERVAL);
}

void watch_stop(struct forward *forward)
{
	timer_stop(forward->timers, &forward->watch.part);
	free(forward->watch.awake);
	forward->watch.awake = NULL;
}
