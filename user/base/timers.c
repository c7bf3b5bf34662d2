/* SPDX-License-Identifier: BSD-2-Clause */
/* A heap in which each timer knows its place, so that restarting and stopping cost no more than
 * starting. With four children per node it has half the levels of a binary heap, and the children
 * are adjacent in memory. */
#include "base/timers.h"
#include "base/memory.h"

#include <stdlib.h>

#define CHILDREN 4

void timers_free(struct timers *timers)
{
	free(timers->heap);
	*timers = (struct timers){.now = timers->now};
}

usec_t timers_next(const struct timers *timers)
{
	return timers->count ? timers->heap[0].due : USEC_NEVER;
}

static void put(struct timers *timers, size_t place, struct timer_place timer)
{
	timers->heap[place] = timer;
	timer.timer->slot = place + 1;
}

static size_t move_up(struct timers *timers, size_t place, usec_t due)
{
	while (place && timers->heap[(place - 1) / CHILDREN].due > due) {
		put(timers, place, timers->heap[(place - 1) / CHILDREN]);
		place = (place - 1) / CHILDREN;
	}
	return place;
}

static size_t earliest_below(const struct timers *timers, size_t place)
{
	size_t first = place * CHILDREN + 1, end = first + CHILDREN, earliest = first;

	if (end > timers->count)
		end = timers->count;
	for (size_t below = first + 1; below < end; below++)
		if (timers->heap[below].due < timers->heap[earliest].due)
			earliest = below;
	return earliest;
}

static size_t move_down(struct timers *timers, size_t place, usec_t due)
{
	for (;;) {
		size_t below = earliest_below(timers, place);

		if (below >= timers->count || timers->heap[below].due >= due)
			return place;
		put(timers, place, timers->heap[below]);
		place = below;
	}
}

void timer_stop(struct timers *timers, struct timer *timer)
{
	struct timer_place last;
	size_t place;

	if (!timer->slot)
		return;
	place = timer->slot - 1;
	timer->slot = 0;
	last = timers->heap[--timers->count];
	if (last.timer == timer)
		return;
	place = move_up(timers, place, last.due);
	put(timers, move_down(timers, place, last.due), last);
}

void timer_set(struct timers *timers, struct timer *timer, usec_t due)
{
	timer_stop(timers, timer);
	if (due == USEC_NEVER)
		return;
	if (timers->count == timers->size) {
		timers->size = timers->size ? timers->size * 2 : 64;
		timers->heap = memory_resize(timers->heap, timers->size * sizeof(*timers->heap));
	}
	put(timers, move_up(timers, timers->count++, due), (struct timer_place){due, timer});
}

void timer_start(struct timers *timers, struct timer *timer, usec_t delay)
{
	timer_set(timers, timer, delay == USEC_NEVER ? USEC_NEVER : timers->now + delay);
}

usec_t timer_due(const struct timers *timers, const struct timer *timer)
{
	return timer->slot ? timers->heap[timer->slot - 1].due : USEC_NEVER;
}

usec_t timer_left(const struct timers *timers, const struct timer *timer)
{
	usec_t due = timer_due(timers, timer);

	return timer->slot && due > timers->now ? due - timers->now : 0;
}

bool timers_run_one(struct timers *timers, usec_t now)
{
	struct timer *timer;

	if (now > timers->now)
		timers->now = now;
	if (timers_next(timers) > timers->now)
		return false;
	timer = timers->heap[0].timer;
	timer_stop(timers, timer);
	timer->fn(timer);
	return true;
}

void timers_run(struct timers *timers, usec_t now)
{
	while (timers_run_one(timers, now))
		;
}
