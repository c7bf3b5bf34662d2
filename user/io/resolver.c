/* SPDX-License-Identifier: BSD-2-Clause */
/* libunbound does the work in a thread of its own and hands answers over through a pipe that the
 * loop watches.
 *
 * What libunbound learns of a server, it keeps: one that did not answer is asked again after up to
 * two minutes only, a failure is repeated from the cache for five seconds, and a new question for a
 * name joins the old one that still waits. A daemon that itself spaces its questions wants the
 * opposite: the first question after the server is back is to be sent, and answered, at once. So
 * after a question that got no answer, or a failure, the next one is asked in a new context, at
 * most once in RENEWAL_INTERVAL; the old one lives until its last question is over. That also reads
 * /etc/resolv.conf again.
 *
 * libunbound holds as many questions as it is asked; the caller's limits bound them, and the
 * timeout their age. */
#include "io/resolver.h"
#include "base/memory.h"

#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unbound.h>
#include <utlist.h>

#define RENEWAL_INTERVAL (200 * USEC_PER_MS) /* one takes about 2 ms */
#define FIRST_WAIT_MS    400
#define ATTEMPTS_MAX     8
#define CLASS_IN         1
#define RCODE_NO_ERROR   0
#define RCODE_NAME_ERROR 3
#define TEXT_(x)         #x
#define TEXT(x)          TEXT_(x)

struct context {
	struct resolver *resolver;
	struct ub_ctx *ub;
	struct loop_watch *watch;
	unsigned pending; /* questions that have not ended for us */
};

struct resolver {
	struct loop *loop;
	struct timers *timers;
	usec_t timeout;
	char *trust_anchor;
	char **servers;
	unsigned server_count;
	struct context *current;
	struct context *retired; /* NULL, or one with questions still under way */
	usec_t renewed;
	bool failed;         /* the current context remembers a failure */
	struct timer reaper; /* a context is not freed while it may be on the stack */
	struct resolver_query *queries;
};

struct resolver_query {
	struct resolver *resolver;
	struct context *context;
	struct timer timer;
	int id;                 /* libunbound's */
	enum dns_status expiry; /* what the timer gives as answer */
	resolver_fn *fn;
	void *owner;
	struct resolver_query *prev, *next;
};

static const struct {
	const char *name, *value;
} settings[] = {
	/* Sources of private and documentation ranges are asked for as any other, and so are the
	 * names that libunbound would deny by itself. */
	{"unblock-lan-zones:", "yes"},
	{"insecure-lan-zones:", "yes"},
	{"local-zone:", "test. transparent"},
	{"local-zone:", "home.arpa. transparent"},
	{"do-not-query-localhost:", "no"},
	{"qname-minimisation:", "no"},
	/* A server that must ask others is slower than its last answer from the cache: do not
	 * repeat the question within less than a usual resolution. */
	{"infra-cache-min-rtt:", TEXT(FIRST_WAIT_MS)},
	/* Sockets, opened when needed: questions above this number wait for those before. Few wait
	 * for a server that is well; all do that come in seconds in which it is not. */
	{"outgoing-range:", TEXT(RESOLVER_SOCKETS)},
};

/* An attempt sends twice, and waits twice as long as the one before. A server that fails is asked
 * as often, without a wait: just enough attempts that silence ends in our timeout. */
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

/* Without an anchor validation is the server's. */
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

static int apply_servers(struct ub_ctx *ub, const struct resolver *resolver)
{
	if (!resolver->server_count)
		return ub_ctx_resolvconf(ub, NULL);
	for (unsigned i = 0; i < resolver->server_count; i++) {
		int err = ub_ctx_set_fwd(ub, resolver->servers[i]);

		if (err)
			return err;
	}
	return 0;
}

static void context_free(struct context *context)
{
	if (!context)
		return;
	loop_unwatch(context->watch);
	ub_ctx_delete(context->ub);
	free(context);
}

static void on_readable(void *owner, uint32_t events)
{
	struct context *context = owner;

	(void)events;
	if (ub_process(context->ub) == UB_NOERROR)
		return;
	/* The thread is gone. What was asked runs into its timeout. */
	loop_unwatch(context->watch);
	context->watch = NULL;
	if (context == context->resolver->current)
		context->resolver->failed = true;
}

static void on_started(void *owner, int err, struct ub_result *result)
{
	(void)owner;
	(void)err;
	ub_resolve_free(result);
}

/* A name that libunbound answers by itself: starting the thread and filling tables takes some
 * milliseconds, which the first real question need not wait for. */
static int start_thread(struct ub_ctx *ub)
{
	return ub_resolve_async(ub, "localhost.", DNS_TYPE_A, CLASS_IN, NULL, on_started, NULL);
}

