/* SPDX-License-Identifier: BSD-2-Clause */
/* Tunnel endpoints and their subscriptions. The first subscription that an Update adds makes the
 * endpoint; it ends with its last subscription: blocked, expired, torn down or unreachable. */
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

/* How long a subscription lasts, in ns. */
int64_t membership_interval(void);

/* The endpoint at the other end of this path, or NULL. */
struct endpoint *endpoint_find(const struct path *path);

/* Adds or refreshes a subscription, and makes the endpoint if it is new. NULL if that is not
 * allowed; the log says why. */
struct endpoint *endpoint_subscribe(const struct path *path, const struct address *source,
				    const struct address *group, int64_t now);

/* The following may remove the endpoint: look it up again after the call. */
void endpoint_unsubscribe(struct endpoint *e, const struct address *source,
			  const struct address *group);
void endpoint_remove(struct endpoint *e, const char *why);

void endpoints_expire(int64_t now);
void endpoints_unreachable(const struct address *gateway, uint16_t port);
void endpoints_clear(void);
void endpoints_print(int64_t now);
