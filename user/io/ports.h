/* SPDX-License-Identifier: BSD-2-Clause */
/* The local ports that are a peer's: always the same ones, which nobody can know who lacks the
 * secret. Relays that know a gateway by its address alone answer to the first port that it came
 * from (the Linux kernel's); off-path attackers must not guess it (RFC 7450 section 6.2, RFC 8777
 * section 6.1). */
#pragma once

#include "base/addr.h"
#include "io/secret.h"

#define PORTS_OF_PEER 8

/* Those that this host's sockets may have when none is asked for. */
struct ports {
	uint16_t first, last;
	uint8_t reserved[65536 / 8]; /* a bit for each */
};

/* As net.ipv4.ip_local_port_range and ip_local_reserved_ports say now; both go for IPv6, too. */
void ports_read(struct ports *ports);
/* Reserves those of a list as the latter has it: "8080,9000-9009". What is no such list reserves
 * what stands before the fault. */
void ports_reserve(struct ports *ports, const char *list);
/* The peer's, in the order in which they are to be tried. Returns how many there are: less than
 * PORTS_OF_PEER, or none, where most are reserved. */
unsigned ports_of_peer(const struct ports *ports, const struct secret *secret,
		       const struct addr *peer, uint16_t found[PORTS_OF_PEER]);
