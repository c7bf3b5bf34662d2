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
#include "io/resolv_conf.h"
#include "io/resolver_events.h"

#include <stdio.h>
#include <stdlib.h>
#include <unbound-event.h>
#include <unbound.h>
#include <utlist.h>

#define RENEWAL_INTERVAL (200 * USEC_PER_MS) /* a new context takes about 2 ms */
#define FIRST_WAIT_MS    400
#define ATTEMPTS_MAX     8
#define CLASS_IN         1
#define SEC_BOGUS        1 /* values of the event API */
#define SEC_SECURE       2
#define TEXT_(x)         #x
#define TEXT(x)          TEXT_(x)

struct context {
	struct resolver *resolver;
	struct ub_event_base *events;
	struct ub_ctx *ub;
	unsigned pending; /* questions under way */
};

struct resolver {
	struct loop *loop;
	struct timers *timers;
	usec_t timeout;
	char *trust_anchor;
	char **servers;
	unsigned server_count;
	struct context *current;
	struct context *retired; /* an older context with questions under way, or NULL */
	usec_t renewed;
	bool outdated;       /* the current context remembers a failure, or by another clock */
	struct timer reaper; /* frees `retired` later: it may be on the stack now */
	struct resolver_query *queries;
};

struct resolver_query {
	struct resolver *resolver;
	struct context *context;
	unsigned type;
	struct timer timer;
	int id;                     /* of libunbound */
	struct dns_message message; /* the answer that the timer delivers */
	resolver_fn *fn;
	void *owner;
	struct resolver_query *prev, *next;
};

static const struct {
	const char *name, *value;
} settings[] = {
	/* Ask for sources of private and documentation ranges like for any other, and for names
	 * that libunbound would deny by itself. */
	{"unblock-lan-zones:", "yes"},
	{"insecure-lan-zones:", "yes"},
	{"local-zone:", "test. transparent"},
	{"local-zone:", "home.arpa. transparent"},
	{"do-not-query-localhost:", "no"},
	{"qname-minimisation:", "no"},
	/* A server that must ask others is slower than its last answer from the cache. Do not
	 * repeat a question before a usual resolution has had time to end. */
	{"infra-cache-min-rtt:", TEXT(FIRST_WAIT_MS)},
	/* Sockets are opened when they are needed; questions above this number wait. A server in
	 * good health has few questions waiting. One that fails has all questions of some seconds.
	 */
	{"outgoing-range:", TEXT(RESOLVER_SOCKETS)},
};

/* Each attempt sends twice, and waits twice as long as the one before. A server that answers with a
 * failure is asked as often, but without waiting. So there are just enough attempts to cover the
 * timeout. */
static int apply_attempts(struct ub_ctx *ub, usec_t timeout)
{
	usec_t wait = 2 * FIRST_WAIT_MS * USEC_PER_MS;
	unsigned attempts = 1;
	char text[16];

	for (usec_t covered = wait; covered <= timeout && attempts < ATTEMPTS_MAX; attempts++)
		covered += wait <<= 1;
	snprintf(text, sizeof(text), "%u", attempts);
	return ub_ctx_set_option(ub, "outbound-msg-retry:", text);
}

/* Without a trust anchor, validation is left to the server. */
static int apply_validation(struct ub_ctx *ub, const char *trust_anchor)
{
	int err = ub_ctx_set_option(
		ub, "module-config:", trust_anchor ? "validator iterator" : "iterator");

	if (!err && trust_anchor)
		err = ub_ctx_add_ta_file(ub, trust_anchor);
	return err;
}

static int apply_settings(struct ub_ctx *ub, usec_t timeout)
{
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		int err = ub_ctx_set_option(ub, settings[i].name, settings[i].value);

		if (err)
			return err;
	}
	return apply_attempts(ub, timeout);
}

static int apply_servers(struct ub_ctx *ub, char *const *servers, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		int err = ub_ctx_set_fwd(ub, servers[i]);

		if (err)
			return err;
	}
	return 0;
}

/* Without servers, the local host is asked (resolv.conf(5)). */
static int apply_resolv_conf(struct ub_ctx *ub)
{
	static char *const local[] = {"127.0.0.1"};
	struct resolv_conf conf;
	int err;

	if (!resolv_conf_read(RESOLV_CONF, &conf))
		return UB_READFILE;
	err = conf.server_count ? apply_servers(ub, conf.servers, conf.server_count)
				: apply_servers(ub, local, 1);
	resolv_conf_free(&conf);
	return err;
}

static void context_free(struct context *context)
{
	if (!context)
		return;
	ub_ctx_delete(context->ub);
	resolver_events_free(context->events);
	free(context);
}

static void on_started(void *owner, int rcode, void *packet, int length, int sec, char *why_bogus,
		       int rate_limited)
{
	(void)owner;
	(void)rcode;
	(void)packet;
	(void)length;
	(void)sec;
	(void)why_bogus;
	(void)rate_limited;
}

/* Asks for a name that libunbound answers by itself. Its tables are filled then, which takes some
 * milliseconds, and the first real question need not wait for that. */
static int start_work(struct ub_ctx *ub)
{
	return ub_resolve_event(ub, "localhost.", DNS_TYPE_A, CLASS_IN, NULL, on_started, NULL);
}

