/* SPDX-License-Identifier: BSD-2-Clause */
/* An event of libunbound is a descriptor, a time, or both. A callback may free its own event. The
 * calls of the API that libunbound never makes (signals, the loop itself, Windows) are left out. */
#include "io/resolver_events.h"
#include "base/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/time.h>
#include <unbound-event.h>

typedef void callback_fn(int fd, short bits, void *arg);

struct base {
	struct ub_event_base ub;
	struct loop *loop;
	struct timers *timers;
	resolver_events_fn *readable;
	void *owner;
};

struct event {
	struct ub_event ub;
	struct base *base;
	int fd; /* -1 if the event is only a time */
	short bits;
	callback_fn *fn;
	void *arg;
	struct loop_watch *watch; /* NULL while the event is inactive or has no descriptor */
	struct timer timer;
	usec_t wait; /* USEC_NEVER if the event has no time */
};

static struct event *event_of(struct ub_event *ub)
{
	return container_of(ub, struct event, ub);
}

static void deactivate(struct event *event)
{
	loop_unwatch(event->watch);
	event->watch = NULL;
	timer_stop(event->base->timers, &event->timer);
}

/* The time of a persistent event begins again with each call. */
static void fire(struct event *event, short bits)
{
	if (!(event->bits & UB_EV_PERSIST))
		deactivate(event);
	else if (event->wait != USEC_NEVER)
		timer_start(event->base->timers, &event->timer, event->wait);
	event->fn(event->fd, bits, event->arg);
}

static void on_ready(void *owner, uint32_t events)
{
	struct event *event = owner;
	short bits = 0;

	if (events & (EPOLLIN | EPOLLERR))
		event->base->readable(event->base->owner, event->fd);
	if (events & (EPOLLIN | EPOLLERR | EPOLLHUP))
		bits |= UB_EV_READ;
	if (events & (EPOLLOUT | EPOLLERR | EPOLLHUP))
		bits |= UB_EV_WRITE;
	fire(event, bits & event->bits);
}

static void on_time(struct timer *timer)
{
	fire(container_of(timer, struct event, timer), UB_EV_TIMEOUT);
}

static int watch(struct event *event)
{
	uint32_t events = (event->bits & UB_EV_READ ? EPOLLIN : 0) |
			  (event->bits & UB_EV_WRITE ? EPOLLOUT : 0);

	if (event->fd < 0 || !events)
		return 0;
	event->watch = loop_watch(event->base->loop, event->fd, events, on_ready, event);
	return event->watch ? 0 : -1;
}

static usec_t usec_of(const struct timeval *time)
{
	return (usec_t)time->tv_sec * USEC_PER_SEC + time->tv_usec;
}

/* What libunbound calls */

static void add_bits(struct ub_event *ub, short bits)
{
	event_of(ub)->bits |= bits;
}

static void del_bits(struct ub_event *ub, short bits)
{
	event_of(ub)->bits &= ~bits;
}

static void set_fd(struct ub_event *ub, int fd)
{
	event_of(ub)->fd = fd;
}

static int del(struct ub_event *ub)
{
	deactivate(event_of(ub));
	return 0;
}

static void event_free(struct ub_event *ub)
{
	deactivate(event_of(ub));
	free(event_of(ub));
}

static int add(struct ub_event *ub, struct timeval *time)
{
	struct event *event = event_of(ub);

	deactivate(event);
	event->wait = event->bits & UB_EV_TIMEOUT && time ? usec_of(time) : USEC_NEVER;
	timer_start(event->base->timers, &event->timer, event->wait);
	return watch(event);
}

static int add_timer(struct ub_event *ub, struct ub_event_base *base, callback_fn *fn, void *arg,
		     struct timeval *time)
{
	struct event *event = event_of(ub);

	(void)base; /* the event knows its base */
	event->fn = fn;
	event->arg = arg;
	return add(ub, time);
}

static struct ub_event *new_event(struct ub_event_base *ub, int fd, short bits, callback_fn *fn,
				  void *arg)
{
	static struct ub_event_vmt calls = {.add_bits = add_bits,
					    .del_bits = del_bits,
					    .set_fd = set_fd,
					    .free = event_free,
					    .add = add,
					    .del = del,
					    .add_timer = add_timer,
					    .del_timer = del};
	struct event *event = memory_new(sizeof(*event));

	*event = (struct event){.ub = {.magic = UB_EVENT_MAGIC, .vmt = &calls},
				.base = container_of(ub, struct base, ub),
				.fd = fd,
				.bits = bits,
				.fn = fn,
				.arg = arg,
				.timer = {.fn = on_time},
				.wait = USEC_NEVER};
	return &event->ub;
}

struct ub_event_base *resolver_events_new(struct loop *loop, struct timers *timers,
					  resolver_events_fn *readable, void *owner)
{
	static struct ub_event_base_vmt calls = {.new_event = new_event};
	struct base *base = memory_new(sizeof(*base));

	*base = (struct base){.ub = {.magic = UB_EVENT_MAGIC, .vmt = &calls},
			      .loop = loop,
			      .timers = timers,
			      .readable = readable,
			      .owner = owner};
	return &base->ub;
}

void resolver_events_free(struct ub_event_base *base)
{
	if (base)
		free(container_of(base, struct base, ub));
}
