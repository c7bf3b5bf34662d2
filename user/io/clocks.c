/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/clocks.h"
#include "base/log.h"

#include <stdlib.h>

static struct clocks_reading read_all(void)
{
	return (struct clocks_reading){.monotonic = time_read(CLOCK_MONOTONIC),
				       .boot = time_read(CLOCK_BOOTTIME),
				       .wall = time_read(CLOCK_REALTIME)};
}

static void judge_absence(const struct clocks *clocks, usec_t passed, usec_t counted)
{
	usec_t asleep = passed > counted ? passed - counted : 0;

	if (passed < CLOCKS_LOOK_INTERVAL + CLOCKS_AWAY_MIN)
		return;
	log_notice("the machine was suspended, or this process stopped, for %llu s: tells relays "
		   "and routers anew that it is there",
		   (unsigned long long)(passed / USEC_PER_SEC));
	clocks->was_away(clocks->owner, asleep);
}

static void judge_wall(const struct clocks *clocks, int64_t step)
{
	if ((usec_t)llabs(step) < CLOCKS_WALL_MIN)
		return;
	log_notice("the wall clock was set %s by %lld s: the stamps of this log jump",
		   step < 0 ? "back" : "forward", (long long)llabs(step) / (long long)USEC_PER_SEC);
	clocks->wall_was_set(clocks->owner);
}

void clocks_look(struct clocks *clocks, const struct clocks_reading *now)
{
	struct clocks_reading before = clocks->last;
	usec_t passed = now->boot - before.boot;

	clocks->last = *now;
	judge_wall(clocks, (int64_t)(now->wall - before.wall - passed));
	judge_absence(clocks, passed, now->monotonic - before.monotonic);
}

static void look_due(struct timer *timer)
{
	struct clocks *clocks = container_of(timer, struct clocks, look);
	struct clocks_reading now = read_all();

	clocks_look(clocks, &now);
	timer_start(clocks->timers, timer, CLOCKS_LOOK_INTERVAL);
}

void clocks_start(struct clocks *clocks)
{
	clocks->look.fn = look_due;
	clocks->last = read_all();
	timer_start(clocks->timers, &clocks->look, CLOCKS_LOOK_INTERVAL);
}

void clocks_stop(struct clocks *clocks)
{
	if (clocks->timers)
		timer_stop(clocks->timers, &clocks->look);
}
