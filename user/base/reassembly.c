/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/reassembly.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#define UNIT       8 /* bytes that offsets count in */
#define UNITS      (65536 / UNIT)
#define HEADER_MAX 512 /* of what stands before the fragment, in each of them */

#define IPV4_HEADER    20
#define IPV4_MORE      0x2000
#define IPV4_OFFSET    0x1fff
#define IPV6_HEADER    40
#define IPV6_MORE      0x0001
#define HOP_BY_HOP     0
#define ROUTING        43
#define FRAGMENT       44
#define DESTINATION    60
#define EXTENSIONS_MAX 4 /* as the program walks them */

/* What makes fragments one datagram's: RFC 791, RFC 8200. The protocol is IPv4's. */
struct key {
	struct addr source, destination;
	uint32_t id;
	unsigned ifindex;
	uint8_t protocol;
};

struct fragment {
	struct key key;
	const uint8_t *header; /* IP's, with what of IPv6 belongs to each fragment */
	size_t header_length;
	size_t next_header; /* offset in it of what says which header comes next; IPv6 */
	uint8_t protocol;   /* that the fragment header names; IPv6 */
	size_t offset, length;
	const uint8_t *bytes;
	bool more;
};

struct reassembly_datagram {
	struct reassembly *reassembly;
	struct key key;
	struct timer late;
	uint8_t header[HEADER_MAX]; /* of the first fragment */
	size_t header_length;       /* 0 until it is there */
	size_t next_header;
	uint8_t protocol;
	uint8_t *bytes;
	size_t size;  /* of that memory */
	bool refused; /* fragments contradict each other: no more is taken of it */
	size_t end;   /* of the last fragment; 0 until it is there */
	size_t reach; /* the furthest end of those that are there */
	unsigned units;
	uint8_t have[UNITS / 8]; /* a bit for each unit */
	struct reassembly_datagram *prev, *next;
};

/* Fragments as they stand on the wire. Others' faults are ip_decode()'s to name: a packet that
 * cannot be read is no fragment here. */

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
	f->offset = (size_t)(field & IPV4_OFFSET) * UNIT;
	if (c.failed || !(f->more || f->offset) || f->header_length < IPV4_HEADER ||
	    total < f->header_length || total > (size_t)(c.end - start) ||
	    checksum_fold(checksum_add(0, start, f->header_length)))
		return false;
	f->bytes = start + f->header_length;
	f->length = total - f->header_length;
	return true;
}

/* To the fragment header, if there is one. */
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
	f->offset = field & ~(UNIT - 1u);
	f->bytes = payload.at;
	f->length = cursor_left(&payload);
	return !payload.failed;
}

/* A datagram by itself, whatever else has its identification (RFC 6946). */
static bool is_atomic(const struct fragment *f)
{
	return !f->offset && !f->more;
}

