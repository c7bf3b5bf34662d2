/* SPDX-License-Identifier: BSD-2-Clause */
#include "control.h"

#include "answers.h"
#include "endpoints.h"
#include "kernel.h"
#include "manners.h"
#include "membership.h"
#include "messages.h"
#include "nonsense.h"
#include "periodic.h"
#include "relay.h"
#include "secret.h"

#include <stdarg.h>

/* One line of the log, written piece by piece; dots stand for what does not fit. */
struct text {
	char bytes[1024];
	size_t length;
};

static void __attribute__((format(printf, 2, 3))) text_add(struct text *t, const char *format, ...)
{
	size_t room = sizeof(t->bytes) - t->length;
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(t->bytes + t->length, room, format, arguments);
	va_end(arguments);
	if (n < 0 || (size_t)n < room) {
		t->length += n < 0 ? 0 : (size_t)n;
		return;
	}
	strcpy(t->bytes + sizeof(t->bytes) - 4, "...");
	t->length = sizeof(t->bytes) - 1;
}

static const char *note(const struct amt_message *m)
{
	return m->reserved_set ? " (reserved bits set)" : "";
}

static void ignore(const struct path *path, const char *what, const char *why)
{
	counters.refused++;
	event("%s from %s port %u to %s ignored: %s", what, address_text(&path->gateway),
	      path->port, address_text(&path->relay), why);
}

static uint32_t answer_nonce(const struct amt_message *m)
{
	return manners.wrong_nonce ? ~m->nonce : m->nonce;
}

static void on_discovery(const struct path *path, const struct amt_message *m)
{
	const struct address *advertised = &settings.advertise[path->relay.family == AF_INET6];
	uint8_t answer[AMT_ADVERTISE_MAX];

	if (!advertised->family)
		advertised = &path->relay;
	counters.discoveries++;
	event("discovery from %s port %u to %s nonce %08x, advertised %s%s",
	      address_text(&path->gateway), path->port, address_text(&path->relay), m->nonce,
	      address_text(advertised), note(m));
	answer_send(path, answer, amt_write_advertisement(answer, answer_nonce(m), advertised));
}

/* The input of a response MAC. */
static uint32_t mac_nonce(uint32_t nonce)
{
	return manners.periodic ? 0 : nonce;
}

static bool names_gateway(void)
{
	return !settings.no_gateway_address && !manners.kernel && !manners.periodic;
}

static void send_query(const struct path *path, uint32_t nonce, bool mld)
{
	uint8_t answer[AMT_QUERY_HEADER + QUERY_DATAGRAM_MAX + AMT_GATEWAY_LENGTH];
	uint8_t flags = manners.limit ? AMT_QUERY_LIMIT : 0, mac[AMT_MAC_LENGTH];
	size_t length = AMT_QUERY_HEADER;

	if (names_gateway())
		flags |= AMT_QUERY_GATEWAY;
	secret_mac(&path->gateway, path->port, mac_nonce(nonce), mac);
	amt_write_query(answer, flags, mac, nonce);
	length += query_write(answer + length, mld, (uint8_t)settings.robustness,
			      interval_code(settings.query_interval));
	if (flags & AMT_QUERY_GATEWAY) {
		amt_write_gateway(answer + length, &path->gateway, path->port);
		length += AMT_GATEWAY_LENGTH;
	}
	answer_send(path, answer, nonsense(answer, length));
}

static void on_request(const struct path *path, const struct amt_message *m, int64_t now)
{
	const char *problem;

	counters.requests++;
	event("request from %s port %u to %s nonce %08x %s%s", address_text(&path->gateway),
	      path->port, address_text(&path->relay), m->nonce, m->mld ? "MLDv2" : "IGMPv3",
	      note(m));
	problem = manners.periodic ? periodic_request(path, m, now) : NULL;
	if (problem)
		ignore(path, "request", problem);
	else if (!manners.periodic)
		send_query(path, answer_nonce(m), m->mld);
}

void control_send_due(int64_t now)
{
	periodic_send_due(now, send_query);
}

static bool is_forwardable_group(const struct address *g)
{
	if (!address_is_multicast(g))
		return false;
	if (g->family == AF_INET)
		return g->bytes[0] != 224 || g->bytes[1] || g->bytes[2];
	return (g->bytes[1] & 15) > 2;
}

static bool record_is_served(const struct record *r)
{
	if (!is_forwardable_group(&r->group))
		return false;
	return r->type == IS_IN || r->type == TO_IN || r->type == ALLOW || r->type == BLOCK;
}

static void record_subscribe(const struct path *path, const struct record *r, int64_t now)
{
	for (unsigned i = 0; i < r->source_count; i++) {
		struct address source = record_source(r, i);

		if (address_is_multicast(&source) || address_is_unspecified(&source))
			counters.records_ignored++;
		else
			endpoint_subscribe(path, &source, &r->group, now);
	}
}

static bool record_names(const struct record *r, const struct address *source)
{
	for (unsigned i = 0; i < r->source_count; i++) {
		struct address named = record_source(r, i);

		if (address_equal(&named, source))
			return true;
	}
	return false;
}

