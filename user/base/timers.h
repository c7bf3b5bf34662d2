/* SPDX-License-Identifier: BSD-2-Clause */
/* Time as the state machines see it: a number, and timers that are due at such a number. The daemon
 * moves the time with the clock; a test moves it by hours in one call. */
#pragma once

#include "base/time.h"

#include <stdbool.h>
#include <stddef.h>

struct timer;
typedef void timer_fn(struct timer *timer);

/* Embedded in the struct that it belongs to. Zeroed memory with `fn` set is a stopped timer. */
struct timer {
	timer_fn *fn;
	size_t slot; /* place in the heap, from 1; 0 means stopped */
};

/* The heap holds the time beside the timer, so that comparisons do not touch the timers. */
struct timer_place {
	usec_t due;
	struct timer *timer;
};

struct timers {
	usec_t now;
	struct timer_place *heap; /* the earliest first; grows by doubling */
	size_t count, size;
};

void timers_free(struct timers *timers);
/* When the earliest timer is due; USEC_NEVER if none runs. */
usec_t timers_next(const struct timers *timers);
/* Moves the time to `now` (never back) and calls the functions of all timers that are due, in order
 * of time. In these calls `timers->now` is `now`. */
void timers_run(struct timers *timers, usec_t now);
/* The same for the earliest timer only; returns false if none is due. */
bool timers_run_one(struct timers *timers, usec_t now);

/* Starts or restarts the timer, due at an absolute time; USEC_NEVER stops it. */
void timer_set(struct timers *timers, struct timer *timer, usec_t due);
/* Starts or restarts the timer, due after `delay`. */
void timer_start(struct timers *timers, struct timer *timer, usec_t delay);
void timer_stop(struct timers *timers, struct timer *timer);
/* Returns USEC_NEVER if the timer is stopped. */
usec_t timer_due(const struct timers *timers, const struct timer *timer);
/* The time left; 0 if the timer is due or stopped. */
usec_t timer_left(const struct timers *timers, const struct timer *timer);

#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))
