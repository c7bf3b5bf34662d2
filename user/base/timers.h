/* SPDX-License-Identifier: BSD-2-Clause */
/* Time as the state machines see it: a number, and timers that are due at one. The daemon moves it
 * with the clock, a test moves it by hours at once. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Microseconds of CLOCK_MONOTONIC. */
typedef uint64_t usec_t;

#define USEC_PER_MS  1000ull
#define USEC_PER_SEC 1000000ull
#define USEC_NEVER   UINT64_MAX

struct timer;
typedef void timer_fn(struct timer *timer);

/* Embedded in what it belongs to; zeroed memory with `fn` set is a stopped timer. */
struct timer {
	timer_fn *fn;
	size_t slot; /* place in the heap, from 1; 0 when stopped */
};

/* With the time, so that they are compared without a look at the timers themselves: those are all
 * over the memory. */
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
/* When the earliest timer is due, USEC_NEVER where none runs. */
usec_t timers_next(const struct timers *timers);
/* Moves the time to `now` (never back) and calls what is due, in order of time. While a timer's
 * function runs, `timers->now` is `now`. */
void timers_run(struct timers *timers, usec_t now);
/* The same for the earliest of them alone; false where none is due. */
bool timers_run_one(struct timers *timers, usec_t now);

/* (Re)starts at an absolute time; USEC_NEVER stops. */
void timer_set(struct timers *timers, struct timer *timer, usec_t due);
/* (Re)starts after a delay. */
void timer_start(struct timers *timers, struct timer *timer, usec_t delay);
void timer_stop(struct timers *timers, struct timer *timer);
/* USEC_NEVER where it is stopped. */
usec_t timer_due(const struct timers *timers, const struct timer *timer);
/* What is left, 0 when due or stopped. */
usec_t timer_left(const struct timers *timers, const struct timer *timer);

#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))
