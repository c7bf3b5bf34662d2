/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/fragment.h"
#include "base/checksum.h"

#include <string.h>

#define IPV4_HEADER    20
#define IPV4_MORE      0x2000
#define IPV4_OFFSET    0x1fff
#define IPV6_MORE      0x0001
#define HOP_BY_HOP     0
#define ROUTING        43
#define FRAGMENT       44
#define DESTINATION    60
#define EXTENSIONS_MAX 4 /* as many as the BPF program reads */

static bool read_v4(struct cursor c, struct fragment *f)
{
	const uint8_t *start = c.at;
	uint16_t total, field;

	f->header = start;
	f->header_length = (cursor_u8(&c) & 0x0f) * 4u;
	cursor_u8(&c); /* TOS */
	total = cursor_u16(&c);
	f->key.id = cursor_u16(&c);
	field = cursor_u16(&c);
	cursor_u8(&c); /* TTL */
	f->key.protocol = cursor_u8(&c);
	cursor_u16(&c); /* checksum, with the rest of the header below */
	f->key.source = cursor_addr(&c, AF_INET);
	f->key.destination = cursor_addr(&c, AF_INET);
	f->more = field & IPV4_MORE;
	f->offset = (size_t)(field & IPV4_OFFSET) * FRAGMENT_UNIT;
	if (c.failed || !(f->more || f->offset) || f->header_length < IPV4_HEADER ||
	    total < f->header_length || total > (size_t)(c.end - start) ||
	    checksum_fold(checksum_add(0, start, f->header_length)))
		return false;
	f->bytes = start + f->header_length;
	f->length = total - f->header_length;
	return true;
}

/* Walks the extension headers; returns true at a fragment header. */
static bool walk_v6(struct cursor *c, const uint8_t *start, uint8_t header, struct fragment *f)
{
	f->next_header = 6;
	for (unsigned n = 0; n < EXTENSIONS_MAX && header != FRAGMENT; n++) {
		if (header != HOP_BY_HOP && header != ROUTING && header != DESTINATION)
			return false;
		f->next_header = (size_t)(c->at - start);
		header = cursor_u8(c);
		cursor_bytes(c, cursor_u8(c) * 8u + 6u);
	}
	return header == FRAGMENT && !c->failed;
}

static bool read_v6(struct cursor c, struct fragment *f)
{
	const uint8_t *start = c.at;
	struct cursor payload;
	uint16_t length, field;
	uint8_t header;

	cursor_u32(&c); /* version, class, flow label */
	length = cursor_u16(&c);
	header = cursor_u8(&c);
	cursor_u8(&c); /* hop limit */
	f->key.source = cursor_addr(&c, AF_INET6);
	f->key.destination = cursor_addr(&c, AF_INET6);
	payload = cursor_sub(&c, length);
	if (c.failed || !walk_v6(&payload, start, header, f))
		return false;
	f->header = start;
	f->header_length = (size_t)(payload.at - start);
	f->protocol = cursor_u8(&payload);
	cursor_u8(&payload); /* reserved */
	field = cursor_u16(&payload);
	f->key.id = cursor_u32(&payload);
	f->more = field & IPV6_MORE;
	f->offset = field & ~(FRAGMENT_UNIT - 1u);
	f->bytes = payload.at;
	f->length = cursor_left(&payload);
	return !payload.failed;
}

bool fragment_read(struct cursor packet, unsigned ifindex, struct fragment *f)
{
	memset(f, 0, sizeof(*f)); /* keys are compared with their padding */
	f->key.ifindex = ifindex;
	if (!cursor_left(&packet))
		return false;
	switch (packet.at[0] >> 4) {
	case 4:
		return read_v4(packet, f);
	case 6:
		return read_v6(packet, f);
	default:
		return false;
	}
}

bool fragment_is_atomic(const struct fragment *f)
{
	return !f->offset && !f->more;
}
