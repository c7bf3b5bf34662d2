/* SPDX-License-Identifier: BSD-2-Clause */
/* One address type for both families, and the (S,G) pair that names a channel (RFC 4607).
 *
 * This folder holds the small parts that the protocols are built of: addresses (addr.h), reading
 * and writing wire bytes (cursor.h, checksum.h, ip.h, fragment.h, reassembly.h, fault.h), time
 * (timers.h), rates (bucket.h, pace.h), random numbers, memory, and the log. It knows neither
 * protocols nor sockets, and includes no other folder. */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* Bytes beyond the length of the family are zero, so that two addresses are equal if their memory
 * is. */
struct addr {
	uint8_t family; /* AF_INET, AF_INET6, or AF_UNSPEC: no address */
	uint8_t bytes[16];
};

/* A channel: source and group, of the same family. */
struct sg {
	struct addr source, group;
};

struct prefix {
	struct addr addr;
	unsigned length; /* bits */
};

/* A list of prefixes in the configuration. */
#define PREFIXES_MAX 64

struct prefixes {
	struct prefix list[PREFIXES_MAX];
	unsigned count;
};

#define ADDR_TEXT INET6_ADDRSTRLEN
#define SG_TEXT   (2 * ADDR_TEXT + 4)

/* `bytes` holds 4 or 16 bytes in network order. Returns AF_UNSPEC for any other family. */
struct addr addr_from_bytes(int family, const void *bytes);
/* Reads the numeric text of an address of either family; returns false if it is none. */
bool addr_parse(const char *text, struct addr *addr);
/* Both write into `buf` and return it. */
const char *addr_format(const struct addr *addr, char buf[ADDR_TEXT]);
const char *sg_format(const struct sg *sg, char buf[SG_TEXT]);

/* Reads ADDRESS/LENGTH, or an address alone, which is a prefix of full length. */
bool prefix_parse(const char *text, struct prefix *prefix);
bool prefix_holds(const struct prefix *prefix, const struct addr *addr);
/* Whether one of the prefixes holds the address, or the list is empty. */
bool prefixes_allow(const struct prefixes *prefixes, const struct addr *addr);

unsigned addr_length(int family); /* 4, 16, or 0 */
/* The first address of the network of a site, as far as an address tells: of its /24, or of its /48
 * in IPv6. */
struct addr addr_network(const struct addr *addr);
bool addr_equal(const struct addr *a, const struct addr *b);

/* Sixteen bytes for both families: IPv4 as an IPv4-mapped address (RFC 4291 section 2.5.5.2).
 * AF_UNSPEC is zeros, which are read as AF_UNSPEC again. */
void addr_to_mapped(const struct addr *addr, uint8_t bytes[16]);
struct addr addr_from_mapped(const uint8_t bytes[16]);

bool addr_is_unspecified(const struct addr *addr);
bool addr_is_multicast(const struct addr *addr);
bool addr_is_loopback(const struct addr *addr);
bool addr_is_link_local(const struct addr *addr);
/* Whether the group is in an SSM range: 232.0.0.0/8, ff3x::/32 (RFC 4607 section 1). */
bool addr_is_ssm_group(const struct addr *group);
/* Whether no host on the internet can have this address: unspecified, multicast, loopback,
 * link-local, AF_UNSPEC, 0.0.0.0/8, 240.0.0.0/4, and IPv4-mapped IPv6 (which a socket would take
 * for IPv4). */
bool addr_is_martian(const struct addr *addr);

/* Whether a neighbor on a link with these subnets can have the address: it is link-local, or in one
 * of the subnets, or there is no subnet of its family to judge by. */
bool addr_is_on_link(const struct addr *addr, const struct prefixes *subnets);

/* Whether (S,G) may be forwarded: one family, no martian source, no group of link-local or smaller
 * scope (RFC 4291 section 2.7), no group reserved as a null value (RFC 4607 section 4.3). */
bool sg_is_forwardable(const struct sg *sg);

/* `port` is in host order. Returns the length of the socket address, or 0 for AF_UNSPEC. */
socklen_t addr_to_sockaddr(const struct addr *addr, uint16_t port, struct sockaddr_storage *ss);
/* `*port` is in host order. */
struct addr addr_from_sockaddr(const struct sockaddr_storage *ss, uint16_t *port);
