/* SPDX-License-Identifier: BSD-2-Clause */
/* DNS by libunbound, without blocking: caching, CNAME and DNAME followed (each costs a question of
 * its own). How many questions are under way at once is the callers' to limit; those beyond
 * RESOLVER_SOCKETS wait for answers to others before they are sent. */
#pragma once

#include "base/dns.h"
#include "io/loop.h"

#define RESOLVER_SOCKETS 2048 /* one for each question that a server has not answered yet */

struct resolver;
struct resolver_query;

struct resolver_options {
	/* ADDRESS[%ZONE][@PORT]; none: those of /etc/resolv.conf */
	const char *const *servers;
	unsigned server_count;
	const char
		*trust_anchor; /* a file of DS or DNSKEY records; NULL: answers are not validated */
	usec_t timeout;        /* of one question, all repetitions included */
};

/* Never called from within resolver_ask(). The query is freed after the call. */
typedef void resolver_fn(void *owner, const struct dns_answer *answer);

/* NULL, with a sentence in `error` (of `size` bytes). */
struct resolver *resolver_new(struct loop *loop, struct timers *timers,
			      const struct resolver_options *options, char *error, size_t size);
/* No query is answered any more. Not to be called from within a resolver_fn. */
void resolver_free(struct resolver *resolver);

/* Asks for `name` (absolute, presentation form), class IN. The answer always comes, after the
 * timeout at the latest (DNS_TIMEOUT), unless the query is cancelled. */
struct resolver_query *resolver_ask(struct resolver *resolver, const char *name, unsigned type,
				    resolver_fn *fn, void *owner);
void resolver_cancel(struct resolver_query *query);
