/* SPDX-License-Identifier: BSD-2-Clause */
#include "statics/statics.h"
#include "base/log.h"
#include "base/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct static_channel *find(const struct statics *statics, const struct sg *sg)
{
	struct static_channel *channel;

	HASH_FIND(hh, statics->by_sg, sg, sizeof(*sg), channel);
	return channel;
}

bool statics_has(const struct statics *statics, const struct sg *sg, unsigned lan)
{
	const struct static_channel *channel = find(statics, sg);

	return channel && channel->lans & 1u << lan;
}

/* Turns */

static void forget(struct statics *statics, struct static_channel *channel)
{
	HASH_DEL(statics->by_sg, channel);
	free(channel);
}

static void end_on(struct statics *statics, struct static_channel *channel, unsigned lan)
{
	channel->lans &= ~(1u << lan);
	statics->actions->unwant(statics->context, &channel->sg, lan);
}

static void begin_on(struct statics *statics, struct static_channel *channel, unsigned lan)
{
	channel->lans |= 1u << lan;
	if (statics->actions->want(statics->context, &channel->sg, lan))
		return;
	channel->lans &= ~(1u << lan);
	statics->is_short = true;
}

/* The channel may be gone after the call. */
static void apply(struct statics *statics, struct static_channel *channel)
{
	uint32_t changes = channel->lans ^ channel->next;

	for (unsigned lan = 0; lan < statics->lan_count; lan++) {
		if (!(changes & 1u << lan))
			continue;
		if (channel->next & 1u << lan)
			begin_on(statics, channel, lan);
		else
			end_on(statics, channel, lan);
	}
	if (!channel->next)
		forget(statics, channel);
}

static void begin_turns(struct statics *statics)
{
	statics->turn = statics->by_sg;
	statics->is_short = false;
	timer_start(statics->timers, &statics->timer, 0);
}

static void turn_due(struct timer *timer)
{
	struct statics *statics = container_of(timer, struct statics, timer);

	if (!statics->turn && statics->is_short) {
		begin_turns(statics);
		return;
	}
	for (unsigned i = 0; i < STATICS_TURN && statics->turn; i++) {
		struct static_channel *channel = statics->turn;

		statics->turn = channel->hh.next;
		apply(statics, channel);
	}
	if (statics->turn)
		timer_start(statics->timers, timer, 0);
	else if (statics->is_short)
		timer_start(statics->timers, timer, STATICS_RETRY);
}

/* The file */

struct reading {
	struct statics *statics;
	unsigned number, bad, excess;
};

static void name_bad(struct reading *reading, const char *start, const char *end)
{
	int length = (int)strcspn(start, "\n");

	(void)end;
	if (reading->bad++ < STATICS_BAD_NAMED)
		log_warning(
			"%s:%u: '%.*s' is no 'SOURCE,GROUP' or 'SOURCE,GROUP LAN': this line is "
			"left out",
			reading->statics->path, reading->number, length < 80 ? length : 80, start);
}

static struct static_channel *get(struct reading *reading, const struct sg *sg)
{
	struct statics *statics = reading->statics;
	struct static_channel *channel = find(statics, sg);

	if (channel)
		return channel;
	if (HASH_COUNT(statics->by_sg) >= statics->limit) {
		reading->excess++;
		return NULL;
	}
	channel = memory_new(sizeof(*channel));
	channel->sg = *sg;
	HASH_ADD(hh, statics->by_sg, sg, sizeof(channel->sg), channel);
	return channel;
}

/* False if there is no such LAN. */
static bool take_line(struct reading *reading, const struct joinfile_line *line)
{
	struct statics *statics = reading->statics;
	uint32_t lans = (1u << statics->lan_count) - 1;
	struct static_channel *channel;

	if (*line->interface) {
		int number = statics->actions->lan_number(statics->context, line->interface);

		if (number < 0)
			return false;
		lans = 1u << number;
	}
	channel = get(reading, &line->sg);
	if (channel)
		channel->next |= lans;
	return true;
}

static void read_lines(struct reading *reading, const char *text)
{
	const char *at = text, *end = text + strlen(text);

	while (at < end) {
		const char *start = at;
		struct joinfile_line line;
		enum joinfile_kind kind = joinfile_read(&at, end, &line);

		reading->number++;
		if (kind == JOINFILE_BAD ||
		    (kind == JOINFILE_CHANNEL && !take_line(reading, &line)))
			name_bad(reading, start, at);
	}
	if (reading->bad > STATICS_BAD_NAMED)
		log_warning("%s: %u bad lines in all are left out", reading->statics->path,
			    reading->bad);
	if (reading->excess)
		log_warning(
			"%s: %u channels are left out: there is room for %u; raise 'channels' in "
			"[limits]",
			reading->statics->path, reading->excess, reading->statics->limit);
}

/* A file that cannot be read changes nothing. */
void statics_load(struct statics *statics)
{
	struct reading reading = {.statics = statics};
	char *text = joinfile_load(statics->path);
	struct static_channel *channel, *next;

	if (!text) {
		log_error("cannot read %s, the file of static channels: %s", statics->path,
			  strerror(errno));
		return;
	}
	HASH_ITER (hh, statics->by_sg, channel, next)
		channel->next = 0;
	read_lines(&reading, text);
	free(text);
	statics->timer.fn = turn_due;
	begin_turns(statics);
}

void statics_free(struct statics *statics)
{
	struct static_channel *channel, *next;

	HASH_ITER (hh, statics->by_sg, channel, next)
		forget(statics, channel);
	timer_stop(statics->timers, &statics->timer);
}

/* Changes */

static const char *save(struct statics *statics, char *text)
{
	static char why[256];
	int error = joinfile_save(statics->path, text);

	free(text);
	if (!error) {
		statics_load(statics);
		return NULL;
	}
	snprintf(why, sizeof(why), "cannot write %s: %s", statics->path, strerror(error));
	return why;
}

static bool is_in(const char *text, const struct joinfile_line *line)
{
	char *without = joinfile_without(text, line);
	bool is = strlen(without) < strlen(text);

	free(without);
	return is;
}

static const char *change(struct statics *statics, const struct joinfile_line *line, bool join)
{
	char *text = joinfile_load(statics->path), *changed;
	bool is_there;

	if (!text)
		return "the file of static channels cannot be read: the log says why";
	is_there = is_in(text, line);
	changed = is_there == join ? NULL
		  : join           ? joinfile_with(text, line)
				   : joinfile_without(text, line);
	free(text);
	if (changed)
		return save(statics, changed);
	return join ? "the channel is static already" : "there is no such static channel";
}

const char *statics_join(struct statics *statics, const struct joinfile_line *line)
{
	return change(statics, line, true);
}

const char *statics_leave(struct statics *statics, const struct joinfile_line *line)
{
	return change(statics, line, false);
}
