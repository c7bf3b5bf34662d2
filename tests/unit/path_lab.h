/* SPDX-License-Identifier: BSD-2-Clause */
/* A lab for tests that need channels with relays: the real rooms channel, driad, amt and path in
 * virtual time. The lab stands where sockets and DNS are. Relays that serve answer every Request by
 * a Query of tests/samples; others are silent. By default the relays of all sources are configured;
 * after lab_ask_dns() DNS is asked for the sources' own records, and the test answers. */
#pragma once

#include "addresses.h"
#include "fini.h"
#include "path/path.h"
#include "samples.h"
#include "virtual_time.h"

#define LAB_ENDPOINTS 16
#define LAB_RELAYS    4
#define LAB_CHANNELS  8 /* unless the test says otherwise */

/* A socket of ours, and the last Request that was sent from it. */
struct udp_socket {
	struct amt_endpoint *endpoint; /* NULL while it is closed */
	bool asked[2];                 /* the last Request, for IGMP or MLD, has no answer yet */
	uint8_t nonce[2][4];
};

static struct {
	struct timers timers;
	struct paths paths;
	struct driad_options options;
	struct driad_rule rules[2 * LAB_RELAYS];
	struct driad_question *question; /* the last one that was asked */
	unsigned questions;
	uint16_t port; /* the last local port that was given */
	struct udp_socket sockets[LAB_ENDPOINTS];
	struct addr by_wan1;             /* the relay whose route leaves by another WAN */
	struct addr serving[LAB_RELAYS]; /* relays that answer */
	unsigned serving_count;
	struct {
		struct addr relay;
		unsigned by_type[AMT_TEARDOWN + 1];
	} sent[LAB_RELAYS];
} lab;

/* DNS */

static void *lab_ask(struct driad_question *question)
{
	lab.questions++;
	return lab.question = question;
}

static void lab_cancel(void *query)
{
	cr_assert_not_null(query);
}

static void lab_refused(struct driad_lookup *lookup, enum fault fault)
{
	(void)lookup;
	cr_assert_fail("%s", fault_name(fault));
}

/* From now on the relays of a source are those of its own AMTRELAY records. */
static inline void lab_ask_dns(void)
{
	lab.options.ways[0] = DRIAD_SOURCE;
}

/* Answers the last question by these relays, which need no Discovery; the list ends with NULL. */
static inline void lab_answer_dns(enum dns_status status, uint32_t ttl, const char *const relays[])
{
	uint8_t rdata[LAB_RELAYS][AMTRELAY_MAX];
	struct dns_record records[LAB_RELAYS];
	struct dns_answer answer = {.status = status, .ttl = ttl, .records = records};

	for (; relays && relays[answer.count]; answer.count++) {
		struct amtrelay record = {.precedence = (uint8_t)(10 + answer.count),
					  .discovery_optional = true,
					  .relay = address(relays[answer.count])};

		cr_assert_lt(answer.count, LAB_RELAYS);
		record.type = record.relay.family == AF_INET ? AMTRELAY_IPV4 : AMTRELAY_IPV6;
		records[answer.count].rdata = rdata[answer.count];
		records[answer.count].length = amtrelay_encode(&record, rdata[answer.count]);
	}
	driad_answer(lab.question, &answer);
}

/* Configures these relays, tried in this order, for all sources; the list ends with NULL. */
static inline void lab_configure(const char *const relays[])
{
	static const char *const families[] = {"0.0.0.0/0", "::/0"};

	lab.options.rule_count = 0;
	for (unsigned i = 0; relays[i]; i++)
		for (unsigned j = 0; j < 2; j++) {
			struct driad_rule *rule = &lab.rules[lab.options.rule_count++];
			char text[ADDR_TEXT + 16];

			cr_assert_lt(i, LAB_RELAYS);
			snprintf(text, sizeof(text), "%u 1 %d %s", 10 + i,
				 address(relays[i]).family == AF_INET ? 1 : 2, relays[i]);
			cr_assert(prefix_parse(families[j], &rule->sources));
			cr_assert(amtrelay_parse(text, &rule->record), "%s", text);
		}
}

/* Sockets */

static struct addr lab_routed(const struct addr *relay)
{
	if (addr_equal(relay, &lab.by_wan1))
		return address(relay->family == AF_INET ? "198.51.100.2" : "2001:db8:2::1");
	return address(relay->family == AF_INET ? "198.51.100.1" : "2001:db8:1::1");
}

