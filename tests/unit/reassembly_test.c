/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/checksum.h"
#include "base/ip.h"
#include "base/reassembly.h"
#include "virtual_time.h"

#include <criterion/criterion.h>
#include <string.h>

#define PAYLOAD   3001
#define FRAGMENTS 8 /* at most, in a test */
#define LAN       1

static struct timers timers;
static struct reassembly reassembly;
static unsigned lost;

static void count_lost(void *context, const struct addr *source)
{
	(void)context;
	(void)source;
	lost++;
}

static void setup(void)
{
	timers = (struct timers){.now = 1000};
	reassembly = (struct reassembly){.timers = &timers, .lost = count_lost};
	lost = 0;
}

static void teardown(void)
{
	reassembly_free(&reassembly);
	timers_free(&timers);
}

TestSuite(reassembly, .init = setup, .fini = teardown);

/* Datagrams, fragmented as in RFC 791 and RFC 8200 */

struct piece {
	int family;
	uint8_t sender; /* last byte of its address */
	uint32_t id;
	size_t offset, length;
	bool more;
	uint8_t fill; /* added to each byte */
};

static uint8_t payload_byte(size_t at)
{
	return (uint8_t)(at * 7 + at / 251);
}

static void write_payload(struct writer *w, const struct piece *piece)
{
	for (size_t i = 0; i < piece->length; i++)
		writer_u8(w, payload_byte(piece->offset + i) + piece->fill);
}

static void write_v4(struct writer *w, const struct piece *piece)
{
	size_t start = writer_length(w);

	writer_u16(w, 0x45c0);
	writer_u16(w, (uint16_t)(20 + piece->length));
	writer_u16(w, (uint16_t)piece->id);
	writer_u16(w, (uint16_t)(piece->offset / 8 | (piece->more ? 0x2000 : 0)));
	writer_u16(w, 0x0167); /* TTL 1, PIM */
	writer_u16(w, 0);
	writer_u32(w, 0x0a000000 | piece->sender);
	writer_u32(w, 0xe000000d);
	writer_patch_u16(w, start + 10, checksum_fold(checksum_add(0, w->start + start, 20)));
	write_payload(w, piece);
}

static void write_v6(struct writer *w, const struct piece *piece)
{
	static const uint8_t addresses[32] = {[0] = 0xfe, 0x80, [16] = 0xff, 0x02, [31] = 0x0d};

	writer_u32(w, 0x60000000);
	writer_u16(w, (uint16_t)(16 + piece->length));
	writer_u16(w, 0x0001); /* hop-by-hop options; hop limit 1 */
	writer_bytes(w, addresses, 15);
	writer_u8(w, piece->sender);
	writer_bytes(w, addresses + 16, 16);
	writer_u32(w, 0x2c000502); /* a fragment header is next; Router Alert */
	writer_u32(w, 0x00000100);
	writer_u16(w, 0x6700); /* PIM */
	writer_u16(w, (uint16_t)(piece->offset | piece->more));
	writer_u32(w, piece->id);
	write_payload(w, piece);
}

static enum fault take(const struct piece *piece, struct cursor *whole)
{
	static uint8_t bytes[70000];
	struct writer w = writer_over(bytes, sizeof(bytes));

	(piece->family == AF_INET ? write_v4 : write_v6)(&w, piece);
	return reassembly_take(&reassembly, LAN, cursor_over(bytes, writer_length(&w)), whole);
}

static struct piece piece_at(int family, size_t offset, size_t length)
{
	return (struct piece){.family = family,
			      .sender = 2,
			      .id = 77,
			      .offset = offset,
			      .length = length,
			      .more = offset + length < PAYLOAD};
}

static bool is_awaited(const struct piece *piece)
{
	struct cursor whole;

	return take(piece, &whole) == FAULT_NONE && !whole.at;
}

