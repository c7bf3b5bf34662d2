/* SPDX-License-Identifier: BSD-2-Clause */
/* Sends protocol messages to a link-local group on one interface. Keeps the group joined there, so
 * that switches and NICs let its packets in. The dataplane receives them, not this socket. */
#pragma once

#include "base/addr.h"

#include <stddef.h>

struct raw_socket;

/* Messages leave the interface from `source` (its primary or link-local address) to `group`, with
 * TTL 1 and TOS 0xc0, and are not looped back. Returns NULL with errno set. */
struct raw_socket *raw_open(unsigned ifindex, int ip_protocol, const struct addr *source,
			    const struct addr *group);
/* The same for whole datagrams: the caller writes the IP header. */
struct raw_socket *raw_open_datagrams(unsigned ifindex, int ip_protocol, const struct addr *source,
				      const struct addr *group);
/* Sends to the group. Returns 0 or a negative errno. */
int raw_send(struct raw_socket *socket, const uint8_t *message, size_t length);
/* Sends to `destination`, which also stands in the datagram's header. Returns 0 or a negative
 * errno. */
int raw_send_datagram(struct raw_socket *socket, const struct addr *destination,
		      const uint8_t *datagram, size_t length);
void raw_close(struct raw_socket *socket); /* NULL is allowed */
