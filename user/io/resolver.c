/* SPDX-License-Identifier: BSD-2-Clause */
/* libunbound remembers failures: it asks a server that did not answer again only after up to two
 * minutes, repeats a failure from its cache for five seconds, and lets a new question for a name
 * join an old one that still waits. The daemon spaces its questions itself and wants the opposite:
 * the first question after the server is back must be sent at once. So after a question without an
 * answer, or with a failure, the next question is asked in a new context of libunbound, at most
 * once in RENEWAL_INTERVAL. The old context lives until its last question has ended. A new context
 * also reads /etc/resolv.conf again. The cache goes by the wall clock, so that it is left in the
 * same way when that clock is set.
 *
 * libunbound holds any number of questions. The callers' limits bound their number, the timeout
 * their age. */
#include "io/resolver.h"
#include "base/memory.h"
#include "io/dns_message.h"
#include "io/dns_servers.h"
#include "io/resolver_context.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unbound-event.h>
#include <unbound.h>
#include <utlist.h>

#define RENEWAL_INTERVAL (200 * USEC_PER_MS) /* a new context takes about 2 ms */
#define CLASS_IN         1
#define SEC_BOGUS        1 /* values of the event API */
#define SEC_SECURE       2

struct resolver {
	struct loop *loop;
	struct timers *timers;
	struct resolver_options options; /* whose texts are ours */
	struct resolver_context *current;
	struct resolver_context *retired; /* an older context with questions under way, or NULL */
	usec_t renewed;
	bool outdated;       /* the current context remembers a failure, or by another clock */
	struct timer reaper; /* frees `retired` later: it may be on the stack now */
	struct resolver_query *queries;
};

struct resolver_query {
	struct resolver *resolver;
	struct resolver_context *context;
	char *name;
	unsigned type;
	usec_t asked;
	char *detail; /* of a failure, or NULL */
	struct timer timer;
	int id;                     /* of libunbound */
	struct dns_message message; /* the answer that the timer delivers */
	resolver_fn *fn;
	void *owner;
	struct resolver_query *prev, *next;
};

static void on_reaper(struct timer *timer)
{
	struct resolver *resolver = container_of(timer, struct resolver, reaper);

	resolver_context_free(resolver->retired);
	resolver->retired = NULL;
}

static void reap_if_over(struct resolver *resolver, const struct resolver_context *context)
{
	if (context == resolver->retired && !context->pending)
		timer_start(resolver->timers, &resolver->reaper, 0);
}

static void renew_if_outdated(struct resolver *resolver)
{
	struct resolver_context *fresh;
	char error[128];

	if (!resolver->outdated || resolver->retired ||
	    resolver->timers->now - resolver->renewed < RENEWAL_INTERVAL)
		return;
	resolver->renewed = resolver->timers->now;
	fresh = resolver_context_new(resolver->loop, resolver->timers, &resolver->options, error,
				     sizeof(error));
	if (!fresh) /* go on with the old context */
		return;
	resolver->outdated = false;
	resolver->retired = resolver->current;
	resolver->current = fresh;
	reap_if_over(resolver, resolver->retired);
}

static void copy_options(struct resolver_options *options)
{
	char **servers = memory_new(options->server_count * sizeof(*servers));

	for (unsigned i = 0; i < options->server_count; i++)
		servers[i] = memory_copy_text(options->servers[i]);
	options->servers = (const char *const *)servers;
	if (options->trust_anchor)
		options->trust_anchor = memory_copy_text(options->trust_anchor);
}

static void free_options(struct resolver_options *options)
{
	for (unsigned i = 0; i < options->server_count; i++)
		free((char *)options->servers[i]);
	free((void *)options->servers);
	free((char *)options->trust_anchor);
}

struct resolver *resolver_new(struct loop *loop, struct timers *timers,
			      const struct resolver_options *options, char *error, size_t size)
{
	struct resolver *resolver = memory_new(sizeof(*resolver));

	*resolver = (struct resolver){
		.loop = loop, .timers = timers, .options = *options, .reaper = {.fn = on_reaper}};
	copy_options(&resolver->options);
	resolver->current = resolver_context_new(loop, timers, options, error, size);
	if (resolver->current)
		return resolver;
	resolver_free(resolver);
	return NULL;
}

