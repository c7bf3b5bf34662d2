/* SPDX-License-Identifier: BSD-2-Clause */
/* Our UDP endpoint towards one peer's AMT port. Sockets are the owner's: this room says through a
 * table of actions what is to be done with them. */
#pragma once

#include "base/addr.h"

#include <stddef.h>

struct amt_endpoint;
struct udp_socket; /* io's, or a test's */

struct amt_endpoint_actions {
	/* Opens a socket towards the peer and fills in socket, local and local_port. A local_port
	 * that is set already is tried first. What the socket receives goes to
	 * amt_endpoint_receive(). Returns false, with a constant reason, on failure. */
	bool (*open)(struct amt_endpoint *endpoint, const char **reason);
	void (*send)(struct udp_socket *socket, const uint8_t *bytes, size_t length);
	/* The bytes that the path takes in one datagram, as far as the kernel knows: at least 500.
	 */
	size_t (*payload_max)(const struct udp_socket *socket);
	void (*close)(struct udp_socket *socket);
	/* Whether the route to the peer leaves from another local address than the endpoint's.
	 * False if there is no route. */
	bool (*moved)(const struct amt_endpoint *endpoint);
	/* Whether datagrams that come in by this interface count; says so if they do not. */
	bool (*accepts)(const struct amt_endpoint *endpoint, unsigned ifindex);
};

struct amt_endpoint {
	const struct amt_endpoint_actions *actions;
	void *context;             /* the owner's */
	struct udp_socket *socket; /* NULL while closed: then nothing is sent */
	struct addr peer, local;
	uint16_t local_port;  /* host order */
	bool keeps_port;      /* uses the same local port each time that it is opened */
	unsigned port_choice; /* which of the ports that it may keep: 0 is the first */
	/* A datagram from the peer; or NULL and 0 if ICMP says that the peer is unreachable. */
	void (*received)(struct amt_endpoint *endpoint, const uint8_t *bytes, size_t length);
};

/* Returns false, with a constant reason, on failure. */
bool amt_endpoint_open(struct amt_endpoint *endpoint, const char **reason);
/* Takes a datagram that the socket of an endpoint, `owner`, has received by an interface, or NULL
 * and 0 for ICMP. `ifindex` is 0 if the interface is not known. */
void amt_endpoint_receive(void *owner, const uint8_t *bytes, size_t length, unsigned ifindex);
void amt_endpoint_send(struct amt_endpoint *endpoint, const uint8_t *bytes, size_t length);
size_t amt_endpoint_payload_max(const struct amt_endpoint *endpoint, size_t while_closed);
void amt_endpoint_close(struct amt_endpoint *endpoint);
/* Opens the endpoint again if the route now leaves from another local address. Returns true if it
 * was opened again. If it cannot be opened, nothing is sent until routes change once more. */
bool amt_endpoint_follow_route(struct amt_endpoint *endpoint);