static bool lab_moved(const struct amt_endpoint *endpoint)
{
	struct addr routed = lab_routed(&endpoint->peer);

	return !addr_equal(&routed, &endpoint->local);
}

static bool lab_endpoint_open(struct amt_endpoint *endpoint, const char **reason)
{
	*reason = "no socket is left";
	EACH(i, lab.sockets)
	{
		if (lab.sockets[i].endpoint)
			continue;
		lab.sockets[i] = (struct udp_socket){.endpoint = endpoint};
		endpoint->socket = &lab.sockets[i];
		endpoint->local = lab_routed(&endpoint->peer);
		if (!endpoint->local_port)
			endpoint->local_port = ++lab.port;
		return true;
	}
	return false;
}

static unsigned *lab_counts_of(const struct addr *relay)
{
	EACH(i, lab.sent)
	{
		if (!lab.sent[i].relay.family)
			lab.sent[i].relay = *relay;
		if (addr_equal(&lab.sent[i].relay, relay))
			return lab.sent[i].by_type;
	}
	cr_assert_fail("there are more relays than LAB_RELAYS");
	return NULL;
}

static void lab_endpoint_send(struct udp_socket *socket, const uint8_t *bytes, size_t length)
{

	cr_assert_geq(length, 8);
	cr_assert_leq(bytes[0], AMT_TEARDOWN);
	lab_counts_of(&socket->endpoint->peer)[bytes[0]]++;
	if (bytes[0] != AMT_REQUEST)
		return;
	socket->asked[bytes[1] != 0] = true;
	memcpy(socket->nonce[bytes[1] != 0], bytes + 4, sizeof(socket->nonce[0]));
}

static size_t lab_payload_max(const struct udp_socket *socket)
{
	(void)socket;
	return AMT_DATAGRAM_MAX;
}

static void lab_endpoint_close(struct udp_socket *socket)
{
	socket->endpoint = NULL;
}

static const struct amt_endpoint_actions lab_endpoint_actions = {.open = lab_endpoint_open,
								 .send = lab_endpoint_send,
								 .payload_max = lab_payload_max,
								 .close = lab_endpoint_close,
								 .moved = lab_moved};

/* Relays */

/* Returns how many messages of the type were sent to the relay. */
static inline unsigned lab_sent(const char *relay, unsigned type)
{
	struct addr address_of = address(relay);

	return lab_counts_of(&address_of)[type];
}

static inline struct udp_socket *lab_socket_to(const struct addr *relay)
{
	EACH(i, lab.sockets)
	{
		struct udp_socket *socket = &lab.sockets[i];

		if (socket->endpoint && addr_equal(&socket->endpoint->peer, relay))
			return socket;
	}
	return NULL;
}

/* Answers the last Request for IGMP, or for MLD. */
static inline void lab_answer_by(struct udp_socket *socket, bool mld, const char *sample)
{
	struct cursor bytes = sample_udp(sample, 0);

	socket->asked[mld] = false;
	memcpy((uint8_t *)bytes.at + 8, socket->nonce[mld], sizeof(socket->nonce[mld]));
	socket->endpoint->received(socket->endpoint, bytes.at, cursor_left(&bytes));
	exact_free(bytes);
}

/* Answers the last Request for IGMP by a sample, for example "amt-4-query-v4-limit". */
static inline void lab_answer(const char *relay, const char *sample)
{
	struct addr to = address(relay);
	struct udp_socket *socket = lab_socket_to(&to);

	cr_assert(socket && socket->asked[false], "%s was not asked", relay);
	lab_answer_by(socket, false, sample);
}

/* `serves`: the relay answers Requests from now on. Otherwise it is silent, as at the beginning. */
static inline void lab_serve(const char *relay, bool serves)
{
	struct addr which = address(relay);
	struct udp_socket *socket = lab_socket_to(&which);

	if (socket)
		socket->asked[0] = socket->asked[1] = false;
	for (unsigned i = 0; i < lab.serving_count; i++)
		if (addr_equal(&lab.serving[i], &which))
			lab.serving[i--] = lab.serving[--lab.serving_count];
	if (!serves)
		return;
	cr_assert_lt(lab.serving_count, LAB_RELAYS);
	lab.serving[lab.serving_count++] = which;
}