/* Returns 0 or an error of libunbound. `*what` then names what failed. */
static int context_start(struct context *context, const char **what)
{
	struct resolver *resolver = context->resolver;
	int err;

	*what = "libunbound";
	context->events = resolver_events_new(resolver->loop, resolver->timers);
	context->ub = ub_ctx_create_ub_event(context->events);
	if (!context->ub)
		return UB_NOMEM;
	ub_ctx_debugout(context->ub, NULL); /* libunbound would write to stderr, which may block */
	err = apply_settings(context->ub, resolver->timeout);
	if (err)
		return err;
	*what = "trust anchor";
	err = apply_validation(context->ub, resolver->trust_anchor);
	if (err)
		return err;
	*what = resolver->server_count ? "address of a DNS server" : RESOLV_CONF;
	err = resolver->server_count
		      ? apply_servers(context->ub, resolver->servers, resolver->server_count)
		      : apply_resolv_conf(context->ub);
	if (err)
		return err;
	*what = "libunbound";
	return start_work(context->ub);
}

static struct context *context_new(struct resolver *resolver, char *error, size_t size)
{
	struct context *context = memory_new(sizeof(*context));
	const char *what;
	int err;

	context->resolver = resolver;
	err = context_start(context, &what);
	if (!err)
		return context;
	snprintf(error, size, "%s: %s", what, ub_strerror(err));
	context_free(context);
	return NULL;
}

static void on_reaper(struct timer *timer)
{
	struct resolver *resolver = container_of(timer, struct resolver, reaper);

	context_free(resolver->retired);
	resolver->retired = NULL;
}

static void reap_if_over(struct resolver *resolver, const struct context *context)
{
	if (context == resolver->retired && !context->pending)
		timer_start(resolver->timers, &resolver->reaper, 0);
}

static void renew_if_outdated(struct resolver *resolver)
{
	struct context *fresh;
	char error[128];

	if (!resolver->outdated || resolver->retired ||
	    resolver->timers->now - resolver->renewed < RENEWAL_INTERVAL)
		return;
	resolver->renewed = resolver->timers->now;
	fresh = context_new(resolver, error, sizeof(error));
	if (!fresh) /* go on with the old context */
		return;
	resolver->outdated = false;
	resolver->retired = resolver->current;
	resolver->current = fresh;
	reap_if_over(resolver, resolver->retired);
}

struct resolver *resolver_new(struct loop *loop, struct timers *timers,
			      const struct resolver_options *options, char *error, size_t size)
{
	struct resolver *resolver = memory_new(sizeof(*resolver));

	*resolver = (struct resolver){.loop = loop,
				      .timers = timers,
				      .timeout = options->timeout,
				      .server_count = options->server_count,
				      .reaper = {.fn = on_reaper}};
	if (options->trust_anchor)
		resolver->trust_anchor = memory_copy_text(options->trust_anchor);
	resolver->servers = memory_new(options->server_count * sizeof(*resolver->servers));
	for (unsigned i = 0; i < options->server_count; i++)
		resolver->servers[i] = memory_copy_text(options->servers[i]);
	resolver->current = context_new(resolver, error, size);
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
	free(query);
}

/* Delivers the answer, or the timeout. libunbound is not on the stack here, so that `fn` may ask
 * again. */
static void on_timer(struct timer *timer)
{
	struct resolver_query *query = container_of(timer, struct resolver_query, timer);
	const struct dns_answer *answer = &query->message.answer;

	if (answer->status == DNS_TIMEOUT)
		ub_cancel(query->context->ub, query->id);
	if ((answer->status == DNS_SERVER_FAILURE || answer->status == DNS_TIMEOUT) &&
	    query->context == query->resolver->current)
		query->resolver->outdated = true;
	detach(query);
	query->fn(query->owner, answer);
	query_free(query);
}

/* Called by libunbound, perhaps from within resolver_ask(). */
static void on_answer(void *owner, int rcode, void *packet, int length, int sec, char *why_bogus,
		      int rate_limited)
{
	struct resolver_query *query = owner;
	struct dns_message *message = &query->message;

	(void)why_bogus;
	(void)rate_limited;
	if (sec == SEC_BOGUS)
		message->answer.status = DNS_BOGUS;
	else if (rcode)
		message->answer.status = DNS_SERVER_FAILURE;
	else
		dns_message_decode(packet, length, query->type, message);
	message->answer.secure = sec == SEC_SECURE;
	timer_start(query->resolver->timers, &query->timer, 0);
}

struct resolver_query *resolver_ask(struct resolver *resolver, const char *name, unsigned type,
				    resolver_fn *fn, void *owner)
{
	struct resolver_query *query = memory_new(sizeof(*query));

	renew_if_outdated(resolver);
	*query = (struct resolver_query){.resolver = resolver,
					 .context = resolver->current,
					 .type = type,
					 .timer = {.fn = on_timer},
					 .message.answer.status = DNS_TIMEOUT,
					 .fn = fn,
					 .owner = owner};
	query->context->pending++;
	DL_APPEND(resolver->queries, query);
	timer_start(resolver->timers, &query->timer, resolver->timeout);
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
	context_free(resolver->current);
	context_free(resolver->retired);
	timer_stop(resolver->timers, &resolver->reaper);
	for (unsigned i = 0; i < resolver->server_count; i++)
		free(resolver->servers[i]);
	free(resolver->servers);
	free(resolver->trust_anchor);
	free(resolver);
}
