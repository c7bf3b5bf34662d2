/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/cursor.h"

#include <string.h>

struct cursor cursor_over(const void *bytes, size_t length)
{
	return (struct cursor){.at = bytes, .end = (const uint8_t *)bytes + length};
}

size_t cursor_left(const struct cursor *c)
{
	return c->failed ? 0 : (size_t)(c->end - c->at);
}

const uint8_t *cursor_bytes(struct cursor *c, size_t length)
{
	const uint8_t *at = c->at;

	if (c->failed || length > (size_t)(c->end - c->at)) {
		c->failed = true;
		return NULL;
	}
	c->at += length;
	return at;
}

uint8_t cursor_u8(struct cursor *c)
{
	const uint8_t *b = cursor_bytes(c, 1);

	return b ? b[0] : 0;
}

uint16_t cursor_u16(struct cursor *c)
{
	const uint8_t *b = cursor_bytes(c, 2);

	return b ? (uint16_t)(b[0] << 8 | b[1]) : 0;
}

uint32_t cursor_u32(struct cursor *c)
{
	uint32_t high = cursor_u16(c);

	return high << 16 | cursor_u16(c);
}

struct cursor cursor_sub(struct cursor *c, size_t length)
{
	const uint8_t *bytes = cursor_bytes(c, length);

	if (!bytes)
		return (struct cursor){.failed = true};
	return cursor_over(bytes, length);
}

struct addr cursor_addr(struct cursor *c, int family)
{
	const uint8_t *bytes = cursor_bytes(c, addr_length(family));

	return bytes ? addr_from_bytes(family, bytes) : (struct addr){0};
}

struct writer writer_over(void *bytes, size_t size)
{
	return (struct writer){.start = bytes, .at = bytes, .end = (uint8_t *)bytes + size};
}

size_t writer_length(const struct writer *w)
{
	return (size_t)(w->at - w->start);
}

size_t writer_left(const struct writer *w)
{
	return w->failed ? 0 : (size_t)(w->end - w->at);
}

static uint8_t *writer_take(struct writer *w, size_t length)
{
	uint8_t *at = w->at;

	if (w->failed || length > (size_t)(w->end - w->at)) {
		w->failed = true;
		return NULL;
	}
	w->at += length;
	return at;
}

void writer_bytes(struct writer *w, const void *bytes, size_t length)
{
	uint8_t *at = writer_take(w, length);

	if (at && length)
		memcpy(at, bytes, length);
}

void writer_u8(struct writer *w, uint8_t value)
{
	writer_bytes(w, &value, 1);
}

void writer_u16(struct writer *w, uint16_t value)
{
	writer_bytes(w, (uint8_t[]){value >> 8, value & 0xff}, 2);
}

void writer_u32(struct writer *w, uint32_t value)
{
	writer_u16(w, value >> 16);
	writer_u16(w, value & 0xffff);
}

void writer_zero(struct writer *w, size_t length)
{
	uint8_t *at = writer_take(w, length);

	if (at)
		memset(at, 0, length);
}

void writer_addr(struct writer *w, const struct addr *addr)
{
	writer_bytes(w, addr->bytes, addr_length(addr->family));
}

void writer_patch_u16(struct writer *w, size_t offset, uint16_t value)
{
	if (w->failed || offset + 2 > writer_length(w))
		return;
	w->start[offset] = value >> 8;
	w->start[offset + 1] = value & 0xff;
}
