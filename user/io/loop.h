/* SPDX-License-Identifier: BSD-2-Clause */
/* The event loop (sd-event): file descriptors and signals, and the timers moved by the clock. */
#pragma once

#include "base/timers.h"

#include <stdint.h>

struct loop;
struct loop_watch;

/* `events`: what of EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP is there. */
typedef void loop_fn(void *owner, uint32_t events);

/* `timers` belong to the caller; the loop moves `now` before each call and runs what is due after
 * it. Returns NULL with errno set. */
struct loop *loop_new(struct timers *timers);
void loop_free(struct loop *loop);

/* Calls `fn` while `fd` is ready for `events`. The descriptor stays the caller's. A watch may be
 * removed in any call, its own included. NULL with errno set. */
struct loop_watch *loop_watch(struct loop *loop, int fd, uint32_t events, loop_fn *fn, void *owner);
int loop_watch_change(struct loop_watch *watch, uint32_t events);
void loop_unwatch(struct loop_watch *watch); /* NULL: nothing */

/* Runs until SIGTERM or SIGINT comes, or loop_stop() is called. Returns 0 or a negative errno. */
int loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/* The longest time of the last one to two minutes that a descriptor or a timer that was ready had
 * to wait for others. */
usec_t loop_longest_stall(const struct loop *loop);
