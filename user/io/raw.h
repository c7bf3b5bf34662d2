/* SPDX-License-Identifier: BSD-2-Clause */
/* Sends protocol messages to a link-local group of one interface, and keeps that group joined there
 * so that switches and NICs let it in. What arrives is seen by the dataplane, not here. */
#pragma once

#include "base/addr.h"

#include <stddef.h>

struct raw_socket;

/* Messages leave `ifindex` from `source` (the interface's primary or link-local address) to `group`
 * with TTL 1 and TOS 0xc0, not looped back. NULL with errno set. */
struct raw_socket *raw_open(unsigned ifindex, int ip_protocol, const struct addr *source,
			    const struct addr *group);
/* The same for whole datagrams: what is sent brings its IP header along. */
struct raw_socket *raw_open_datagrams(unsigned ifindex, int ip_protocol, const struct addr *source,
				      const struct addr *group);
/* To the group. 0 or a negative errno. */
int raw_send(struct raw_socket *socket, const uint8_t *message, size_t length);
/* To where the datagram's header says, `destination`; likewise. */
int raw_send_datagram(struct raw_socket *socket, const struct addr *destination,
		      const uint8_t *datagram, size_t length);
void raw_close(struct raw_socket *socket);
