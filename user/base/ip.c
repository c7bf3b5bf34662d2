/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/ip.h"
#include "base/checksum.h"

#define IPV4_HEADER      20
#define HOP_BY_HOP       0
#define OPTION_END       0 /* of IPv4 (RFC 791 section 3.1) */
#define OPTION_NOP       1
#define OPTION_ALERT_V4  0x94
#define OPTION_ALERT_V6  0x05
#define OPTION_PADN      0x01
#define TOS_NETWORK      0xc0 /* CS6: network control */
#define FRAGMENT_OR_MORE 0x3fff

/* Options come in any order. A malformed option ends the search. */
static bool has_alert_v4(struct cursor options)
{
	while (cursor_left(&options)) {
		uint8_t type = cursor_u8(&options), length;

		if (type == OPTION_ALERT_V4)
			return true;
		if (type == OPTION_END)
			return false;
		if (type == OPTION_NOP)
			continue;
		length = cursor_u8(&options);
		if (length < 2 || !cursor_bytes(&options, length - 2))
			return false;
	}
	return false;
}

static enum fault decode_v4(struct cursor c, struct ip_datagram *ip)
{
	const uint8_t *start = c.at;
	unsigned header = (cursor_u8(&c) & 0x0f) * 4u;
	uint16_t total, fragment;

	cursor_u8(&c); /* TOS */
	total = cursor_u16(&c);
	cursor_u16(&c); /* identification */
	fragment = cursor_u16(&c);
	ip->ttl = cursor_u8(&c);
	ip->protocol = cursor_u8(&c);
	cursor_u16(&c); /* checksum, with the rest of the header below */
	ip->source = cursor_addr(&c, AF_INET);
	ip->destination = cursor_addr(&c, AF_INET);
	if (c.failed)
		return FAULT_TRUNCATED;
	if (header < IPV4_HEADER || total < header)
		return FAULT_LENGTH;
	if (total > (size_t)(c.end - start))
		return FAULT_TRUNCATED;
	if (checksum_fold(checksum_add(0, start, header)))
		return FAULT_CHECKSUM;
	if (fragment & FRAGMENT_OR_MORE)
		return FAULT_TRUNCATED;
	ip->router_alert = has_alert_v4(cursor_over(start + IPV4_HEADER, header - IPV4_HEADER));
	ip->payload = cursor_over(start + header, total - header);
	return FAULT_NONE;
}

static enum fault decode_hop_by_hop(struct ip_datagram *ip)
{
	struct cursor options;

	ip->protocol = cursor_u8(&ip->payload);
	options = cursor_sub(&ip->payload, cursor_u8(&ip->payload) * 8u + 6u);
	while (cursor_left(&options)) {
		uint8_t type = cursor_u8(&options);

		if (type == 0) /* Pad1 has no length */
			continue;
		ip->router_alert |= type == OPTION_ALERT_V6;
		cursor_bytes(&options, cursor_u8(&options));
	}
	return options.failed ? FAULT_TRUNCATED : FAULT_NONE;
}

static enum fault decode_v6(struct cursor c, struct ip_datagram *ip)
{
	uint16_t length;

	cursor_u32(&c); /* version, class, flow label */
	length = cursor_u16(&c);
	ip->protocol = cursor_u8(&c);
	ip->ttl = cursor_u8(&c);
	ip->source = cursor_addr(&c, AF_INET6);
	ip->destination = cursor_addr(&c, AF_INET6);
	ip->payload = cursor_sub(&c, length);
	if (c.failed)
		return FAULT_TRUNCATED;
	return ip->protocol == HOP_BY_HOP ? decode_hop_by_hop(ip) : FAULT_NONE;
}

enum fault ip_decode(struct cursor bytes, struct ip_datagram *ip)
{
	*ip = (struct ip_datagram){0};
	if (!cursor_left(&bytes))
		return FAULT_TRUNCATED;
	switch (bytes.at[0] >> 4) {
	case 4:
		return decode_v4(bytes, ip);
	case 6:
		return decode_v6(bytes, ip);
	default:
		return FAULT_VERSION;
	}
}

static void write_alert_v4(struct writer *w, const struct addr *source,
			   const struct addr *destination, uint8_t protocol,
			   uint16_t payload_length)
{
	size_t start = writer_length(w);

	writer_u8(w, 0x46);
	writer_u8(w, TOS_NETWORK);
	writer_u16(w, IPV4_HEADER + 4 + payload_length);
	writer_u32(w, 0); /* identification; never a fragment */
	writer_u8(w, 1);
	writer_u8(w, protocol);
	writer_u16(w, 0);
	writer_addr(w, source);
	writer_addr(w, destination);
	writer_u32(w, 0x94040000);
	if (!w->failed)
		writer_patch_u16(w, start + 10,
				 checksum_fold(checksum_add(0, w->start + start, IPV4_HEADER + 4)));
}

static void write_alert_v6(struct writer *w, const struct addr *source,
			   const struct addr *destination, uint8_t protocol,
			   uint16_t payload_length)
{
	writer_u32(w, 0x60000000);
	writer_u16(w, 8 + payload_length);
	writer_u8(w, HOP_BY_HOP);
	writer_u8(w, 1);
	writer_addr(w, source);
	writer_addr(w, destination);
	writer_u8(w, protocol);
	writer_u8(w, 0);
	writer_u32(w, OPTION_ALERT_V6 << 24 | 2 << 16); /* value 0: MLD (RFC 2711) */
	writer_u16(w, OPTION_PADN << 8);
}

void ip_write_alert_header(struct writer *w, const struct addr *source,
			   const struct addr *destination, uint8_t protocol,
			   uint16_t payload_length)
{
	if (source->family == AF_INET)
		write_alert_v4(w, source, destination, protocol, payload_length);
	else
		write_alert_v6(w, source, destination, protocol, payload_length);
}

uint16_t ip_message_checksum(const struct addr *source, const struct addr *destination,
			     uint8_t protocol, const void *bytes, size_t length)
{
	uint32_t sum = 0;

	if (source->family == AF_INET6)
		sum = checksum_pseudo(source, destination, protocol, length);
	return checksum_fold(checksum_add(sum, bytes, length));
}
