/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/rounds.h"
#include "forward/state.h"

#define PART_MAX 128 /* channels, at a few microseconds each */

static void visit_next(struct round *round, unsigned count)
{
	const struct channel_table *channels = &round->forward->paths->channels;

	for (unsigned seen = 0; count && seen < channels->slots; seen++) {
		struct channel *channel;

		if (round->next_slot >= channels->slots)
			round->next_slot = 0;
		channel = channel_table_at(channels, round->next_slot++);
		if (!channel)
			continue;
		round->visit(round->forward, channel);
		count--;
	}
}

static void part_due(struct timer *timer)
{
	struct round *round = container_of(timer, struct round, part);
	unsigned channels = HASH_COUNT(round->forward->paths->channels.by_sg);
	unsigned parts = channels / PART_MAX + 1;

	visit_next(round, channels / parts + 1);
	timer_start(round->forward->timers, timer, round->period / parts);
}

void round_start(struct round *round, struct forward *forward, usec_t period, round_fn *visit)
{
	*round = (struct round){
		.forward = forward, .period = period, .visit = visit, .part.fn = part_due};
	timer_start(forward->timers, &round->part, period);
}
