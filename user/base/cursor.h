/* SPDX-License-Identifier: BSD-2-Clause */
/* Bounds-checked reading and writing of wire bytes (big-endian). */
#pragma once

#include "base/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reading beyond the end sets `failed`; from then on all reads return zeros. So a decoder reads a
 * whole structure and checks once. The bytes are the caller's and must outlive the cursor. */
struct cursor {
	const uint8_t *at, *end;
	bool failed;
};

struct cursor cursor_over(const void *bytes, size_t length);
size_t cursor_left(const struct cursor *c);
uint8_t cursor_u8(struct cursor *c);
uint16_t cursor_u16(struct cursor *c);
uint32_t cursor_u32(struct cursor *c);
/* The next `length` bytes in place; NULL if there are not so many. */
const uint8_t *cursor_bytes(struct cursor *c, size_t length);
/* The next `length` bytes as a cursor of their own; a failed one if there are not so many. */
struct cursor cursor_sub(struct cursor *c, size_t length);
struct addr cursor_addr(struct cursor *c, int family);

/* Writing beyond the end sets `failed`; from then on nothing is written. */
struct writer {
	uint8_t *start, *at, *end;
	bool failed;
};

struct writer writer_over(void *bytes, size_t size);
size_t writer_length(const struct writer *w);
size_t writer_left(const struct writer *w);
void writer_u8(struct writer *w, uint8_t value);
void writer_u16(struct writer *w, uint16_t value);
void writer_u32(struct writer *w, uint32_t value);
void writer_bytes(struct writer *w, const void *bytes, size_t length);
void writer_zero(struct writer *w, size_t length);
void writer_addr(struct writer *w, const struct addr *addr);
/* Overwrites two bytes at `offset` from the start, which have been written before. */
void writer_patch_u16(struct writer *w, size_t offset, uint16_t value);
