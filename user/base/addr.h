/* SPDX-License-Identifier: BSD-2-Clause */
/* One address type for both families, and the (S,G) pair that names a channel (RFC 4607). */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* Bytes past the family's length are zero, so that two addresses are equal when their memory is. */
struct addr {
	uint8_t family; /* AF_INET, AF_INET6, or AF_UNSPEC for none */
	uint8_t bytes[16];
};

/* A channel: source and group, of one family. */
struct sg {
	struct addr source, group;
};

struct prefix {
	struct addr addr;
	unsigned length; /* bits */
};

/* A list of them that an operator gives. */
#define PREFIXES_MAX 64

struct prefixes {
	struct prefix list[PREFIXES_MAX];
	unsigned count;
};

#define ADDR_TEXT INET6_ADDRSTRLEN
#define SG_TEXT   (2 * ADDR_TEXT + 4)

/* `bytes` holds 4 or 16 bytes in network order; any family but these two gives the none address. */
struct addr addr_from_bytes(int family, const void *bytes);
/* Reads numeric text of either family; false where it is not that. */
bool addr_parse(const char *text, struct addr *addr);
/* Both write into `buf` and return it. */
const char *addr_format(const struct addr *addr, char buf[ADDR_TEXT]);
const char *sg_format(const struct sg *sg, char buf[SG_TEXT]);

/* Reads ADDRESS/LENGTH, or an address alone, which is a prefix of its own. */
bool prefix_parse(const char *text, struct prefix *prefix);
bool prefix_holds(const struct prefix *prefix, const struct addr *addr);
/* Whether one of the prefixes holds the address, or there is none that could. */
bool prefixes_allow(const struct prefixes *prefixes, const struct addr *addr);

unsigned addr_length(int family); /* 4, 16, or 0 */
/* The first address of the network that one site has, as far as an address tells: /24, or /48 of
 * IPv6. */
struct addr addr_network(const struct addr *addr);
bool addr_equal(const struct addr *a, const struct addr *b);

bool addr_is_unspecified(const struct addr *addr);
bool addr_is_multicast(const struct addr *addr);
bool addr_is_loopback(const struct addr *addr);
bool addr_is_link_local(const struct addr *addr);
/* Whether the group is of the range that is source-specific everywhere: 232.0.0.0/8, ff3x::/32 (RFC
 * 4607 section 1). */
bool addr_is_ssm_group(const struct addr *group);
/* Whether no host on the internet can have this address: all of the above, the none address,
 * 0.0.0.0/8, 240.0.0.0/4 and IPv4-mapped IPv6 (which a socket would take for IPv4). */
bool addr_is_martian(const struct addr *addr);

/* Whether the address can be one of a neighbour on a link with these subnets: in one of them, or
 * link-local; any, where none of its family is there to tell. */
bool addr_is_on_link(const struct addr *addr, const struct prefixes *subnets);

/* Whether S may be a channel's source and G be forwarded at all: no martian source, no group of
 * link-local or smaller scope, nor one of those reserved as null values (RFC 4607 section 4.3, RFC
 * 4291 section 2.7); one family. */
bool sg_is_forwardable(const struct sg *sg);

/* Port in host order. Returns the length of the socket address, 0 for the none address. */
socklen_t addr_to_sockaddr(const struct addr *addr, uint16_t port, struct sockaddr_storage *ss);
struct addr addr_from_sockaddr(const struct sockaddr_storage *ss, uint16_t *port);
