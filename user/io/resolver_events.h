/* SPDX-License-Identifier: BSD-2-Clause */
/* libunbound's sockets and timers on our loop (its pluggable event API). */
#pragma once

#include "io/loop.h"

struct ub_event_base;

/* For ub_ctx_create_ub_event(); to be freed after the context. */
struct ub_event_base *resolver_events_new(struct loop *loop, struct timers *timers);
void resolver_events_free(struct ub_event_base *base);