/* Removes the query from the resolver's lists. */
static void detach(struct resolver_query *query)
{
	struct resolver *resolver = query->resolver;

	timer_stop(resolver->timers, &query->timer);
	DL_DELETE(resolver->queries, query);
	query->context->pending--;
	reap_if_over(resolver, query->context);
}

static void query_free(struct resolver_query *query)
{
	dns_message_free(&query->message);
	free(query->name);
	free(query->detail);
	free(query);
}

/* No server has given a usable answer: who did what? */
static void ask_why(struct resolver_query *query)
{
	const struct resolver *resolver = query->resolver;
	char detail[DNS_DETAIL_MAX];

	query->message.answer.status =
		dns_servers_judge(query->context->servers, query->name, query->type, query->asked,
				  resolver->timers->now, detail);
	query->detail = memory_copy_text(detail);
}

/* libunbound names the question before the reason, which is: who signed what wrongly. */
static char *bogus_detail(const char *why)
{
	const char *reason = why ? strstr(why, ">: ") : NULL;

	if (reason)
		why = reason + strlen(">: ");
	return why ? memory_copy_text(why) : NULL;
}

/* Delivers the answer, or the timeout. libunbound is not on the stack here, so that `fn` may ask
 * again. */
static void on_timer(struct timer *timer)
{
	struct resolver_query *query = container_of(timer, struct resolver_query, timer);
	struct dns_answer *answer = &query->message.answer;

	if (answer->status == DNS_TIMEOUT) {
		ub_cancel(query->context->ub, query->id);
		ask_why(query);
	}
	if (dns_is_server_fault(answer->status) && query->context == query->resolver->current)
		query->resolver->outdated = true;
	answer->detail = query->detail;
	detach(query);
	query->fn(query->owner, answer);
	query_free(query);
}

static void take_message(struct resolver_query *query, const void *packet, int length)
{
	struct dns_answer *answer = &query->message.answer;

	dns_message_decode(packet, length, query->type, &query->message);
	if (answer->status != DNS_SERVER_FAILURE)
		return;
	ask_why(query);
	answer->status = DNS_SERVER_FAILURE;
}

/* Called by libunbound, perhaps from within resolver_ask(). */
static void on_answer(void *owner, int rcode, void *packet, int length, int sec, char *why_bogus,
		      int rate_limited)
{
	struct resolver_query *query = owner;
	struct dns_answer *answer = &query->message.answer;

	(void)rate_limited;
	if (sec == SEC_BOGUS) {
		answer->status = DNS_BOGUS;
		query->detail = bogus_detail(why_bogus);
	} else if (rcode) {
		ask_why(query);
	} else {
		take_message(query, packet, length);
	}
	answer->secure = sec == SEC_SECURE;
	timer_start(query->resolver->timers, &query->timer, 0);
}

struct resolver_query *resolver_ask(struct resolver *resolver, const char *name, unsigned type,
				    resolver_fn *fn, void *owner)
{
	struct resolver_query *query = memory_new(sizeof(*query));

	renew_if_outdated(resolver);
	*query = (struct resolver_query){.resolver = resolver,
					 .context = resolver->current,
					 .name = memory_copy_text(name),
					 .type = type,
					 .asked = resolver->timers->now,
					 .timer = {.fn = on_timer},
					 .message.answer.status = DNS_TIMEOUT,
					 .fn = fn,
					 .owner = owner};
	query->context->pending++;
	DL_APPEND(resolver->queries, query);
	timer_start(resolver->timers, &query->timer, resolver->options.timeout);
	if (ub_resolve_event(query->context->ub, name, type, CLASS_IN, query, on_answer,
			     &query->id)) {
		query->message.answer.status = DNS_SERVER_FAILURE;
		timer_start(resolver->timers, &query->timer, 0);
	}
	return query;
}

void resolver_forget(struct resolver *resolver)
{
	resolver->outdated = true;
}

void resolver_cancel(struct resolver_query *query)
{
	ub_cancel(query->context->ub, query->id);
	detach(query);
	query_free(query);
}

void resolver_free(struct resolver *resolver)
{
	struct resolver_query *query, *next;

	if (!resolver)
		return;
	DL_FOREACH_SAFE (resolver->queries, query, next)
		resolver_cancel(query);
	resolver_context_free(resolver->current);
	resolver_context_free(resolver->retired);
	timer_stop(resolver->timers, &resolver->reaper);
	free_options(&resolver->options);
	free(resolver);
}
