/* SPDX-License-Identifier: BSD-2-Clause */
/* A context of libunbound: its settings, its servers, its sockets on our loop. */
#pragma once

#include "io/dns_servers.h"
#include "io/resolver.h"

#include <unbound.h>

struct resolver_context {
	struct timers *timers;
	struct ub_event_base *events;
	struct ub_ctx *ub;
	struct dns_servers *servers;
	unsigned pending; /* questions under way */
};

/* Returns NULL with a sentence in `error`, which has `size` bytes. */
struct resolver_context *resolver_context_new(struct loop *loop, struct timers *timers,
					      const struct resolver_options *options, char *error,
					      size_t size);
void resolver_context_free(struct resolver_context *context); /* NULL is allowed */
