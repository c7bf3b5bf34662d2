/* SPDX-License-Identifier: BSD-2-Clause */
#include "amt/endpoint.h"
#include "amt/packets.h"
#include "base/log.h"

bool amt_endpoint_open(struct amt_endpoint *endpoint, const char **reason)
{
	return endpoint->actions->open(endpoint, reason);
}

static void log_message(const struct amt_endpoint *endpoint, const char *way, const uint8_t *bytes,
			size_t length)
{
	char text[ADDR_TEXT];

	log_event(LOG_LEVEL_DEBUG, log_about(.relay = &endpoint->peer), "amt: %s %s %s, %zu bytes",
		  bytes && length ? amt_type_name(bytes[0]) : "ICMP unreachable", way,
		  addr_format(&endpoint->peer, text), length);
}

void amt_endpoint_send(struct amt_endpoint *endpoint, const uint8_t *bytes, size_t length)
{
	log_message(endpoint, "to", bytes, length);
	if (endpoint->socket)
		endpoint->actions->send(endpoint->socket, bytes, length);
}

void amt_endpoint_receive(void *owner, const uint8_t *bytes, size_t length, unsigned ifindex)
{
	struct amt_endpoint *endpoint = owner;

	log_message(endpoint, "from", bytes, length);
	if (!ifindex || endpoint->actions->accepts(endpoint, ifindex))
		endpoint->received(endpoint, bytes, length);
}

size_t amt_endpoint_payload_max(const struct amt_endpoint *endpoint, size_t while_closed)
{
	return endpoint->socket ? endpoint->actions->payload_max(endpoint->socket) : while_closed;
}

void amt_endpoint_close(struct amt_endpoint *endpoint)
{
	if (endpoint->socket)
		endpoint->actions->close(endpoint->socket);
	endpoint->socket = NULL;
}

/* The old socket is closed first, because it holds the port that the new one is to have. */
bool amt_endpoint_follow_route(struct amt_endpoint *endpoint)
{
	struct amt_endpoint before = *endpoint;
	const char *reason;

	if (endpoint->socket && !endpoint->actions->moved(endpoint))
		return false;
	amt_endpoint_close(endpoint);
	if (amt_endpoint_open(endpoint, &reason))
		return true;
	*endpoint = before;
	endpoint->socket = NULL;
	return false;
}
