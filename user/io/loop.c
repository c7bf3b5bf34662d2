/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/loop.h"
#include "base/log.h"
#include "base/memory.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#define STALL_WINDOW (60 * USEC_PER_SEC)
#define READY_MAX    64                /* descriptors that one call of the kernel names */
#define SHARE_MAX    (2 * USEC_PER_MS) /* time in one turn for descriptors, and for timers */

struct loop {
	int epoll;
	sd_event *event; /* signals and systemd's watchdog: one descriptor among the others */
	struct loop_watch *event_watch;
	struct epoll_event ready[READY_MAX];
	unsigned ready_count, next; /* those from `next` on wait to be served */
	usec_t woken;               /* when they became known */
	struct timers *timers;
	struct loop_signal *signals;
	bool stopped;
	int error;                  /* why it had to stop: a negative errno */
	usec_t window;              /* when the present minute began */
	usec_t stall, stall_before; /* the longest of this minute and of the one before */
};

struct loop_watch {
	struct loop *loop;
	int fd;
	uint32_t events;
	struct epoll_event *ready; /* the watch's place among those that wait, or NULL */
	loop_fn *fn;
	void *owner;
};

static void refresh_now(struct timers *timers)
{
	usec_t now = time_read(CLOCK_MONOTONIC);

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

/* Serves one signal, or the watchdog; the descriptor stays ready for the next. */
static void on_event(void *owner, uint32_t events)
{
	struct loop *loop = owner;

	(void)events;
	loop->error = sd_event_run(loop->event, 0);
	if (loop->error < 0)
		loop_stop(loop);
}

static int open_event(struct loop *loop)
{
	int err = sd_event_new(&loop->event);

	if (err >= 0)
		err = watch_signals(loop);
	/* Has an effect only if systemd asks for it. */
	if (err >= 0)
		err = sd_event_set_watchdog(loop->event, true);
	if (err < 0)
		return err;
	loop->event_watch = loop_watch(loop, sd_event_get_fd(loop->event), EPOLLIN, on_event, loop);
	return loop->event_watch ? 0 : -errno;
}

void loop_read_clock(struct loop *loop)
{
	refresh_now(loop->timers);
}

struct loop *loop_new(struct timers *timers)
{
	struct loop *loop = memory_new(sizeof(*loop));
	int err;

	loop->timers = timers;
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	err = loop->epoll < 0 ? -errno : open_event(loop);
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
	loop_unwatch(loop->event_watch);
	sd_event_unref(loop->event);
	if (loop->epoll >= 0)
		close(loop->epoll);
	while (loop->signals) {
		struct loop_signal *watch = loop->signals;

		loop->signals = watch->next;
		free(watch);
	}
	free(loop);
}

/* Descriptors */

struct loop_watch *loop_watch(struct loop *loop, int fd, uint32_t events, loop_fn *fn, void *owner)
{
	struct loop_watch *watch = memory_new(sizeof(*watch));
	struct epoll_event event = {.events = events, .data.ptr = watch};
	int err;

	*watch = (struct loop_watch){
		.loop = loop, .fd = fd, .events = events, .fn = fn, .owner = owner};
	if (!epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event))
		return watch;
	err = errno;
	free(watch);
	errno = err;
	return NULL;
}

int loop_watch_change(struct loop_watch *watch, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = watch};

	if (epoll_ctl(watch->loop->epoll, EPOLL_CTL_MOD, watch->fd, &event))
		return -errno;
	watch->events = events;
	return 0;
}

void loop_unwatch(struct loop_watch *watch)
{
	if (!watch)
		return;
	if (watch->ready)
		watch->ready->data.ptr = NULL;
	epoll_ctl(watch->loop->epoll, EPOLL_CTL_DEL, watch->fd, NULL);
	free(watch);
}

/* The kernel names what is ready in turns, so that none is left out for ever. What it has named is
 * served before it is asked again: to ask costs a look at each descriptor that is ready, and many
 * may be. */
static void find_ready(struct loop *loop, usec_t wait)
{
	struct timespec time = {.tv_sec = (time_t)(wait / USEC_PER_SEC),
				.tv_nsec = (long)(wait % USEC_PER_SEC) * 1000};
	int count = epoll_pwait2(loop->epoll, loop->ready, READY_MAX,
				 wait == USEC_NEVER ? NULL : &time, NULL);

	if (count < 0 && errno != EINTR) {
		loop->error = -errno;
		loop_stop(loop);
	}
	loop->next = 0;
	loop->ready_count = count < 0 ? 0 : count;
	for (unsigned i = 0; i < loop->ready_count; i++)
		((struct loop_watch *)loop->ready[i].data.ptr)->ready = &loop->ready[i];
	refresh_now(loop->timers);
	loop->woken = loop->timers->now;
}

/* A call that came before may have removed or changed the watch. */
static void serve(const struct epoll_event *ready)
{
	struct loop_watch *watch = ready->data.ptr;
	uint32_t events;

	if (!watch)
		return;
	watch->ready = NULL;
	events = ready->events & (watch->events | EPOLLERR | EPOLLHUP);
	if (events)
		watch->fn(watch->owner, events); /* may free the watch */
}

static void serve_ready(struct loop *loop)
{
	usec_t end = loop->timers->now + SHARE_MAX;

	while (loop->next < loop->ready_count && !loop->stopped && loop->timers->now < end) {
		serve(&loop->ready[loop->next++]);
		refresh_now(loop->timers);
	}
}

/* Turns */

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
	end = loop->timers->now + SHARE_MAX;
	while (loop->timers->now < end && timers_run_one(loop->timers, loop->timers->now))
		refresh_now(loop->timers);
}

/* Records how long the last of those served had to wait. */
static void note_wait(struct loop *loop)
{
	usec_t now;

	refresh_now(loop->timers);
	now = loop->timers->now;
	if (now - loop->window >= STALL_WINDOW) {
		loop->stall_before = now - loop->window < 2 * STALL_WINDOW ? loop->stall : 0;
		loop->stall = 0;
		loop->window = now;
	}
	if (now - loop->woken > loop->stall)
		loop->stall = now - loop->woken;
}

usec_t loop_longest_stall(const struct loop *loop)
{
	return loop->stall > loop->stall_before ? loop->stall : loop->stall_before;
}

/* Each turn serves descriptors, then timers, each for a bounded time. So neither many ready
 * descriptors nor many due timers keep the others waiting. */
static void take_turn(struct loop *loop)
{
	if (loop->next == loop->ready_count)
		find_ready(loop, time_to_wait(loop->timers));
	serve_ready(loop);
	run_timers(loop);
	note_wait(loop);
}

int loop_run(struct loop *loop)
{
	loop->stopped = false;
	loop->error = 0;
	log_hold(true);
	while (!loop->stopped)
		take_turn(loop);
	log_hold(false);
	return loop->error < 0 ? loop->error : 0;
}

void loop_stop(struct loop *loop)
{
	loop->stopped = true;
}
