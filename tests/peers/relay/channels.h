/* SPDX-License-Identifier: BSD-2-Clause */
/* The forwarding table of RFC 7450 section 5.3.3.4: from (S,G) to the endpoints that want it. A
 * channel exists, and is joined upstream, as long as an endpoint wants it. */
#pragma once

#include "../address.h"

#include <sys/queue.h>

struct endpoint;
struct channel;

struct subscription {
	LIST_ENTRY(subscription) in_channel, in_endpoint;
	struct channel *channel;
	struct endpoint *endpoint;
	int64_t since, expires; /* ns */
	uint64_t packets, bytes;
};

LIST_HEAD(subscriptions, subscription);

struct channel {
	LIST_ENTRY(channel) in_bucket;
	struct address source, group;
	struct subscriptions subscriptions;
	int join_fd;
	int64_t fed_since; /* ns; with --feed */
	uint64_t fed;      /* packets */
};

struct channel *channel_find(const struct address *source, const struct address *group);

/* Joins the channel upstream if it is new; NULL if that fails. If no subscription is added to the
 * channel, the caller must release it. */
struct channel *channel_get(const struct address *source, const struct address *group);
void channel_release(struct channel *channel);

void channels_each(void (*visit)(struct channel *channel, int64_t now), int64_t now);