static void expect_whole(struct cursor whole, int family)
{
	struct ip_datagram ip;

	cr_assert_eq(ip_decode(whole, &ip), FAULT_NONE);
	cr_expect_eq(ip.protocol, 0x67);
	cr_expect_eq(ip.source.family, family);
	cr_expect_eq(ip.router_alert, family == AF_INET6);
	cr_assert_eq(cursor_left(&ip.payload), PAYLOAD);
	for (size_t i = 0; i < PAYLOAD; i++)
		cr_assert_eq(ip.payload.at[i], payload_byte(i), "byte %zu", i);
}

static const int families[] = {AF_INET, AF_INET6};

#define EACH_FAMILY(f) for (const int *f = families; f < families + 2; f++)

Test(reassembly, in_any_order)
{
	static const unsigned orders[][3] = {{0, 1, 2}, {2, 1, 0}, {1, 2, 0}, {2, 0, 1}};

	EACH_FAMILY(family)
	{
		struct piece pieces[] = {piece_at(*family, 0, 1480), piece_at(*family, 1480, 1480),
					 piece_at(*family, 2960, PAYLOAD - 2960)};

		for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++) {
			struct cursor whole;

			cr_expect(is_awaited(&pieces[orders[i][0]]));
			cr_expect(is_awaited(&pieces[orders[i][1]]));
			cr_assert_eq(take(&pieces[orders[i][2]], &whole), FAULT_NONE);
			expect_whole(whole, *family);
			cr_expect_eq(reassembly.count, 0);
			cr_expect_eq(reassembly.bytes, 0);
		}
	}
	cr_expect_eq(lost, 0);
}

Test(reassembly, what_is_no_fragment_is_itself)
{
	EACH_FAMILY(family)
	{
		static const uint8_t v4[20] = {0x45, [3] = 20}, v6[40] = {0x60, [6] = 0x67};
		struct cursor packet = *family == AF_INET ? cursor_over(v4, sizeof(v4))
							  : cursor_over(v6, sizeof(v6));
		struct cursor whole;

		cr_expect_eq(reassembly_take(&reassembly, LAN, packet, &whole), FAULT_NONE);
		cr_expect_eq(whole.at, packet.at);
		cr_expect_eq(whole.end, packet.end);
	}
	cr_expect_eq(reassembly.count, 0);
}

/* An atomic fragment (RFC 6946). */
Test(reassembly, atomic_fragment)
{
	struct piece piece = piece_at(AF_INET6, 0, PAYLOAD), other = piece_at(AF_INET6, 0, 1480);
	struct cursor whole;

	cr_expect(is_awaited(&other), "of the same identification");
	cr_assert_eq(take(&piece, &whole), FAULT_NONE);
	expect_whole(whole, AF_INET6);
}

Test(reassembly, copies_are_let_be)
{
	EACH_FAMILY(family)
	{
		struct piece first = piece_at(*family, 0, 1480),
			     last = piece_at(*family, 1480, PAYLOAD - 1480);
		struct cursor whole;

		cr_expect(is_awaited(&first));
		cr_expect(is_awaited(&first));
		cr_assert_eq(take(&last, &whole), FAULT_NONE);
		expect_whole(whole, *family);
	}
}

Test(reassembly, what_contradicts_ends_the_datagram)
{
	static const struct {
		const char *what;
		size_t offset, length;
		bool more;
		uint8_t fill;
	} rows[] = {
		{"other bytes in the same place", 0, 1480, true, 1},
		{"a part that overlaps", 8, 1480, true, 0},
		{"an end before what is there", 8, 16, false, 0},
		{"no whole units, and more to come", 1480, 13, true, 0},
		{"nothing, and more to come", 1480, 0, true, 0},
	};

	EACH_FAMILY(family)
	{
		for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
			struct piece first = piece_at(*family, 0, 1480), second = first;
			struct piece last = piece_at(*family, 1480, PAYLOAD - 1480);
			struct cursor whole;

			second.offset = rows[i].offset;
			second.length = rows[i].length;
			second.more = rows[i].more;
			second.fill = rows[i].fill;
			cr_expect(is_awaited(&first));
			cr_expect_eq(take(&second, &whole), FAULT_FRAGMENTS, "%s", rows[i].what);
			cr_expect_eq(whole.at, NULL);
			cr_expect_eq(reassembly.bytes, 0);
			cr_expect(is_awaited(&last), "what is left of it makes no datagram");
			cr_expect(is_awaited(&first));
			run_for(&timers, 31);
			cr_expect_eq(reassembly.count, 0);
			cr_expect_eq(lost, 0, "it is counted once");
		}
	}
}