/* ICMP says that the relay is unreachable. */
static inline void lab_unreachable(const char *relay)
{
	struct addr to = address(relay);
	struct udp_socket *socket = lab_socket_to(&to);

	cr_assert(socket, "there is no socket to %s", relay);
	socket->endpoint->received(socket->endpoint, NULL, 0);
}

static inline bool lab_answer_next(void)
{
	for (unsigned i = 0; i < lab.serving_count; i++) {
		struct udp_socket *socket = lab_socket_to(&lab.serving[i]);

		if (!socket || (!socket->asked[0] && !socket->asked[1]))
			continue;
		lab_answer_by(socket, socket->asked[1],
			      socket->asked[1] ? "amt-4-query-v6" : "amt-4-query-v4-g");
		return true;
	}
	return false;
}

static inline void lab_answer_all(void)
{
	while (lab_answer_next())
		;
}

/* Time */

static inline void lab_run(double seconds)
{
	usec_t until = lab.timers.now + (usec_t)(seconds * USEC_PER_SEC);

	lab_answer_all();
	while (timers_next(&lab.timers) <= until) {
		timers_run(&lab.timers, timers_next(&lab.timers));
		lab_answer_all();
	}
	timers_run(&lab.timers, until);
}

/* Tunnels */

static void lab_of_tunnel(void *context, struct amt_tunnel *tunnel)
{
	(void)context;
	(void)tunnel;
}

static void lab_data(void *context, struct amt_tunnel *tunnel, struct cursor data)
{
	(void)context;
	(void)tunnel;
	(void)data;
}

static void lab_rejected(void *context, const struct addr *peer, enum protocol protocol,
			 enum fault fault)
{
	(void)context;
	(void)peer;
	cr_assert(protocol == PROTOCOL_AMT && fault == FAULT_UNREACHABLE, "%s", fault_name(fault));
}

static const struct amt_tunnels_actions lab_tunnels_actions = {.opened = lab_of_tunnel,
							       .closed = lab_of_tunnel,
							       .data = lab_data,
							       .rejected = lab_rejected};

/* Begin and end */

/* `limit` channels, whose elements have this size and begin with a struct path. */
static inline void lab_begin(const struct channel_actions *actions, void *context,
			     size_t element_size, unsigned limit)
{
	memset(&lab, 0, sizeof(lab));
	lab.timers.now = 1000 * USEC_PER_SEC;
	lab.port = 50000;
	lab.options = (struct driad_options){
		.ways = {DRIAD_CONFIGURED}, .way_count = 1, .rules = lab.rules, .renew = 60};
	lab.paths = (struct paths){
		.timers = &lab.timers,
		.channels = {.timers = &lab.timers,
			     .actions = actions,
			     .context = context,
			     .element_size = element_size,
			     .limit = limit},
		.sources = {.timers = &lab.timers,
			    .actions = {.ask = lab_ask,
					.cancel = lab_cancel,
					.refused = lab_refused},
			    .options = &lab.options,
			    .limit = limit},
		.tunnels = {.timers = &lab.timers,
			    .actions = &lab_tunnels_actions,
			    .endpoint_actions = &lab_endpoint_actions,
			    .limit = LAB_ENDPOINTS,
			    .hold_down = 180 * USEC_PER_SEC,
			    .pace = {.timers = &lab.timers}},
	};
	paths_init(&lab.paths);
}

/* The owner has stopped its own timers. */
static inline void lab_end(void)
{
	paths_free(&lab.paths);
	EACH(i, lab.sockets)
	{
		fini_assert(!lab.sockets[i].endpoint, "a socket was left open");
	}
	fini_assert(timers_next(&lab.timers) == USEC_NEVER, "a timer was left running");
	timers_free(&lab.timers);
}

/* LAN `interface` wants the channel. */
static inline struct channel *lab_want_on(const char *source, const char *group, unsigned interface)
{
	struct sg sg = channel(source, group);

	if (!channel_table_want(&lab.paths.channels, &sg, interface, lab.timers.now))
		return NULL;
	return channel_table_find(&lab.paths.channels, &sg);
}

/* The same for LAN 0. */
static inline struct channel *lab_want(const char *source, const char *group)
{
	return lab_want_on(source, group, 0);
}
