/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/engine.h"

#define PART_MOST 128 /* channels, at a few microseconds each */

static void visit_next(struct round *round, unsigned count)
{
	const struct channel_table *channels = &round->engine->channels;

	for (unsigned seen = 0; count && seen < channels->slots; seen++) {
		struct channel *channel;

		if (round->next_slot >= channels->slots)
			round->next_slot = 0;
		channel = channel_table_at(channels, round->next_slot++);
		if (!channel)
			continue;
		round->visit(round->engine, channel);
		count--;
	}
}

static void part_due(struct timer *timer)
{
	struct round *round = container_of(timer, struct round, part);
	unsigned channels = HASH_COUNT(round->engine->channels.by_sg);
	unsigned parts = channels / PART_MOST + 1;

	visit_next(round, channels / parts + 1);
	timer_start(&round->engine->timers, timer, round->period / parts);
}

void round_start(struct round *round, struct engine *engine, usec_t period, round_fn *visit)
{
	*round = (struct round){
		.engine = engine, .period = period, .visit = visit, .part.fn = part_due};
	timer_start(&engine->timers, &round->part, period);
}
