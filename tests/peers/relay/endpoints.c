/* SPDX-License-Identifier: BSD-2-Clause */
#include "endpoints.h"

#include "../clock.h"
#include "../options.h"
#include "manners.h"
#include "own_data.h"
#include "relay.h"

#define QUERY_RESPONSE_INTERVAL 10 /* seconds, RFC 7450 section 5.3.3.7 */

static LIST_HEAD(, endpoint) endpoints = LIST_HEAD_INITIALIZER(endpoints);
static unsigned endpoint_count;

int64_t membership_interval(void)
{
	return (settings.robustness * settings.query_interval + QUERY_RESPONSE_INTERVAL) * NS_PER_S;
}

struct endpoint *endpoint_find(const struct path *path)
{
	struct endpoint *e;

	LIST_FOREACH(e, &endpoints, in_all)
	if (e->path.port == path->port && address_equal(&e->path.gateway, &path->gateway) &&
	    address_equal(&e->path.relay, &path->relay))
		return e;
	return NULL;
}

static struct endpoint *endpoint_add(const struct path *path, int64_t now)
{
	struct endpoint *e = calloc(1, sizeof(*e));

	if (!e)
		fail(1, "no memory for an endpoint");
	*e = (struct endpoint){.path = *path, .since = now};
	LIST_INSERT_HEAD(&endpoints, e, in_all);
	endpoint_count++;
	event("endpoint %s port %u new, at %s", address_text(&path->gateway), path->port,
	      address_text(&path->relay));
	return e;
}

static void subscription_remove(struct subscription *s)
{
	s->endpoint->count--;
	LIST_REMOVE(s, in_endpoint);
	LIST_REMOVE(s, in_channel);
	channel_release(s->channel);
	free(s);
}

void endpoint_remove(struct endpoint *e, const char *why)
{
	while (!LIST_EMPTY(&e->subscriptions))
		subscription_remove(LIST_FIRST(&e->subscriptions));
	event("endpoint %s port %u %s, at %s", address_text(&e->path.gateway), e->path.port, why,
	      address_text(&e->path.relay));
	LIST_REMOVE(e, in_all);
	endpoint_count--;
	free(e);
}

static struct subscription *subscription_find(struct endpoint *e, const struct address *source,
					      const struct address *group)
{
	struct channel *c = channel_find(source, group);
	struct subscription *s;

	if (!c)
		return NULL;
	LIST_FOREACH(s, &c->subscriptions, in_channel)
	if (s->endpoint == e)
		return s;
	return NULL;
}

static void subscription_add(struct endpoint *e, struct channel *c, int64_t now)
{
	struct subscription *s = calloc(1, sizeof(*s));

	if (!s)
		fail(1, "no memory for a subscription");
	*s = (struct subscription){
		.channel = c, .endpoint = e, .since = now, .expires = now + membership_interval()};
	LIST_INSERT_HEAD(&c->subscriptions, s, in_channel);
	LIST_INSERT_HEAD(&e->subscriptions, s, in_endpoint);
	e->count++;
}

/* RFC 7450 section 5.3.3.8: above a limit, additions are ignored and everything else continues. */
static const char *limit_reached(const struct endpoint *e)
{
	if (!e && manners.limit)
		return "no new endpoints (limit)";
	if (!e && endpoint_count >= ENDPOINTS_MAX)
		return "too many endpoints";
	return e && e->count >= settings.channels ? "too many channels of this endpoint" : NULL;
}

static void refuse(const struct path *path, const struct address *source,
		   const struct address *group, const char *why)
{
	counters.refused++;
	event("(%s, %s) of %s port %u refused: %s", address_text(source), address_text(group),
	      address_text(&path->gateway), path->port, why);
}

struct endpoint *endpoint_subscribe(const struct path *path, const struct address *source,
				    const struct address *group, int64_t now)
{
	struct endpoint *e = endpoint_find(path);
	struct subscription *s = e ? subscription_find(e, source, group) : NULL;
	const char *limit = limit_reached(e);
	struct channel *c;

	if (s) {
		s->expires = now + membership_interval();
		return e;
	}
	if (e && manners.room && e->count >= manners.room)
		return e;
	c = limit ? NULL : channel_get(source, group);
	if (!c) {
		refuse(path, source, group, limit ? limit : "cannot be joined upstream");
		return NULL;
	}
	if (!e)
		e = endpoint_add(path, now);
	subscription_add(e, c, now);
	own_data_greet(source, group, now);
	return e;
}

void endpoint_unsubscribe(struct endpoint *e, const struct address *source,
			  const struct address *group)
{
	struct subscription *s = subscription_find(e, source, group);

	if (s)
		subscription_remove(s);
	if (!e->count)
		endpoint_remove(e, "left its last channel");
}

static void endpoint_expire(struct endpoint *e, int64_t now)
{
	struct subscription *s = LIST_FIRST(&e->subscriptions);

	while (s) {
		struct subscription *next = LIST_NEXT(s, in_endpoint);

		if (s->expires <= now) {
			event("(%s, %s) of %s port %u expired", address_text(&s->channel->source),
			      address_text(&s->channel->group), address_text(&e->path.gateway),
			      e->path.port);
			subscription_remove(s);
		}
		s = next;
	}
	if (!e->count)
		endpoint_remove(e, "expired");
}

void endpoints_expire(int64_t now)
{
	struct endpoint *e = LIST_FIRST(&endpoints);

	while (e) {
		struct endpoint *next = LIST_NEXT(e, in_all);

		endpoint_expire(e, now);
		e = next;
	}
}

void endpoints_unreachable(const struct address *gateway, uint16_t port)
{
	struct endpoint *e = LIST_FIRST(&endpoints);

	while (e) {
		struct endpoint *next = LIST_NEXT(e, in_all);

		if (e->path.port == port && address_equal(&e->path.gateway, gateway) &&
		    ++e->unreachable >= settings.unreachable)
			endpoint_remove(e, "unreachable");
		e = next;
	}
}

void endpoints_clear(void)
{
	while (!LIST_EMPTY(&endpoints))
		endpoint_remove(LIST_FIRST(&endpoints), "dropped at the end");
}

static double seconds(int64_t ns)
{
	return (double)ns / NS_PER_S;
}

static void endpoint_print(const struct endpoint *e, int64_t now)
{
	const struct subscription *s;

	report("endpoint %s port %u at %s: since %.1f s, updates %llu, last %.1f s ago, channels "
	       "%u",
	       address_text(&e->path.gateway), e->path.port, address_text(&e->path.relay),
	       seconds(now - e->since), (unsigned long long)e->updates, seconds(now - e->updated),
	       e->count);
	LIST_FOREACH(s, &e->subscriptions, in_endpoint)
	report("  (%s, %s): since %.1f s, expires in %.1f s, packets %llu, bytes %llu",
	       address_text(&s->channel->source), address_text(&s->channel->group),
	       seconds(now - s->since), seconds(s->expires - now), (unsigned long long)s->packets,
	       (unsigned long long)s->bytes);
}

void endpoints_print(int64_t now)
{
	const struct endpoint *e;

	report("table: endpoints %u", endpoint_count);
	LIST_FOREACH(e, &endpoints, in_all)
	endpoint_print(e, now);
}
