/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/admission_look.h"
#include "base/log.h"
#include "base/memory.h"
#include "channel/stop.h"
#include "forward/admission_shown.h"

#include <stdlib.h>

/* A channel as it is compared with others. */
struct candidate {
	uint32_t slot;
	unsigned rank;
	usec_t begun;
};

/* The least wanted first: the lower rank, then the younger. */
static int compare(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	if (a->begun != b->begun)
		return a->begun > b->begun ? -1 : 1;
	return (a->slot < b->slot) - (a->slot > b->slot);
}

typedef bool is_candidate_fn(const struct admission *rates, const struct rated *rated,
			     unsigned number);

/* The candidates of a line, the least wanted first; to be freed. */
static struct candidate *collect(const struct admission *rates, is_candidate_fn *is,
				 unsigned number, size_t *count)
{
	uint32_t slots = rates->forward->paths->channels.slots;
	struct candidate *list = memory_new((slots + 1) * sizeof(*list));

	*count = 0;
	for (uint32_t slot = 0; slot < slots; slot++) {
		const struct rated *rated = &rates->by_slot[slot];

		if (rated->begun && is(rates, rated, number))
			list[(*count)++] = (struct candidate){slot, rated->rank, rated->begun};
	}
	qsort(list, *count, sizeof(*list), compare);
	return list;
}

static struct channel *channel_of(const struct admission *rates, const struct candidate *candidate)
{
	return channel_table_at(&rates->forward->paths->channels, candidate->slot);
}

/* Stopping */

static void stop(struct admission *rates, struct channel *channel, unsigned number)
{
	struct rated *rated = rated_of(rates, channel);
	char text[SG_TEXT], line[ADMISSION_LINE_TEXT];

	log_event(LOG_LEVEL_WARNING, log_about(.sg = &channel->sg),
		  "%s stopped, which brought %.1f Mbit/s: %s", sg_format(&channel->sg, text),
		  (double)rated->in / 1e6, admission_describe(rates, number, line));
	rated->had_in = rated->in;
	rated->had_out = rated->out;
	rated_wait(rates, rated, number);
	channel_stop(channel, admission_interfaces(number), admission_why(number, false));
	if (channel->halted)
		rated_set(rates, channel, 0, 0);
	else
		rated_set(rates, channel, rated->in, rated->out);
}

static bool uses(const struct admission *rates, const struct rated *rated, unsigned number)
{
	return rated_is_on(rates, rated, number) && rated_bits(rated, number);
}

/* Stops channels of lower ranks than `rank` until the line uses no more than `target`. */
static void relieve(struct admission *rates, unsigned number, int64_t target, unsigned rank)
{
	const struct line *line = &rates->lines[number];
	struct candidate *list;
	size_t count;

	if (line->used <= target)
		return;
	list = collect(rates, uses, number, &count);
	for (size_t i = 0; i < count && list[i].rank < rank && line->used > target; i++)
		stop(rates, channel_of(rates, &list[i]), number);
	free(list);
}

/* Coming back */

static bool would_be_on(const struct admission *rates, const struct channel *channel,
			unsigned number)
{
	uint32_t lans = channel->interfaces & ~channel->lost;

	if (admission_is_lan(number))
		return lans & admission_lan_bit(number);
	return rated_is_on(rates, rated_of(rates, channel), number);
}

/* Of a channel that was refused: as much as the mean of those that run, if there is room. */
static int64_t guess(const struct admission *rates, const struct channel *channel)
{
	int64_t bits =
		rates->running ? rates->lines[ADMISSION_LINE_TOTAL].used / rates->running : 0;

	for (unsigned i = 0; i < ADMISSION_LINES_MAX; i++) {
		const struct line *line = &rates->lines[i];
		int64_t room = line_target(line, line->used);

		if (line->limit && would_be_on(rates, channel, i) && room < bits)
			bits = room > 0 ? room : 0;
	}
	return bits;
}

/* What the channel is going to bring, as far as is known. */
static int64_t expected(const struct admission *rates, const struct channel *channel,
			unsigned number)
{
	const struct rated *rated = rated_of(rates, channel);

	if (!rated->had_in)
		return guess(rates, channel);
	return admission_is_lan(number) ? rated->had_out : rated->had_in;
}

/* A channel that was stopped on one LAN alone is still counted on its other lines. */
static int64_t added(const struct admission *rates, const struct channel *channel, unsigned number)
{
	const struct rated *rated = rated_of(rates, channel);

	return expected(rates, channel, number) -
	       (rated_is_on(rates, rated, number) ? rated_bits(rated, number) : 0);
}

static bool has_room(const struct admission *rates, const struct channel *channel)
{
	const struct rated *rated = rated_of(rates, channel);

	for (unsigned i = 0; i < ADMISSION_LINES_MAX; i++)
		if (would_be_on(rates, channel, i) &&
		    !line_has_room(&rates->lines[i], rated->rank, added(rates, channel, i)))
			return false;
	return true;
}

static void make_room(struct admission *rates, const struct channel *channel)
{
	const struct rated *rated = rated_of(rates, channel);

	for (unsigned i = 0; i < ADMISSION_LINES_MAX; i++)
		if (rates->lines[i].limit && would_be_on(rates, channel, i))
			relieve(rates, i, line_target(&rates->lines[i], added(rates, channel, i)),
				rated->rank);
}

static void come_back(struct admission *rates, struct channel *channel)
{
	usec_t now = rates->forward->timers->now;
	struct rated *rated = rated_of(rates, channel);
	int64_t in = expected(rates, channel, ADMISSION_LINE_TOTAL);
	int64_t out = expected(rates, channel, ADMISSION_LINE_LAN);
	char text[SG_TEXT];

	make_room(rates, channel);
	log_event(LOG_LEVEL_NOTICE, log_about(.sg = &channel->sg),
		  "%s may go on: there is room for it", sg_format(&channel->sg, text));
	rated_end_wait(rates, rated);
	rated->back = now;
	rated->reserved = now + ADMISSION_RESERVE;
	rated->measured = 0;
	channel_go_on(channel);
	rated_set(rates, channel, in, out);
}

static bool is_due(const struct admission *rates, const struct rated *rated, unsigned number)
{
	(void)number;
	return rated->waits && rates->forward->timers->now - rated->since >= rated->hold;
}

static void let_back(struct admission *rates)
{
	struct candidate *list;
	size_t count;

	if (!rates->waiting)
		return;
	list = collect(rates, is_due, 0, &count);
	while (count--) {
		struct channel *channel = channel_of(rates, &list[count]);

		if (has_room(rates, channel))
			come_back(rates, channel);
	}
	free(list);
}

static void look_at_line(struct admission *rates, unsigned number)
{
	struct line *line = &rates->lines[number];
	bool was_full = line->full, over = line_look(line, rates->forward->timers->now);
	char text[ADMISSION_LINE_TEXT];

	if (line->full && !was_full)
		log_warning("%s: new channels are refused",
			    admission_describe(rates, number, text));
	if (was_full && !line->full)
		log_notice("%s: new channels may join again",
			   admission_describe(rates, number, text));
	if (over)
		relieve(rates, number, line->limit, LINE_RANKS);
}

void admission_look(struct timer *timer)
{
	struct admission *rates = container_of(timer, struct admission, look);

	for (unsigned i = 0; i < ADMISSION_LINES_MAX; i++)
		look_at_line(rates, i);
	let_back(rates);
	timer_start(rates->forward->timers, timer, ADMISSION_LOOK);
}