static bool read_fragment(struct cursor packet, unsigned ifindex, struct fragment *f)
{
	memset(f, 0, sizeof(*f)); /* keys are compared with their holes */
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

/* Datagrams */

static void end(struct reassembly_datagram *datagram)
{
	struct reassembly *r = datagram->reassembly;

	timer_stop(r->timers, &datagram->late);
	DL_DELETE(r->oldest, datagram);
	r->count--;
	r->bytes -= datagram->size;
	free(datagram->bytes);
	free(datagram);
}

static void give_up(struct reassembly_datagram *datagram)
{
	struct reassembly *r = datagram->reassembly;
	struct addr source = datagram->key.source;
	bool is_told = datagram->refused;

	end(datagram);
	if (!is_told)
		r->lost(r->context, &source);
}

/* Its other fragments, which are still to come, make no datagram of their own (RFC 5722). */
static enum fault refuse(struct reassembly_datagram *datagram)
{
	struct reassembly *r = datagram->reassembly;

	datagram->refused = true;
	r->bytes -= datagram->size;
	free(datagram->bytes);
	datagram->bytes = NULL;
	datagram->size = 0;
	return FAULT_FRAGMENTS;
}

static void late_due(struct timer *timer)
{
	give_up(container_of(timer, struct reassembly_datagram, late));
}

/* A sender that begins many loses its own first. */
static void make_room(struct reassembly *r, const struct key *key)
{
	struct reassembly_datagram *datagram, *oldest = NULL;
	unsigned count = 0;

	DL_FOREACH (r->oldest, datagram) {
		if (!addr_equal(&datagram->key.source, &key->source))
			continue;
		if (!count++)
			oldest = datagram;
	}
	if (count >= REASSEMBLY_SENDER_MAX)
		give_up(oldest);
	else if (r->count >= REASSEMBLY_MAX)
		give_up(r->oldest);
}

static struct reassembly_datagram *find(struct reassembly *r, const struct key *key)
{
	struct reassembly_datagram *datagram;

	DL_FOREACH (r->oldest, datagram)
		if (!memcmp(&datagram->key, key, sizeof(*key)))
			return datagram;
	return NULL;
}

static struct reassembly_datagram *begin(struct reassembly *r, const struct key *key)
{
	struct reassembly_datagram *datagram;

	make_room(r, key);
	datagram = memory_new(sizeof(*datagram));
	datagram->reassembly = r;
	memcpy(&datagram->key, key, sizeof(*key));
	datagram->late.fn = late_due;
	DL_APPEND(r->oldest, datagram);
	r->count++;
	timer_start(r->timers, &datagram->late, REASSEMBLY_TIME);
	return datagram;
}

/* Memory up to `end`, at the cost of older datagrams. */
static void grow(struct reassembly_datagram *datagram, size_t size)
{
	struct reassembly *r = datagram->reassembly;
	struct reassembly_datagram *other, *next;

	if (size <= datagram->size)
		return;
	DL_FOREACH_SAFE (r->oldest, other, next) {
		if (r->bytes + size - datagram->size <= REASSEMBLY_BYTES_ALL)
			break;
		if (other != datagram)
			give_up(other);
	}
	datagram->bytes = memory_resize(datagram->bytes, size);
	r->bytes += size - datagram->size;
	datagram->size = size;
}

static unsigned units_of(size_t length)
{
	return (unsigned)((length + UNIT - 1) / UNIT);
}

static unsigned count_present(const struct reassembly_datagram *datagram, const struct fragment *f)
{
	unsigned first = (unsigned)(f->offset / UNIT), count = 0;

	for (unsigned unit = first; unit < first + units_of(f->length); unit++)
		count += datagram->have[unit / 8] >> unit % 8 & 1;
	return count;
}

/* The same bytes once more are a copy that the LAN has made; anything else that overlaps is an
 * attack (RFC 5722). */
static bool is_copy(const struct reassembly_datagram *datagram, const struct fragment *f)
{
	return f->length && count_present(datagram, f) == units_of(f->length) &&
	       f->offset + f->length <= datagram->reach &&
	       !memcmp(datagram->bytes + f->offset, f->bytes, f->length) &&
	       (f->more || f->offset + f->length == datagram->end);
}

/* Where it lies in the datagram contradicts nothing. */
static bool fits(const struct reassembly_datagram *datagram, const struct fragment *f)
{
	size_t end = f->offset + f->length;

	if (f->more)
		return f->length && f->length % UNIT == 0 &&
		       (!datagram->end || end < datagram->end);
	return !datagram->end && end && end >= datagram->reach;
}

static void put(struct reassembly_datagram *datagram, const struct fragment *f)
{
	unsigned first = (unsigned)(f->offset / UNIT);
	size_t end = f->offset + f->length;

	grow(datagram, end);
	if (f->length)
		memcpy(datagram->bytes + f->offset, f->bytes, f->length);
	for (unsigned unit = first; unit < first + units_of(f->length); unit++)
		datagram->have[unit / 8] |= (uint8_t)(1u << unit % 8);
	datagram->units += units_of(f->length);
	if (end > datagram->reach)
		datagram->reach = end;
	if (!f->more)
		datagram->end = end;
	if (f->offset)
		return;
	memcpy(datagram->header, f->header, f->header_length);
	datagram->header_length = f->header_length;
	datagram->next_header = f->next_header;
	datagram->protocol = f->protocol;
}

static bool is_whole(const struct reassembly_datagram *datagram)
{
	return !datagram->refused && datagram->header_length && datagram->end &&
	       datagram->units == units_of(datagram->end);
}

/* The first fragment's header, as it would stand before the datagram. */
static void write_header(const struct reassembly_datagram *datagram, uint8_t *to)
{
	size_t header = datagram->header_length, length = header + datagram->end;
	struct writer w = writer_over(to, header);

	writer_bytes(&w, datagram->header, header);
	if (datagram->key.source.family == AF_INET6) {
		writer_patch_u16(&w, 4, (uint16_t)(length - IPV6_HEADER));
		to[datagram->next_header] = datagram->protocol;
		return;
	}
	writer_patch_u16(&w, 2, (uint16_t)length);
	writer_patch_u16(&w, 6, 0);
	writer_patch_u16(&w, 10, 0);
	writer_patch_u16(&w, 10, checksum_fold(checksum_add(0, to, header)));
}

static struct cursor put_together(struct reassembly_datagram *datagram)
{
	struct reassembly *r = datagram->reassembly;
	size_t header = datagram->header_length, length = header + datagram->end;

	r->whole = memory_resize(r->whole, length);
	write_header(datagram, r->whole);
	memcpy(r->whole + header, datagram->bytes, datagram->end);
	return cursor_over(r->whole, length);
}

static enum fault add(struct reassembly_datagram *datagram, const struct fragment *f)
{
	if (datagram->refused || is_copy(datagram, f))
		return FAULT_NONE;
	if (!fits(datagram, f) || count_present(datagram, f))
		return refuse(datagram);
	put(datagram, f);
	return FAULT_NONE;
}

enum fault reassembly_take(struct reassembly *r, unsigned ifindex, struct cursor packet,
			   struct cursor *whole)
{
	struct reassembly_datagram *datagram;
	struct fragment f;
	enum fault fault;

	*whole = packet;
	if (!read_fragment(packet, ifindex, &f))
		return FAULT_NONE;
	*whole = (struct cursor){0};
	if (f.header_length > HEADER_MAX ||
	    f.header_length + f.offset + f.length > REASSEMBLY_BYTES)
		return FAULT_OVERSIZED;
	datagram = is_atomic(&f) ? NULL : find(r, &f.key);
	if (!datagram)
		datagram = begin(r, &f.key);
	fault = add(datagram, &f);
	if (fault || !is_whole(datagram))
		return fault;
	if (datagram->header_length + datagram->end > REASSEMBLY_BYTES)
		fault = FAULT_OVERSIZED;
	else
		*whole = put_together(datagram);
	end(datagram);
	return fault;
}

void reassembly_free(struct reassembly *r)
{
	while (r->oldest)
		end(r->oldest);
	free(r->whole);
	r->whole = NULL;
}
