/* SPDX-License-Identifier: BSD-2-Clause */
/* UDP sockets connected to one peer, on a local port that strangers cannot know (RFC 8777 section
 * 6.1): drawn at random by the kernel, or one that the caller has. */
#pragma once

#include "base/addr.h"
#include "io/loop.h"

struct udp_socket;

/* A datagram from the peer; or NULL and 0 when ICMP says that the peer cannot be reached. The
 * socket may be closed in the call. `ifindex` is of the interface that a datagram came in by; 0
 * where the kernel names only the VRF, and with NULL. */
typedef void udp_fn(void *owner, const uint8_t *bytes, size_t length, unsigned ifindex);

/* Where our packets leave from, and by what the kernel finds their way, where it is not by the main
 * table alone. */
struct udp_path {
	struct addr ipv4, ipv6; /* our source address of each family; none: the route's */
	uint32_t mark;          /* of `ip rule`; 0: none */
	const char *vrf;        /* an interface of that kind; NULL: none */
	const uint16_t *ports;  /* that are tried first, in this order; then any that is free */
	unsigned port_count;
};

/* Takes zero checksums over IPv6 too (RFC 6935). `local` and `local_port` (host order) are filled
 * in. `path` may be NULL. NULL with
 * errno set (ENETUNREACH: no route; EADDRNOTAVAIL: the path's address is not ours; ENODEV: there is
 * no such VRF). */
struct udp_socket *udp_open(struct loop *loop, const struct udp_path *path, const struct addr *peer,
			    uint16_t peer_port, struct addr *local, uint16_t *local_port,
			    udp_fn *fn, void *owner);
/* The address that a socket to this peer would have now. False, with errno set as above, where
 * there is none. */
bool udp_source(const struct udp_path *path, const struct addr *peer, struct addr *source);
/* A datagram that the kernel does not take now is lost: every protocol here repeats itself. */
void udp_send(struct udp_socket *socket, const uint8_t *bytes, size_t length);
/* Bytes that a datagram may have to pass the path's MTU, as the kernel knows it now. */
size_t udp_payload_max(const struct udp_socket *socket);
void udp_close(struct udp_socket *socket);
