/* SPDX-License-Identifier: BSD-2-Clause */
#include "gateway/gateway.h"
#include "io/udp.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const char gateway_avoids[] =
	"the daemon of this host has a tunnel to the relay, which knows gateways by their address "
	"alone and would answer the daemon";

/* DNS */

static void answered(void *owner, const struct dns_answer *answer)
{
	driad_answer(owner, answer);
}

static void *ask(struct driad_question *question)
{
	struct gateway *gateway = question->lookup->context;

	return resolver_ask(gateway->resolver, question->name, question->type, answered, question);
}

static void cancel(void *query)
{
	resolver_cancel(query);
}

static void rejected(struct driad_lookup *lookup, enum fault fault)
{
	(void)lookup;
	(void)fault;
}

const struct driad_actions gateway_dns = {.ask = ask, .cancel = cancel, .refused = rejected};

/* Endpoints */

static bool is_avoided(const struct gateway *gateway, const struct addr *relay)
{
	for (unsigned i = 0; i < gateway->avoided_count; i++)
		if (addr_equal(&gateway->avoided[i], relay))
			return true;
	return false;
}

static const char *why_not_open(int error)
{
	if (error == EPERM)
		return "no permission to use the mark or vrf of [tunnels]: try as root";
	return udp_why_not(error);
}

static bool open_socket(struct amt_endpoint *endpoint, const char **reason)
{
	struct gateway *gateway = endpoint->context;
	struct udp_path path = udp_path_of(gateway->config);

	if (is_avoided(gateway, &endpoint->peer)) {
		*reason = gateway_avoids;
		return false;
	}
	path.ports = &endpoint->local_port;
	path.port_count = endpoint->local_port != 0;
	endpoint->socket =
		udp_open(gateway->loop, &path, &endpoint->peer, AMT_PORT, &endpoint->local,
			 &endpoint->local_port, amt_endpoint_receive, endpoint);
	if (!endpoint->socket)
		*reason = why_not_open(errno);
	return endpoint->socket;
}

static bool moved(const struct amt_endpoint *endpoint)
{
	const struct gateway *gateway = endpoint->context;
	struct udp_path path = udp_path_of(gateway->config);
	struct addr source;

	return udp_source(&path, &endpoint->peer, &source) &&
	       !addr_equal(&source, &endpoint->local);
}

/* The user has named the channel; data may come in by any interface. */
static bool accepts(const struct amt_endpoint *endpoint, unsigned ifindex)
{
	(void)endpoint;
	(void)ifindex;
	return true;
}

const struct amt_endpoint_actions gateway_endpoints = {.open = open_socket,
						       .send = udp_send,
						       .payload_max = udp_payload_max,
						       .close = udp_close,
						       .moved = moved,
						       .accepts = accepts};

/* The whole */

bool gateway_open(struct gateway *gateway, const struct config *config, char *error, size_t size)
{
	struct resolver_options options = resolver_options_of(config);

	gateway->config = config;
	gateway->options = driad_options_of(config);
	gateway->loop = loop_new(&gateway->timers);
	if (gateway->loop)
		gateway->resolver =
			resolver_new(gateway->loop, &gateway->timers, &options, error, size);
	else
		snprintf(error, size, "cannot make an event loop: %s", strerror(errno));
	return gateway->resolver;
}

void gateway_close(struct gateway *gateway)
{
	resolver_free(gateway->resolver);
	driad_options_free(&gateway->options);
	loop_free(gateway->loop);
	timers_free(&gateway->timers);
}
