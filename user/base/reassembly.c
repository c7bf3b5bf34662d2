/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/reassembly.h"
#include "base/checksum.h"
#include "base/fragment.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#define IPV6_HEADER 40
#define HEADER_MAX  512 /* bytes of the header in front of a fragment */
#define UNITS       (65536 / FRAGMENT_UNIT)

struct reassembly_datagram {
	struct reassembly *reassembly;
	struct fragment_key key;
	struct timer late;
	uint8_t header[HEADER_MAX]; /* of the first fragment */
	size_t header_length;       /* 0 until the first fragment has come */
	size_t next_header;
	uint8_t protocol;
	uint8_t *bytes;
	size_t size;             /* allocated for `bytes` */
	bool rejected;           /* fragments contradict each other: further ones are dropped */
	size_t end;              /* end of the last fragment; 0 until it has come */
	size_t reach;            /* the highest end of the fragments so far */
	unsigned units;          /* number of bits in `have` */
	uint8_t have[UNITS / 8]; /* a bit for each unit that has come */
	struct reassembly_datagram *prev, *next;
};

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
	bool is_told = datagram->rejected;

	end(datagram);
	if (!is_told)
		r->lost(r->context, &source);
}

/* The datagram stays, without memory, so that its other fragments are dropped (RFC 5722). */
static enum fault reject(struct reassembly_datagram *datagram)
{
	struct reassembly *r = datagram->reassembly;

	datagram->rejected = true;
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

/* A sender of many datagrams loses its own oldest one first. */
static void make_room(struct reassembly *r, const struct fragment_key *key)
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

static struct reassembly_datagram *find(struct reassembly *r, const struct fragment_key *key)
{
	struct reassembly_datagram *datagram;

	DL_FOREACH (r->oldest, datagram)
		if (!memcmp(&datagram->key, key, sizeof(*key)))
			return datagram;
	return NULL;
}

static struct reassembly_datagram *begin(struct reassembly *r, const struct fragment_key *key)
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

/* Grows the memory to `size`; older datagrams are given up if there is not enough. */
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
	return (unsigned)((length + FRAGMENT_UNIT - 1) / FRAGMENT_UNIT);
}

static unsigned count_present(const struct reassembly_datagram *datagram, const struct fragment *f)
{
	unsigned first = (unsigned)(f->offset / FRAGMENT_UNIT), count = 0;

	for (unsigned unit = first; unit < first + units_of(f->length); unit++)
		count += datagram->have[unit / 8] >> unit % 8 & 1;
	return count;
}

/* A fragment with the same bytes is a duplicate made by the LAN. Any other overlap is an attack
 * (RFC 5722). */
static bool is_copy(const struct reassembly_datagram *datagram, const struct fragment *f)
{
	return f->length && count_present(datagram, f) == units_of(f->length) &&
	       f->offset + f->length <= datagram->reach &&
	       !memcmp(datagram->bytes + f->offset, f->bytes, f->length) &&
	       (f->more || f->offset + f->length == datagram->end);
}

/* Whether the place of the fragment agrees with those of the others. */
static bool fits(const struct reassembly_datagram *datagram, const struct fragment *f)
{
	size_t end = f->offset + f->length;

	if (f->more)
		return f->length && f->length % FRAGMENT_UNIT == 0 &&
		       (!datagram->end || end < datagram->end);
	return !datagram->end && end && end >= datagram->reach;
}

static void put(struct reassembly_datagram *datagram, const struct fragment *f)
{
	unsigned first = (unsigned)(f->offset / FRAGMENT_UNIT);
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
	return !datagram->rejected && datagram->header_length && datagram->end &&
	       datagram->units == units_of(datagram->end);
}

/* Writes the header of the first fragment as it would be for the whole datagram. */
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
	if (datagram->rejected || is_copy(datagram, f))
		return FAULT_NONE;
	if (!fits(datagram, f) || count_present(datagram, f))
		return reject(datagram);
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
	if (!fragment_read(packet, ifindex, &f))
		return FAULT_NONE;
	*whole = (struct cursor){0};
	if (f.header_length > HEADER_MAX ||
	    f.header_length + f.offset + f.length > REASSEMBLY_BYTES)
		return FAULT_OVERSIZED;
	datagram = fragment_is_atomic(&f) ? NULL : find(r, &f.key);
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
