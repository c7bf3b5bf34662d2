/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/loop.h"
#include "base/log.h"
#include "base/memory.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <systemd/sd-event.h>
#include <time.h>

#define STALL_WINDOW (60 * USEC_PER_SEC)
#define TIMERS_MAX   (2 * USEC_PER_MS) /* time for timers in one turn: many may be due at once */

struct loop {
	sd_event *event;
	struct timers *timers;
	struct loop_signal *signals;
	bool stopped;
	usec_t window;              /* when the present minute began */
	usec_t stall, stall_before; /* the longest turn of this minute and of the one before */
};

struct loop_watch {
	struct loop *loop;
	sd_event_source *source;
	loop_fn *fn;
	void *owner;
};

static void refresh_now(struct timers *timers)
{
	struct timespec clock;
	usec_t now;

	clock_gettime(CLOCK_MONOTONIC, &clock);
	now = (usec_t)clock.tv_sec * USEC_PER_SEC + (usec_t)clock.tv_nsec / 1000;
	if (now > timers->now)
		timers->now = now;
}

struct loop_signal {
	loop_signal_fn *fn;
	void *owner;
	struct loop *loop;
	struct loop_signal *next;
};

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *owner)
{
	const struct loop_signal *watch = owner;

	(void)source;
	(void)info;
	refresh_now(watch->loop->timers);
	watch->fn(watch->owner);
	return 0;
}

/* Threads that are started later inherit the mask, so no signal can end the process without the
 * loop. */
int loop_on_signal(struct loop *loop, int signal, loop_signal_fn *fn, void *owner)
{
	struct loop_signal *watch = memory_new(sizeof(*watch));
	sigset_t set;
	int err;

	*watch = (struct loop_signal){fn, owner, loop, loop->signals};
	loop->signals = watch;
	sigemptyset(&set);
	sigaddset(&set, signal);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -errno;
	err = sd_event_add_signal(loop->event, NULL, signal, on_signal, watch);
	return err < 0 ? err : 0;
}

static void on_stop(void *owner)
{
	loop_stop(owner);
}

static int watch_signals(struct loop *loop)
{
	int err = loop_on_signal(loop, SIGTERM, on_stop, loop);

	if (!err)
		err = loop_on_signal(loop, SIGINT, on_stop, loop);
	if (!err && signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		err = -errno;
	return err;
}

struct loop *loop_new(struct timers *timers)
{
	struct loop *loop = memory_new(sizeof(*loop));
	int err;

	loop->timers = timers;
	err = sd_event_new(&loop->event);
	if (err >= 0)
		err = watch_signals(loop);
	/* Has an effect only if systemd asks for it. */
	if (err >= 0)
		err = sd_event_set_watchdog(loop->event, true);
	if (err < 0) {
		loop_free(loop);
		errno = -err;
		return NULL;
	}
	refresh_now(timers);
	return loop;
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	sd_event_unref(loop->event);
	while (loop->signals) {
		struct loop_signal *watch = loop->signals;

		loop->signals = watch->next;
		free(watch);
	}
	free(loop);
}

static int on_ready(sd_event_source *source, int fd, uint32_t events, void *owner)
{
	struct loop_watch *watch = owner;

	(void)source;
	(void)fd;
	refresh_now(watch->loop->timers);
	watch->fn(watch->owner, events); /* may free the watch */
	return 0;
}

struct loop_watch *loop_watch(struct loop *loop, int fd, uint32_t events, loop_fn *fn, void *owner)
{
	struct loop_watch *watch = memory_new(sizeof(*watch));
	int err;

	*watch = (struct loop_watch){.loop = loop, .fn = fn, .owner = owner};
	err = sd_event_add_io(loop->event, &watch->source, fd, events, on_ready, watch);
	if (err < 0) {
		free(watch);
		errno = -err;
		return NULL;
	}
	return watch;
}

int loop_watch_change(struct loop_watch *watch, uint32_t events)
{
	return sd_event_source_set_io_events(watch->source, events);
}

void loop_unwatch(struct loop_watch *watch)
{
	if (!watch)
		return;
	sd_event_source_disable_unref(watch->source);
	free(watch);
}

static usec_t time_to_wait(struct timers *timers)
{
	usec_t next = timers_next(timers), line;

	refresh_now(timers);
	line = log_catch_up(timers->now);
	if (line < next)
		next = line;
	if (next == USEC_NEVER)
		return USEC_NEVER;
	return next > timers->now ? next - timers->now : 0;
}

static void run_timers(struct loop *loop)
{
	usec_t end;

	refresh_now(loop->timers);
	end = loop->timers->now + TIMERS_MAX;
	while (loop->timers->now < end && timers_run_one(loop->timers, loop->timers->now))
		refresh_now(loop->timers);
}

/* Records how long this turn took, from its first event until now. */
static void note_turn(struct loop *loop, usec_t woken)
{
	usec_t now;

	refresh_now(loop->timers);
	now = loop->timers->now;
	if (now - loop->window >= STALL_WINDOW) {
		loop->stall_before = now - loop->window < 2 * STALL_WINDOW ? loop->stall : 0;
		loop->stall = 0;
		loop->window = now;
	}
	if (now - woken > loop->stall)
		loop->stall = now - woken;
}

usec_t loop_longest_stall(const struct loop *loop)
{
	return loop->stall > loop->stall_before ? loop->stall : loop->stall_before;
}

/* Each turn serves one descriptor, then timers for a bounded time. So neither many ready
 * descriptors nor many due timers keep the others waiting. */
static int take_turn(struct loop *loop)
{
	int err = sd_event_prepare(loop->event);
	usec_t woken;

	if (err == 0)
		err = sd_event_wait(loop->event, time_to_wait(loop->timers));
	refresh_now(loop->timers);
	woken = loop->timers->now;
	if (err > 0)
		err = sd_event_dispatch(loop->event);
	if (err < 0)
		return err;
	run_timers(loop);
	note_turn(loop, woken);
	return 0;
}

int loop_run(struct loop *loop)
{
	int err = 0;

	loop->stopped = false;
	log_hold(true);
	while (!loop->stopped && !err)
		err = take_turn(loop);
	log_hold(false);
	return err;
}

void loop_stop(struct loop *loop)
{
	loop->stopped = true;
}
