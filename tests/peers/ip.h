/* SPDX-License-Identifier: BSD-2-Clause */
/* IP datagrams in memory, and the Internet checksum. The peers do not use the codecs under user/ on
 * purpose: they are a second opinion. */
#pragma once

#include "address.h"

#include <netinet/ip.h>
#include <netinet/ip6.h>

struct datagram {
	struct address source, destination;
	uint8_t tos;      /* or traffic class */
	uint8_t ttl;      /* or hop limit */
	uint8_t protocol; /* behind IPv6 extension headers */
	bool fragment;    /* any fragment, the first one included */
	bool router_alert;
	size_t header; /* bytes before the payload of `protocol` */
	size_t length; /* by the datagram's own header; what follows in memory is not part of it */
};

static inline uint16_t get16(const uint8_t *b)
{
	return (uint16_t)(b[0] << 8 | b[1]);
}

static inline void put16(uint8_t *b, uint16_t value)
{
	b[0] = value >> 8;
	b[1] = value & 0xff;
}

static inline uint32_t get32(const uint8_t *b)
{
	return (uint32_t)get16(b) << 16 | get16(b + 2);
}

static inline void put32(uint8_t *b, uint32_t value)
{
	put16(b, value >> 16);
	put16(b + 2, value & 0xffff);
}

static inline uint32_t sum_add(uint32_t sum, const uint8_t *b, size_t length)
{
	uint64_t wide = sum;

	for (; length > 1; b += 2, length -= 2)
		wide += get16(b);
	if (length)
		wide += (uint32_t)b[0] << 8;
	while (wide >> 16)
		wide = (wide & 0xffff) + (wide >> 16);
	return (uint32_t)wide;
}

/* The checksum to write; 0 if the bytes contain the right checksum already. */
static inline uint16_t sum_finish(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* Over the payload and the pseudo-header: UDP in both families, and ICMPv6. */
static inline uint16_t datagram_checksum(const uint8_t *b, const struct datagram *d)
{
	size_t payload = d->length - d->header;
	uint32_t sum = d->protocol + (uint32_t)payload;

	sum = sum_add(sum, d->source.bytes, sizeof(d->source.bytes));
	sum = sum_add(sum, d->destination.bytes, sizeof(d->destination.bytes));
	return sum_finish(sum_add(sum, b + d->header, payload));
}

static inline bool options_have_alert(const uint8_t *o, size_t length, bool v6)
{
	uint8_t alert = v6 ? 5 : 148, padding = v6 ? 0 : 1;
	size_t used = v6 ? 2 : 0; /* bytes that the length of an IPv6 option does not count */

	while (length > 1 && *o != alert) {
		size_t step = *o == padding ? 1 : o[1] + used;

		if (!step || step > length)
			return false;
		o += step;
		length -= step;
	}
	return length > 3 && *o == alert && o[1] + used == 4 && !o[2] && !o[3];
}

static inline const char *datagram_parse4(const uint8_t *b, size_t n, struct datagram *d)
{
	if (n < 20)
		return "short IPv4 header";
	d->header = (b[0] & 15) * 4u;
	d->length = get16(b + 2);
	if (d->header < 20 || d->header > d->length)
		return "bad IPv4 header length";
	if (d->length > n)
		return "IPv4 length beyond the end";
	d->tos = b[1];
	d->fragment = get16(b + 6) & 0x3fff;
	d->ttl = b[8];
	d->protocol = b[9];
	d->source = address_from(AF_INET, b + 12);
	d->destination = address_from(AF_INET, b + 16);
	d->router_alert = options_have_alert(b + 20, d->header - 20, false);
	return NULL;
}

/* Walks the extension headers; a fragment header ends the walk. */
static inline const char *datagram_extensions(const uint8_t *b, struct datagram *d)
{
	while (d->protocol == IPPROTO_HOPOPTS || d->protocol == IPPROTO_DSTOPTS ||
	       d->protocol == IPPROTO_ROUTING) {
		const uint8_t *e = b + d->header;
		size_t left = d->length - d->header;

		if (left < 8 || (e[1] + 1u) * 8 > left)
			return "bad IPv6 extension header";
		if (d->protocol == IPPROTO_HOPOPTS)
			d->router_alert = options_have_alert(e + 2, (e[1] + 1u) * 8 - 2, true);
		d->protocol = e[0];
		d->header += (e[1] + 1u) * 8;
	}
	d->fragment = d->protocol == IPPROTO_FRAGMENT;
	return NULL;
}

static inline const char *datagram_parse6(const uint8_t *b, size_t n, struct datagram *d)
{
	if (n < 40)
		return "short IPv6 header";
	d->header = 40;
	d->length = 40u + get16(b + 4);
	if (d->length > n)
		return "IPv6 length beyond the end";
	d->tos = (uint8_t)(get16(b) >> 4);
	d->protocol = b[6];
	d->ttl = b[7];
	d->source = address_from(AF_INET6, b + 8);
	d->destination = address_from(AF_INET6, b + 24);
	return datagram_extensions(b, d);
}

/* Returns NULL, or what is wrong. Checksums are not checked here: see below. */
static inline const char *datagram_parse(const uint8_t *b, size_t n, struct datagram *d)
{
	memset(d, 0, sizeof(*d));
	if (!n)
		return "no IP header";
	if (b[0] >> 4 == 4)
		return datagram_parse4(b, n, d);
	return b[0] >> 4 == 6 ? datagram_parse6(b, n, d) : "neither IPv4 nor IPv6";
}

static inline bool datagram_header_ok(const uint8_t *b, const struct datagram *d)
{
	return d->source.family == AF_INET6 || !sum_finish(sum_add(0, b, d->header));
}

static inline bool datagram_is_udp(const struct datagram *d)
{
	return d->protocol == IPPROTO_UDP && !d->fragment && d->length - d->header >= 8;
}

/* Whether the checksum of a complete UDP datagram is right. Zero means no checksum, which IPv6 does
 * not allow. */
static inline bool datagram_udp_ok(const uint8_t *b, const struct datagram *d)
{
	const uint8_t *udp = b + d->header;

	if (get16(udp + 4) != d->length - d->header)
		return false;
	if (!get16(udp + 6))
		return d->source.family == AF_INET;
	return !datagram_checksum(b, d);
}