Test(reassembly, two_ends)
{
	EACH_FAMILY(family)
	{
		struct piece last = piece_at(*family, 1480, PAYLOAD - 1480), other = last;
		struct cursor whole;

		other.offset = 2 * 1480;
		cr_expect(is_awaited(&last));
		cr_expect_eq(take(&other, &whole), FAULT_FRAGMENTS);
	}
}

Test(reassembly, longer_than_ip_can_be)
{
	EACH_FAMILY(family)
	{
		struct piece last = {.family = *family, .offset = 65528, .length = 1400};
		struct cursor whole;

		cr_expect_eq(take(&last, &whole), FAULT_OVERSIZED);
		cr_expect_eq(reassembly.count, 0);
	}
}

Test(reassembly, what_does_not_come_is_awaited_for_half_a_minute)
{
	EACH_FAMILY(family)
	{
		struct piece first = piece_at(*family, 0, 1480),
			     last = piece_at(*family, 1480, PAYLOAD - 1480);

		lost = 0;
		cr_expect(is_awaited(&first));
		run_for(&timers, 29);
		cr_expect_eq(reassembly.count, 1);
		run_for(&timers, 1.1);
		cr_expect_eq(reassembly.count, 0);
		cr_expect_eq(lost, 1);
		cr_expect(is_awaited(&last), "a datagram of its own now");
		run_for(&timers, 31);
	}
}

Test(reassembly, what_differs_is_of_another_datagram)
{
	EACH_FAMILY(family)
	{
		struct piece first = piece_at(*family, 0, 1480),
			     last = piece_at(*family, 1480, PAYLOAD - 1480), other = last;

		cr_expect(is_awaited(&first));
		other.id++;
		cr_expect(is_awaited(&other));
		other = last;
		other.sender++;
		cr_expect(is_awaited(&other));
		cr_expect_eq(reassembly.count, 3);
		teardown();
		setup();
	}
}

Test(reassembly, a_sender_loses_its_own_first)
{
	EACH_FAMILY(family)
	{
		struct piece honest = piece_at(*family, 0, 1480), piece = honest, last;
		struct cursor whole;

		lost = 0;
		cr_expect(is_awaited(&honest));
		piece.sender = 9;
		for (piece.id = 1; piece.id <= 1000; piece.id++)
			cr_expect(is_awaited(&piece));
		cr_expect_eq(reassembly.count, 1 + REASSEMBLY_SENDER_MAX);
		cr_expect_eq(lost, 1000 - REASSEMBLY_SENDER_MAX);
		last = piece_at(*family, 1480, PAYLOAD - 1480);
		cr_assert_eq(take(&last, &whole), FAULT_NONE);
		expect_whole(whole, *family);
		teardown();
		setup();
	}
}

Test(reassembly, memory_is_bounded)
{
	struct piece piece = {.family = AF_INET6, .offset = 60000, .length = 800, .more = true};

	for (unsigned i = 0; i < 1000; i++) {
		piece.sender = (uint8_t)i;
		piece.id = i;
		cr_expect(is_awaited(&piece));
		cr_assert_leq(reassembly.bytes, REASSEMBLY_BYTES_ALL);
		cr_assert_leq(reassembly.count, REASSEMBLY_MAX);
	}
	cr_expect_eq(lost + reassembly.count, 1000);
}