/* `what` is said to have failed where it did. */
static int context_start(struct context *context, const char **what)
{
	struct resolver *resolver = context->resolver;
	int err;

	*what = "libunbound";
	context->ub = ub_ctx_create();
	if (!context->ub)
		return UB_NOMEM;
	ub_ctx_async(context->ub, 1); /* a thread, not a process; new contexts take it */
	err = apply_settings(context->ub, resolver->timeout);
	if (err)
		return err;
	*what = "trust anchor";
	err = apply_validation(context->ub, resolver->trust_anchor);
	if (err)
		return err;
	*what = resolver->server_count ? "address of a DNS server" : "/etc/resolv.conf";
	err = apply_servers(context->ub, resolver);
	if (err)
		return err;
	*what = "libunbound";
	err = start_thread(context->ub);
	if (err)
		return err;
	context->watch =
		loop_watch(resolver->loop, ub_fd(context->ub), EPOLLIN, on_readable, context);
	return context->watch ? 0 : UB_SOCKET;
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

static void renew_after_failure(struct resolver *resolver)
{
	struct context *fresh;
	char error[128];

	if (!resolver->failed || resolver->retired ||
	    resolver->timers->now - resolver->renewed < RENEWAL_INTERVAL)
		return;
	resolver->renewed = resolver->timers->now;
	fresh = context_new(resolver, error, sizeof(error));
	if (!fresh) /* then the old one has to do */
		return;
	resolver->failed = false;
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

/* Takes the query out of all that knows it but its giver. */
static void detach(struct resolver_query *query)
{
	struct resolver *resolver = query->resolver;

	timer_stop(resolver->timers, &query->timer);
	DL_DELETE(resolver->queries, query);
	query->context->pending--;
	reap_if_over(resolver, query->context);
}

static void finish(struct resolver_query *query, const struct dns_answer *answer)
{
	detach(query);
	if ((answer->status == DNS_SERVER_FAILURE || answer->status == DNS_TIMEOUT) &&
	    query->context == query->resolver->current)
		query->resolver->failed = true;
	query->fn(query->owner, answer);
	free(query);
}

static void on_expiry(struct timer *timer)
{
	struct resolver_query *query = container_of(timer, struct resolver_query, timer);
	struct dns_answer answer = {.status = query->expiry};

	ub_cancel(query->context->ub, query->id);
	finish(query, &answer);
}

static enum dns_status status_of(const struct ub_result *result)
{
	if (result->bogus)
		return DNS_BOGUS;
	if (result->rcode == RCODE_NAME_ERROR)
		return DNS_NAME_ERROR;
	if (result->rcode != RCODE_NO_ERROR)
		return DNS_SERVER_FAILURE;
	return result->havedata ? DNS_OK : DNS_NO_DATA;
}

static struct dns_record *records_of(const struct ub_result *result, unsigned *count)
{
	struct dns_record *records;

	*count = 0;
	while (result->data && result->data[*count])
		++*count;
	records = memory_new(*count * sizeof(*records));
	for (unsigned i = 0; i < *count; i++)
		records[i] = (struct dns_record){.rdata = (const uint8_t *)result->data[i],
						 .length = result->len[i]};
	return records;
}

static void on_answer(void *owner, int err, struct ub_result *result)
{
	struct dns_answer answer = {.status = DNS_SERVER_FAILURE};
	struct dns_record *records = NULL;

	if (!err) {
		answer = (struct dns_answer){.status = status_of(result),
					     .canonical = result->canonname,
					     .ttl = result->ttl > 0 ? result->ttl : 0,
					     .secure = result->secure};
		if (answer.status == DNS_OK)
			records = records_of(result, &answer.count);
		answer.records = records;
	}
	finish(owner, &answer);
	free(records);
	ub_resolve_free(result);
}

char *resolver_search_domain(void)
{
	ldns_resolver *conf = NULL;
	char *domain = NULL, *text = NULL;

	if (ldns_resolver_new_frm_file(&conf, NULL) != LDNS_STATUS_OK)
		return NULL;
	if (ldns_resolver_searchlist_count(conf))
		text = ldns_rdf2str(ldns_resolver_searchlist(conf)[0]);
	else if (ldns_resolver_domain(conf))
		text = ldns_rdf2str(ldns_resolver_domain(conf));
	if (text && strcmp(text, "."))
		domain = memory_copy_text(text);
	free(text);
	ldns_resolver_deep_free(conf);
	return domain;
}

struct resolver_query *resolver_ask(struct resolver *resolver, const char *name, unsigned type,
				    resolver_fn *fn, void *owner)
{
	struct resolver_query *query = memory_new(sizeof(*query));
	usec_t wait = resolver->timeout;

	renew_after_failure(resolver);
	*query = (struct resolver_query){.resolver = resolver,
					 .context = resolver->current,
					 .timer = {.fn = on_expiry},
					 .expiry = DNS_TIMEOUT,
					 .fn = fn,
					 .owner = owner};
	query->context->pending++;
	DL_APPEND(resolver->queries, query);
	if (ub_resolve_async(query->context->ub, name, type, CLASS_IN, query, on_answer,
			     &query->id)) {
		query->expiry = DNS_SERVER_FAILURE;
		wait = 0;
	}
	timer_start(resolver->timers, &query->timer, wait);
	return query;
}

void resolver_cancel(struct resolver_query *query)
{
	ub_cancel(query->context->ub, query->id);
	detach(query);
	free(query);
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
