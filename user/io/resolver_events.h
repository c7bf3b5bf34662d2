/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs libunbound's sockets and timers on our loop, by its pluggable event API. */
#pragma once

#include "io/loop.h"

struct ub_event_base;

/* A descriptor of libunbound is readable; libunbound reads it after the call. */
typedef void resolver_events_fn(void *owner, int fd);

/* Makes an event base for ub_ctx_create_ub_event(). Free it after the context. */
struct ub_event_base *resolver_events_new(struct loop *loop, struct timers *timers,
					  resolver_events_fn *readable, void *owner);
void resolver_events_free(struct ub_event_base *base);
