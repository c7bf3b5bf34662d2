/* SPDX-License-Identifier: BSD-2-Clause */
/* Tunnel endpoints and what each wants. An endpoint is made by the first subscription that an
 * Update adds, and is gone with the last one: blocked, expired, torn down or unreachable. */
#pragma once

#include "channels.h"
#include "listener.h"

struct endpoint {
	LIST_ENTRY(endpoint) in_all;
	struct path path;
	struct subscriptions subscriptions;
	unsigned count;       /* of subscriptions */
	unsigned unreachable; /* ICMP errors since the last Update */
	int64_t since, updated;
	uint64_t updates;
};

/* How long a subscription lasts: ns. */
int64_t membership_interval(void);

/* The one at the other end of this path, or NULL. */
struct endpoint *endpoint_find(const struct path *path);

/* Adds or refreshes a subscription, and the endpoint if it is new. NULL: refused, and said why. */
struct endpoint *endpoint_subscribe(const struct path *path, const struct address *source,
				    const struct address *group, int64_t now);

/* These may remove the endpoint; so look it up again. */
void endpoint_unsubscribe(struct endpoint *e, const struct address *source,
			  const struct address *group);
void endpoint_remove(struct endpoint *e, const char *why);

void endpoints_expire(int64_t now);
void endpoints_unreachable(const struct address *gateway, uint16_t port);
void endpoints_clear(void);
void endpoints_print(int64_t now);
