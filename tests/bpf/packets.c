/* SPDX-License-Identifier: BSD-2-Clause */
#include "packets.h"
#include "base/checksum.h"

#include <stdlib.h>
#include <string.h>

#define ETHERTYPE_V4  0x0800
#define ETHERTYPE_V6  0x86dd
#define AMT_PORT      2268
#define PLAIN_TTL     16
#define PLAIN_PAYLOAD 34

const uint8_t egress_mac[6] = {2, 0, 0, 0, 0, 1};

static int plain(int value, int otherwise)
{
	if (value == NOTHING)
		return 0;
	return value ? value : otherwise;
}

static struct addr parsed(int family, const char *v4, const char *v6)
{
	struct addr addr;

	addr_parse(family == 4 ? v4 : v6, &addr);
	return addr;
}

struct addr packet_relay(int family)
{
	return parsed(family, "203.0.113.15", "2001:db8::15");
}

struct addr packet_relay_at(int family, int number)
{
	struct addr addr = packet_relay(family);

	addr.bytes[family == 4 ? 3 : 15] += number;
	return addr;
}

struct addr packet_local(int family)
{
	return parsed(family, "198.51.100.2", "2001:db8:100::2");
}

struct sg packet_channel(int family)
{
	/* The group's second byte shows whether the MAC keeps 23 bits of it, not 24. */
	return (struct sg){.source = parsed(family, "192.0.2.10", "2001:db8:5::10"),
			   .group = parsed(family, "232.129.1.1", "ff3e::8000:1")};
}

static struct sg inner_addresses(const struct packet *p, int family)
{
	struct sg sg = packet_channel(family);

	if (p->other_source)
		sg.source = parsed(family, "192.0.2.20", "2001:db8:5::20");
	if (p->unicast)
		sg.group = parsed(family, "10.0.0.50", "2001:db8:a::50");
	return sg;
}

struct header {
	int family, version, ihl, options, identification, fragment, protocol, ttl, length;
	struct addr source, destination;
};

static void put_v4(struct writer *w, const struct header *h)
{
	uint8_t *start = w->at;
	size_t offset = writer_length(w);

	writer_u8(w, h->version << 4 | plain(h->ihl, 5 + h->options));
	writer_u8(w, 0xb8);
	writer_u16(w, 20 + 4 * h->options + h->length);
	writer_u16(w, 0x4242 + h->identification);
	writer_u16(w, h->fragment);
	writer_u8(w, h->ttl);
	writer_u8(w, h->protocol);
	writer_u16(w, 0);
	writer_addr(w, &h->source);
	writer_addr(w, &h->destination);
	for (int i = 0; i < h->options; i++)
		writer_u32(w, 0x01010101);
	writer_patch_u16(w, offset + 10,
			 checksum_fold(checksum_add(0, start, 20 + 4 * h->options)));
}

static void put_v6(struct writer *w, const struct header *h)
{
	writer_u32(w, (uint32_t)h->version << 28 | 0x0b812345);
	writer_u16(w, h->length);
	writer_u8(w, h->protocol);
	writer_u8(w, h->ttl);
	writer_addr(w, &h->source);
	writer_addr(w, &h->destination);
}

static void put_ip(struct writer *w, const struct header *h)
{
	if (h->family == 4)
		put_v4(w, h);
	else
		put_v6(w, h);
}

void packet_put_hex(struct writer *w, const char *hex)
{
	char digits[3] = "";

	for (; *hex; hex++) {
		if (*hex == ' ')
			continue;
		digits[0] = hex[0];
		digits[1] = *++hex;
		writer_u8(w, strtoul(digits, NULL, 16));
	}
}

