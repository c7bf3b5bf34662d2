/* SPDX-License-Identifier: BSD-2-Clause */
/* UDP sockets that are connected to one peer. The local port is one that the caller names, or drawn
 * at random by the kernel: strangers must not know it (RFC 8777 section 6.1). */
#pragma once

#include "base/addr.h"
#include "io/loop.h"

struct udp_socket;

/* Receives a datagram of the peer; or NULL and 0 when ICMP says that the peer is unreachable.
 * `ifindex` is the interface on which the datagram arrived; it is 0 if the kernel only names the
 * VRF, and with NULL. The socket may be closed in the call. */
typedef void udp_fn(void *owner, const uint8_t *bytes, size_t length, unsigned ifindex);

/* How the kernel routes the socket's packets, if not by the main table alone. */
struct udp_path {
	struct addr ipv4, ipv6; /* source addresses; without one, the route's address is used */
	uint32_t mark;          /* for `ip rule`; 0 means none */
	const char *vrf;        /* name of a VRF interface, or NULL */
	const uint16_t *ports;  /* tried in this order, before any free port; host order */
	unsigned port_count;
};

/* Accepts zero checksums over IPv6, too (RFC 6935). `path` may be NULL. Fills in `*local` and
 * `*local_port`; ports are in host order. Returns NULL with errno set: ENETUNREACH if there is no
 * route, EADDRNOTAVAIL if the path's address is not ours, ENODEV if the VRF does not exist. */
struct udp_socket *udp_open(struct loop *loop, const struct udp_path *path, const struct addr *peer,
			    uint16_t peer_port, struct addr *local, uint16_t *local_port,
			    udp_fn *fn, void *owner);
/* Why udp_open() has failed, as a constant sentence about a relay. */
const char *udp_why_not(int error);
/* Finds the local address that a socket to this peer would have now. Returns false with errno set,
 * as above. */
bool udp_source(const struct udp_path *path, const struct addr *peer, struct addr *source);
/* From now on, datagrams that come faster than they are read, so that the socket's queue has no
 * room for them, are added to `*lost`, as soon as they are known. */
void udp_count_lost(struct udp_socket *socket, unsigned long long *lost);
/* A datagram that the kernel does not take now is lost. */
void udp_send(struct udp_socket *socket, const uint8_t *bytes, size_t length);
/* The largest payload, in bytes, that fits the path MTU as the kernel knows it now. */
size_t udp_payload_max(const struct udp_socket *socket);
void udp_close(struct udp_socket *socket); /* NULL is allowed */
