/* SPDX-License-Identifier: BSD-2-Clause */
/* DNS without blocking, by libunbound: it caches, validates (RFC 4035), and follows CNAME and
 * DNAME, each of which costs a question of its own. Callers must limit how many questions are under
 * way at once. Questions beyond RESOLVER_SOCKETS wait for answers to others before they are sent.
 */
#pragma once

#include "base/dns.h"
#include "io/loop.h"

#define RESOLVER_SOCKETS 2048 /* one for each question that has been sent and not answered */

struct resolver;
struct resolver_query;

struct resolver_options {
	/* ADDRESS[%ZONE][@PORT]; without servers, those of /etc/resolv.conf are asked */
	const char *const *servers;
	unsigned server_count;
	/* A file of DS or DNSKEY records. NULL means that answers are not validated. */
	const char *trust_anchor;
	usec_t timeout; /* of one question, repetitions included */
};

/* Never called from within resolver_ask(). The query is freed after the call. */
typedef void resolver_fn(void *owner, const struct dns_answer *answer);

/* Returns NULL with a sentence in `error`, which has `size` bytes. */
struct resolver *resolver_new(struct loop *loop, struct timers *timers,
			      const struct resolver_options *options, char *error, size_t size);
/* What libunbound has cached holds no longer, nor what it has read: the next question is asked with
 * nothing cached. */
void resolver_forget(struct resolver *resolver);
/* Cancels all queries. Must not be called from within a resolver_fn. */
void resolver_free(struct resolver *resolver);

/* Asks for `name` (absolute, presentation form), class IN. The answer always comes, after the
 * timeout at the latest (then DNS_TIMEOUT), unless the query is cancelled. */
struct resolver_query *resolver_ask(struct resolver *resolver, const char *name, unsigned type,
				    resolver_fn *fn, void *owner);
void resolver_cancel(struct resolver_query *query);
