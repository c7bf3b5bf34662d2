/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/cursor.h"
#include "samples.h"

Test(cursor, reads_big_endian)
{
	struct cursor bytes = from_hex("01 0203 fedcba98 c000020a 77"), c = bytes;
	struct addr addr;
	char text[ADDR_TEXT];

	cr_expect_eq(cursor_left(&c), 12);
	cr_expect_eq(cursor_u8(&c), 0x01);
	cr_expect_eq(cursor_u16(&c), 0x0203);
	cr_expect_eq(cursor_u32(&c), 0xfedcba98);
	addr = cursor_addr(&c, AF_INET);
	cr_expect_str_eq(addr_format(&addr, text), "192.0.2.10");
	cr_expect_eq(cursor_left(&c), 1);
	cr_expect_not(c.failed);
	exact_free(bytes);
}

static void read_u8(struct cursor *c)
{
	cr_expect_eq(cursor_u8(c), 0);
}

static void read_u16(struct cursor *c)
{
	cr_expect_eq(cursor_u16(c), 0);
}

static void read_u32(struct cursor *c)
{
	cursor_u32(c); /* its upper half may be there */
}

static void read_ipv4(struct cursor *c)
{
	struct addr addr = cursor_addr(c, AF_INET);

	cr_expect_eq(addr.family, AF_UNSPEC);
}

static void read_ipv6(struct cursor *c)
{
	struct addr addr = cursor_addr(c, AF_INET6);

	cr_expect_eq(addr.family, AF_UNSPEC);
}

static void read_sub(struct cursor *c)
{
	struct cursor sub = cursor_sub(c, 3);

	cr_expect(sub.failed);
	cr_expect_eq(cursor_left(&sub), 0);
}

Test(cursor, reading_past_the_end_fails_for_good)
{
	static const struct {
		size_t length;
		void (*read)(struct cursor *c);
	} cases[] = {{1, read_u8},   {2, read_u16},   {4, read_u32},
		     {4, read_ipv4}, {16, read_ipv6}, {3, read_sub}};

	EACH(i, cases)
	{
		for (size_t length = 0; length < cases[i].length; length++) {
			uint8_t full[16];
			struct cursor bytes = exact_copy(memset(full, 0xee, 16), length);
			struct cursor c = bytes;

			cases[i].read(&c);
			cr_expect(c.failed, "case %zu, %zu bytes", i, length);
			cr_expect_eq(cursor_left(&c), 0, "case %zu, %zu bytes", i, length);
			cr_expect_eq(cursor_u8(&c), 0, "case %zu, %zu bytes", i, length);
			cr_expect_null(cursor_bytes(&c, 0));
			exact_free(bytes);
		}
	}
}

Test(cursor, no_length_wraps_around)
{
	struct cursor bytes = from_hex("0102"), c = bytes;

	cursor_u8(&c);
	cr_expect_null(cursor_bytes(&c, SIZE_MAX));
	cr_expect(c.failed);
	exact_free(bytes);
}

Test(cursor, a_sub_cursor_ends_where_it_was_told)
{
	struct cursor bytes = from_hex("0102 0304"), c = bytes;
	struct cursor sub = cursor_sub(&c, 2);

	cr_expect_eq(cursor_u16(&sub), 0x0102);
	cursor_u8(&sub);
	cr_expect(sub.failed);
	cr_expect_not(c.failed, "the outer one goes on");
	cr_expect_eq(cursor_u16(&c), 0x0304);
	exact_free(bytes);
}

Test(cursor, writes_what_is_read)
{
	uint8_t *bytes = malloc(14);
	struct writer w = writer_over(bytes, 14);
	struct cursor is = from_hex("01 0203 fedcba98 c000020a 0000 77");
	struct addr addr;

	addr_parse("192.0.2.10", &addr);
	writer_u8(&w, 0x01);
	writer_u16(&w, 0x0203);
	writer_u32(&w, 0xfedcba98);
	writer_addr(&w, &addr);
	writer_zero(&w, 2);
	cr_expect_eq(writer_left(&w), 1);
	writer_bytes(&w, "w", 1);
	cr_expect_eq(writer_length(&w), 14);
	cr_expect_eq(writer_left(&w), 0);
	cr_expect_not(w.failed);
	cr_expect_arr_eq(bytes, is.at, 14);
	exact_free(is);
	free(bytes);
}

Test(cursor, writing_past_the_end_writes_nothing_from_then_on)
{
	uint8_t bytes[4] = {1, 2, 3, 4};
	struct writer w = writer_over(bytes, 3);

	writer_u16(&w, 0x0a0b);
	writer_zero(&w, 2);
	cr_expect(w.failed);
	cr_expect_eq(writer_left(&w), 0);
	writer_u8(&w, 0x0c);
	writer_patch_u16(&w, 0, 0xffff);
	cr_expect_arr_eq(bytes, ((uint8_t[]){0x0a, 0x0b, 3, 4}), 4);
}

Test(cursor, a_patch_stays_within_what_was_written)
{
	uint8_t bytes[6] = {1, 2, 3, 4, 5, 6};
	struct writer w = writer_over(bytes, 6);

	writer_u32(&w, 0);
	writer_patch_u16(&w, 2, 0x0a0b);
	writer_patch_u16(&w, 3, 0xffff);
	writer_patch_u16(&w, 4, 0xffff);
	cr_expect_arr_eq(bytes, ((uint8_t[]){0, 0, 0x0a, 0x0b, 5, 6}), 6);
}