/* TO_IN(G, A): the sources of G that are not in A are no longer wanted. */
static void record_drop_others(const struct path *path, const struct record *r)
{
	struct endpoint *e = endpoint_find(path);
	struct subscription *s = e ? LIST_FIRST(&e->subscriptions) : NULL;

	while (s) {
		struct subscription *next = LIST_NEXT(s, in_endpoint);
		struct address source = s->channel->source;

		if (address_equal(&s->channel->group, &r->group) && !record_names(r, &source))
			endpoint_unsubscribe(e, &source, &r->group);
		s = next;
	}
}

static void record_block(const struct path *path, const struct record *r)
{
	for (unsigned i = 0; i < r->source_count; i++) {
		struct address source = record_source(r, i);
		struct endpoint *e = endpoint_find(path);

		if (e)
			endpoint_unsubscribe(e, &source, &r->group);
	}
}

/* RFC 3376 section 6.4 in INCLUDE mode, without the queries that a tunnel of one host does not
 * need. */
static void record_apply(const struct path *path, const struct record *r, int64_t now)
{
	if (!record_is_served(r)) {
		counters.records_ignored++;
		return;
	}
	if (r->type == BLOCK) {
		if (!manners.kernel)
			record_block(path, r);
		return;
	}
	record_subscribe(path, r, now);
	if (r->type == TO_IN)
		record_drop_others(path, r);
}

static void record_describe(struct text *t, const struct record *r)
{
	text_add(t, " %s %s {", record_name(r->type), address_text(&r->group));
	for (unsigned i = 0; i < r->source_count; i++) {
		struct address source = record_source(r, i);

		text_add(t, "%s%s", i ? "," : "", address_text(&source));
	}
	text_add(t, record_is_served(r) ? "}" : "} (ignored)");
}

static void describe_update(const struct path *path, const struct amt_message *m,
			    struct report_message report)
{
	struct text t = {.length = 0};
	struct record r;

	text_add(&t, "update from %s port %u to %s %s%s", address_text(&path->gateway), path->port,
		 address_text(&path->relay), report.family == AF_INET ? "IGMPv3" : "MLDv2",
		 note(m));
	if (!report.records)
		text_add(&t, " no records");
	while (report_next(&report, &r))
		record_describe(&t, &r);
	event("%s", t.bytes);
}

static void on_update(const struct path *path, const struct amt_message *m, int64_t now)
{
	struct report_message report;
	const char *problem = report_read(m->inner, m->inner_length, &report);
	struct endpoint *e;
	struct record r;

	if (!problem &&
	    !secret_verify(&path->gateway, path->port, mac_nonce(m->nonce), m->mac, now))
		problem = "wrong response MAC";
	if (problem) {
		ignore(path, "update", problem);
		return;
	}
	counters.updates++;
	periodic_update(path, now);
	describe_update(path, m, report);
	while (report_next(&report, &r))
		record_apply(path, &r, now);
	e = endpoint_find(path);
	if (!e)
		return;
	e->updates++;
	e->updated = now;
	e->unreachable = 0;
}

/* The endpoint is the one that the message names, not the one that sends the message. */
static void on_teardown(const struct path *path, const struct amt_message *m, int64_t now)
{
	struct path torn = {.relay = path->relay, .gateway = m->gateway, .port = m->gateway_port};
	struct endpoint *e = endpoint_find(&torn);

	if (!names_gateway()) {
		ignore(path, "teardown", "not supported (--no-gateway-address)");
		return;
	}
	if (!secret_verify(&m->gateway, m->gateway_port, m->nonce, m->mac, now)) {
		ignore(path, "teardown", "wrong response MAC");
		return;
	}
	counters.teardowns++;
	event("teardown from %s port %u to %s of %s port %u%s%s", address_text(&path->gateway),
	      path->port, address_text(&path->relay), address_text(&m->gateway), m->gateway_port,
	      e ? "" : ", which is not there", note(m));
	if (e)
		endpoint_remove(e, "torn down");
}

void control_message(const struct path *path, const uint8_t *bytes, size_t length, int64_t now)
{
	static unsigned received;
	struct amt_message m;
	const char *problem = amt_read(bytes, length, &m);
	struct path tunnel = *path;

	if (manners_drop(&received)) {
		event("message from %s port %u dropped", address_text(&path->gateway), path->port);
		return;
	}
	if (!problem && (address_is_multicast(&path->relay) || !path->relay.family))
		problem = "not sent to a unicast address";
	if (!problem && manners.kernel && m.type == AMT_REQUEST)
		problem = kernel_request(&tunnel, &m, now);
	if (!problem && manners.kernel && m.type == AMT_UPDATE)
		problem = kernel_update(&tunnel, &m, now);
	if (problem) {
		ignore(path, "message", problem);
		return;
	}
	switch (m.type) {
	case AMT_DISCOVERY:
		on_discovery(path, &m);
		break;
	case AMT_REQUEST:
		on_request(&tunnel, &m, now);
		break;
	case AMT_UPDATE:
		on_update(&tunnel, &m, now);
		break;
	case AMT_TEARDOWN:
		on_teardown(path, &m, now);
		break;
	default:
		break;
	}
}
