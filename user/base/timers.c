/* SPDX-License-Identifier: BSD-2-Clause */
/* A binary heap of pointers to timers; each timer knows its place, so that moving and stopping one
 * cost as little as starting it. */
#include "base/timers.h"
#include "base/memory.h"

#include <stdlib.h>

void timers_free(struct timers *timers)
{
	free(timers->heap);
	*timers = (struct timers){.now = timers->now};
}

usec_t timers_next(const struct timers *timers)
{
	return timers->count ? timers->heap[0]->due : USEC_NEVER;
}

static void place(struct timers *timers, size_t slot, struct timer *timer)
{
	timers->heap[slot - 1] = timer;
	timer->slot = slot;
}

static void sift_up(struct timers *timers, struct timer *timer)
{
	size_t slot = timer->slot;

	while (slot > 1 && timers->heap[slot / 2 - 1]->due > timer->due) {
		place(timers, slot, timers->heap[slot / 2 - 1]);
		slot /= 2;
	}
	place(timers, slot, timer);
}

static void sift_down(struct timers *timers, struct timer *timer)
{
	size_t slot = timer->slot;

	for (;;) {
		size_t child = slot * 2;

		if (child < timers->count &&
		    timers->heap[child]->due < timers->heap[child - 1]->due)
			child++;
		if (child > timers->count || timers->heap[child - 1]->due >= timer->due)
			break;
		place(timers, slot, timers->heap[child - 1]);
		slot = child;
	}
	place(timers, slot, timer);
}

void timer_stop(struct timers *timers, struct timer *timer)
{
	struct timer *last;

	if (!timer->slot)
		return;
	last = timers->heap[--timers->count];
	if (last != timer) {
		place(timers, timer->slot, last);
		sift_up(timers, last);
		sift_down(timers, last);
	}
	timer->slot = 0;
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
	timer->due = due;
	place(timers, ++timers->count, timer);
	sift_up(timers, timer);
}

void timer_start(struct timers *timers, struct timer *timer, usec_t delay)
{
	timer_set(timers, timer, delay == USEC_NEVER ? USEC_NEVER : timers->now + delay);
}

usec_t timer_left(const struct timers *timers, const struct timer *timer)
{
	return timer->slot && timer->due > timers->now ? timer->due - timers->now : 0;
}

bool timers_run_one(struct timers *timers, usec_t now)
{
	struct timer *timer;

	if (now > timers->now)
		timers->now = now;
	if (timers_next(timers) > timers->now)
		return false;
	timer = timers->heap[0];
	timer_stop(timers, timer);
	timer->fn(timer);
	return true;
}

void timers_run(struct timers *timers, usec_t now)
{
	while (timers_run_one(timers, now))
		;
}