static void put_inner(struct writer *w, const struct packet *p, int ttl)
{
	int family = plain(p->inner, 4), payload = plain(p->payload, PLAIN_PAYLOAD);
	const char *headers = p->headers ? p->headers : "";
	struct sg sg = inner_addresses(p, family);
	struct writer between;
	uint8_t bytes[256];
	struct header header = {
		.family = family,
		.version = plain(p->inner_version, family),
		.ihl = p->inner_ihl,
		.options = p->inner_options,
		.identification = p->identification,
		.fragment = p->inner_fragment,
		.protocol = plain(p->inner_protocol, 17),
		.ttl = ttl,
		.length = payload + p->inner_length_wrong,
		.source = sg.source,
		.destination = sg.group,
	};

	between = writer_over(bytes, sizeof(bytes));
	packet_put_hex(&between, headers);
	header.length += writer_length(&between);
	put_ip(w, &header);
	writer_bytes(w, bytes, writer_length(&between));
	for (int i = 0; i < payload; i++)
		writer_u8(w,
			  'a' + i % 26 + (i < 8 ? p->first : 0) + (i == payload - 1 ? p->last : 0));
}

static void put_outer(struct writer *w, const struct packet *p, int udp_length)
{
	int family = plain(p->outer, 4), protocol = plain(p->outer_protocol, 17);
	struct header header = {
		.family = family,
		.version = family,
		.options = p->outer_options,
		.fragment = p->outer_fragment,
		.protocol = plain(p->outer_extension, protocol),
		.ttl = 60,
		.length = udp_length + (p->outer_extension ? 8 : 0) + p->outer_length_wrong,
		.source =
			p->from_stranger ? packet_local(family) : packet_relay_at(family, p->relay),
		.destination = p->to_stranger ? packet_relay(family) : packet_local(family),
	};

	put_ip(w, &header);
	if (p->outer_extension) {
		writer_u8(w, protocol);
		writer_zero(w, 7);
	}
	writer_u16(w, plain(p->source_port, AMT_PORT));
	writer_u16(w, plain(p->destination_port, TUNNEL_PORT + p->relay));
	writer_u16(w, udp_length + p->udp_length_wrong);
	writer_u16(w, 0);
}

static void put_ethernet(struct writer *w, const struct packet *p)
{
	/* The test run takes the loopback interface's address, zeros, for its own. */
	writer_zero(w, 5);
	writer_u8(w, p->to_other_host);
	writer_bytes(w, (const uint8_t[]){2, 0, 0, 0, 0, 9}, 6);
	if (p->tag) {
		writer_u16(w, p->tag);
		writer_u16(w, 0x2000 | p->vlan);
	}
	writer_u16(w, plain(p->outer, 4) == 4 ? ETHERTYPE_V4 : ETHERTYPE_V6);
}

/* What must not come out on the LAN. */
static void put_stray(struct writer *w, int count)
{
	for (int i = 0; i < count; i++)
		writer_u8(w, 0xee);
}

size_t packet_build(const struct packet *p, uint8_t frame[FRAME_MAX])
{
	uint8_t data[FRAME_MAX];
	struct writer inner = writer_over(data, sizeof(data)), w = writer_over(frame, FRAME_MAX);

	writer_u8(&inner, plain(p->amt, 6));
	writer_u8(&inner, p->amt_reserved);
	put_inner(&inner, p, plain(p->ttl, PLAIN_TTL));
	put_stray(&inner, p->trailing);
	if (p->keep)
		inner.at = data + 2 + plain(p->keep, 0);
	put_ethernet(&w, p);
	put_outer(&w, p, 8 + writer_length(&inner));
	writer_bytes(&w, data, writer_length(&inner));
	put_stray(&w, p->padding);
	return writer_length(&w);
}

size_t packet_on_lan(const struct packet *p, const uint8_t mac[6], uint8_t frame[FRAME_MAX])
{
	struct writer w = writer_over(frame, FRAME_MAX);
	bool v4 = plain(p->inner, 4) == 4;
	size_t least = 14 + (v4 ? 28 : 48);

	writer_bytes(&w,
		     v4 ? (const uint8_t[]){0x01, 0x00, 0x5e, 0x01, 0x01, 0x01}
			: (const uint8_t[]){0x33, 0x33, 0x80, 0x00, 0x00, 0x01},
		     6);
	writer_bytes(&w, mac, 6);
	writer_u16(&w, v4 ? ETHERTYPE_V4 : ETHERTYPE_V6);
	put_inner(&w, p, plain(p->ttl, PLAIN_TTL) - 1);
	if (writer_length(&w) < least)
		writer_zero(&w, least - writer_length(&w));
	return writer_length(&w);
}
