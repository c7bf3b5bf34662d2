/* SPDX-License-Identifier: BSD-2-Clause */
/* The address type of all peers, for both families. */
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

struct address {
	uint8_t family;    /* AF_INET or AF_INET6; 0 means no address */
	uint8_t bytes[16]; /* network order; unused ones are zero, so that memcmp compares */
};

static inline size_t address_length(int family)
{
	return family == AF_INET ? 4 : 16;
}

static inline struct address address_from(int family, const void *bytes)
{
	struct address a = {.family = (uint8_t)family};

	memcpy(a.bytes, bytes, address_length(family));
	return a;
}

static inline bool address_equal(const struct address *a, const struct address *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* The n-th address after the first one, counted in the last four bytes. */
static inline struct address address_number(const struct address *first, uint32_t n)
{
	uint8_t *last;
	struct address a = *first;
	uint32_t value;

	last = a.bytes + address_length(a.family) - sizeof(value);
	memcpy(&value, last, sizeof(value));
	value = htonl(ntohl(value) + n);
	memcpy(last, &value, sizeof(value));
	return a;
}

static inline bool address_parse(const char *text, struct address *a)
{
	memset(a, 0, sizeof(*a));
	a->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	return inet_pton(a->family, text, a->bytes) == 1;
}

static inline bool address_is_multicast(const struct address *a)
{
	return a->family == AF_INET ? a->bytes[0] >> 4 == 14 : a->bytes[0] == 0xff;
}

static inline bool address_is_unspecified(const struct address *a)
{
	static const uint8_t zero[16];

	return !memcmp(a->bytes, zero, sizeof(zero));
}

static inline struct address address_of(const struct sockaddr_storage *ss, uint16_t *port)
{
	const struct sockaddr_in6 *in6 = (const void *)ss;
	const struct sockaddr_in *in = (const void *)ss;

	if (ss->ss_family == AF_INET) {
		*port = ntohs(in->sin_port);
		return address_from(AF_INET, &in->sin_addr);
	}
	*port = ntohs(in6->sin6_port);
	return address_from(AF_INET6, &in6->sin6_addr);
}

static inline socklen_t address_socket(const struct address *a, uint16_t port,
				       struct sockaddr_storage *ss)
{
	struct sockaddr_in6 *in6 = (void *)ss;
	struct sockaddr_in *in = (void *)ss;

	memset(ss, 0, sizeof(*ss));
	ss->ss_family = a->family;
	if (a->family == AF_INET) {
		in->sin_port = htons(port);
		memcpy(&in->sin_addr, a->bytes, 4);
		return sizeof(*in);
	}
	in6->sin6_port = htons(port);
	memcpy(&in6->sin6_addr, a->bytes, 16);
	return sizeof(*in6);
}

/* The text remains valid for the next seven calls, which is enough for one line of output. */
static inline const char *address_text(const struct address *a)
{
	static char text[8][INET6_ADDRSTRLEN];
	static unsigned turn;
	char *out = text[turn++ % 8];

	return inet_ntop(a->family, a->bytes, out, INET6_ADDRSTRLEN) ? out : "none";
}
