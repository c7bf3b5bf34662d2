/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/resolver_context.h"
#include "base/memory.h"
#include "io/resolv_conf.h"
#include "io/resolver_events.h"

#include <stdio.h>
#include <stdlib.h>
#include <unbound-event.h>

#define FIRST_WAIT_MS 400
#define ATTEMPTS_MAX  8
#define CLASS_IN      1
#define TEXT_(x)      #x
#define TEXT(x)       TEXT_(x)

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

static int apply_servers(struct resolver_context *context, char *const *servers, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		int err = ub_ctx_set_fwd(context->ub, servers[i]);

		if (err)
			return err;
	}
	context->servers = dns_servers_new(servers, count);
	return 0;
}

/* Without servers, the local host is asked (resolv.conf(5)). */
static int apply_resolv_conf(struct resolver_context *context)
{
	static char *const local[] = {"127.0.0.1"};
	struct resolv_conf conf;
	int err;

	if (!resolv_conf_read(RESOLV_CONF, &conf))
		return UB_READFILE;
	err = conf.server_count ? apply_servers(context, conf.servers, conf.server_count)
				: apply_servers(context, local, 1);
	resolv_conf_free(&conf);
	return err;
}

void resolver_context_free(struct resolver_context *context)
{
	if (!context)
		return;
	ub_ctx_delete(context->ub);
	resolver_events_free(context->events);
	dns_servers_free(context->servers);
	free(context);
}

static void on_readable(void *owner, int fd)
{
	const struct resolver_context *context = owner;

	dns_servers_look(context->servers, fd, context->timers->now);
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
static int start(struct resolver_context *context, struct loop *loop,
		 const struct resolver_options *options, const char **what)
{
	int err;

	*what = "libunbound";
	context->events = resolver_events_new(loop, context->timers, on_readable, context);
	context->ub = ub_ctx_create_ub_event(context->events);
	if (!context->ub)
		return UB_NOMEM;
	ub_ctx_debugout(context->ub, NULL); /* libunbound would write to stderr, which may block */
	err = apply_settings(context->ub, options->timeout);
	if (err)
		return err;
	*what = "trust anchor";
	err = apply_validation(context->ub, options->trust_anchor);
	if (err)
		return err;
	*what = options->server_count ? "address of a DNS server" : RESOLV_CONF;
	err = options->server_count ? apply_servers(context, (char *const *)options->servers,
						    options->server_count)
				    : apply_resolv_conf(context);
	if (err)
		return err;
	*what = "libunbound";
	return start_work(context->ub);
}

struct resolver_context *resolver_context_new(struct loop *loop, struct timers *timers,
					      const struct resolver_options *options, char *error,
					      size_t size)
{
	struct resolver_context *context = memory_new(sizeof(*context));
	const char *what;
	int err;

	context->timers = timers;
	err = start(context, loop, options, &what);
	if (!err)
		return context;
	snprintf(error, size, "%s: %s", what, ub_strerror(err));
	resolver_context_free(context);
	return NULL;
}
