/* SPDX-License-Identifier: BSD-2-Clause */
/* Chooses local UDP ports for a peer: always the same ones, which nobody can guess without the
 * secret.
 *
 * Relays that know a gateway only by its address (the Linux kernel's) answer to the first port that
 * it used, so the port must survive a restart. Off-path attackers must not guess it (RFC 7450
 * section 6.2, RFC 8777 section 6.1). */
#pragma once

#include "base/addr.h"
#include "io/secret.h"

#define PORTS_OF_PEER 8

/* The ports that the kernel gives to sockets that ask for none. */
struct ports {
	uint16_t first, last;
	uint8_t reserved[65536 / 8]; /* a bit for each port */
};

/* Reads net.ipv4.ip_local_port_range and ip_local_reserved_ports, which are valid for IPv6, too. */
void ports_read(struct ports *ports);
/* Reserves the ports of a list like "8080,9000-9009". In a malformed list, the part before the
 * mistake counts. */
void ports_reserve(struct ports *ports, const char *list);
/* Finds the peer's ports, in the order in which they are to be tried, in host order. Returns how
 * many there are: fewer than PORTS_OF_PEER, or none, if most ports are reserved. */
unsigned ports_of_peer(const struct ports *ports, const struct secret *secret,
		       const struct addr *peer, uint16_t found[PORTS_OF_PEER]);
