/* SPDX-License-Identifier: BSD-2-Clause */
/* PIM messages as a neighbor sends them (RFC 7761 section 4.9), over IPv4 and IPv6. */
#pragma once

#include "ip.h"
#include "options.h"

#include <unistd.h>

#define PIM             103
#define PIM_HELLO       0x20
#define PIM_JOIN_PRUNE  0x23
#define PIM_HEADER      4
#define PIM_SPARSE      0x04 /* the S flag, RFC 7761 section 4.9.1 */
#define PIM_FOREVER     0xffff
#define PIM_ENCODED_MAX 20 /* an encoded address */
#define PIM_HOLDTIME    1  /* options of a Hello */
#define PIM_GENERATION  20

static inline void pim_option(int fd, int level, int option, const void *value, socklen_t size)
{
	if (setsockopt(fd, level, option, value, size))
		fail(1, "socket option: %s", strerror(errno));
}

static inline int pim_open4(unsigned interface)
{
	struct ip_mreqn via = {.imr_ifindex = (int)interface};
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, PIM);

	if (fd < 0)
		fail(1, "raw socket: %s", strerror(errno));
	pim_option(fd, IPPROTO_IP, IP_MULTICAST_IF, &via, sizeof(via));
	pim_option(fd, IPPROTO_IP, IP_MULTICAST_LOOP, &(int){0}, sizeof(int));
	pim_option(fd, IPPROTO_IP, IP_TOS, &(int){0xc0}, sizeof(int));
	return fd;
}

static inline int pim_open6(unsigned interface)
{
	int fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, PIM);

	if (fd < 0)
		fail(1, "raw socket: %s", strerror(errno));
	pim_option(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &interface, sizeof(interface));
	pim_option(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, &(int){0}, sizeof(int));
	pim_option(fd, IPPROTO_IPV6, IPV6_CHECKSUM, &(int){2}, sizeof(int));
	return fd;
}

/* The kernel makes the IP header. */
static inline int pim_open(unsigned interface, int family)
{
	return family == AF_INET ? pim_open4(interface) : pim_open6(interface);
}

/* ALL-PIM-ROUTERS of the link. */
static inline socklen_t pim_routers(unsigned interface, int family, struct sockaddr_storage *to)
{
	struct address routers;
	socklen_t length;

	address_parse(family == AF_INET ? "224.0.0.13" : "ff02::d", &routers);
	length = address_socket(&routers, 0, to);
	if (family == AF_INET6)
		((struct sockaddr_in6 *)to)->sin6_scope_id = interface;
	return length;
}

/* Over IPv6 the kernel replaces the checksum. Returns false with errno set. */
static inline bool pim_send(int fd, unsigned interface, int family, uint8_t *message, size_t length)
{
	struct sockaddr_storage to;
	socklen_t size = pim_routers(interface, family, &to);

	message[1] = 0;
	put16(message + 2, 0);
	put16(message + 2, sum_finish(sum_add(0, message, length)));
	return sendto(fd, message, length, 0, (struct sockaddr *)&to, size) >= 0;
}

static inline uint8_t pim_family(const struct address *a)
{
	return a->family == AF_INET ? 1 : 2;
}

static inline size_t pim_put_address(uint8_t *b, const struct address *a)
{
	memcpy(b, a->bytes, address_length(a->family));
	return address_length(a->family);
}

/* Encoded group and source addresses: family, encoding, flags, mask length, address. */
static inline size_t pim_put_encoded(uint8_t *b, uint8_t flags, const struct address *a)
{
	b[0] = pim_family(a);
	b[1] = 0;
	b[2] = flags;
	b[3] = (uint8_t)(address_length(a->family) * 8);
	return 4 + pim_put_address(b + 4, a);
}

/* A Join/Prune message without a group; pim_groups_at() is where their number stands. */
static inline size_t pim_begin_join_prune(uint8_t *b, const struct address *upstream,
					  uint16_t holdtime)
{
	size_t at = PIM_HEADER;

	b[0] = PIM_JOIN_PRUNE;
	b[at++] = pim_family(upstream);
	b[at++] = 0;
	at += pim_put_address(b + at, upstream);
	b[at++] = 0;
	b[at++] = 0;
	put16(b + at, holdtime);
	return at + 2;
}

static inline uint8_t *pim_groups_at(uint8_t *b, const struct address *upstream)
{
	return b + PIM_HEADER + 2 + address_length(upstream->family) + 1;
}
