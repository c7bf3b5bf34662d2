/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/checksum.h"
#include "samples.h"

Test(checksum, known_sums)
{
	static const struct {
		const char *what, *hex;
		uint16_t is;
	} cases[] = {
		{"nothing", "", 0xffff},
		{"zeros", "00000000", 0xffff},
		{"ones", "ffff", 0x0000},
		{"RFC 1071 section 3", "0001 f203 f4f5 f6f7", 0x220d},
		{"an odd byte is the upper one", "0001 f2", 0x0dfe},
		{"an odd byte that carries", "ffff ff", 0x00ff},
		{"carries that carry", "ffff ffff ffff 0001", 0xfffe},
		{"an IPv4 header", "45000073000040004011 0000 c0a80001c0a800c7", 0xb861},
	};

	EACH(i, cases)
	{
		struct cursor bytes = from_hex(cases[i].hex);
		uint16_t sum = checksum_fold(checksum_add(0, bytes.at, cursor_left(&bytes)));

		cr_expect_eq(sum, cases[i].is, "%s: %04x", cases[i].what, sum);
		exact_free(bytes);
	}
}

Test(checksum, a_right_sum_makes_zero)
{
	struct cursor bytes = from_hex("45000073000040004011b861c0a80001c0a800c7");

	cr_expect_eq(checksum_fold(checksum_add(0, bytes.at, cursor_left(&bytes))), 0);
	exact_free(bytes);
}

Test(checksum, pieces_add_up)
{
	uint8_t bytes[1001];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = i * 37;
	for (size_t cut = 0; cut <= sizeof(bytes); cut += 2) {
		uint32_t sum = checksum_add(0, bytes, cut);

		cr_expect_eq(checksum_fold(checksum_add(sum, bytes + cut, sizeof(bytes) - cut)),
			     checksum_fold(checksum_add(0, bytes, sizeof(bytes))), "cut at %zu",
			     cut);
	}
}

/* 256 KiB of ones overflow a sum that is not folded in between. */
Test(checksum, long_messages_do_not_overflow)
{
	static uint8_t bytes[262144];

	memset(bytes, 0xff, sizeof(bytes));
	cr_expect_eq(checksum_fold(checksum_add(0xffffu, bytes, sizeof(bytes))), 0);
}

static uint16_t udp_sum(const char *name)
{
	struct cursor datagram = sample_datagram(name, 0);
	struct ip_datagram ip;
	uint32_t sum;

	cr_assert_eq(ip_decode(datagram, &ip), FAULT_NONE, "%s", name);
	sum = checksum_pseudo(&ip.source, &ip.destination, 17, cursor_left(&ip.payload));
	sum = checksum_add(sum, ip.payload.at, cursor_left(&ip.payload));
	exact_free(datagram);
	return checksum_fold(sum);
}

Test(checksum, pseudo_headers_of_both_families)
{
	static const char *const names[] = {"amt-1-discovery-v4", "amt-1-discovery-v6",
					    "amt-4-query-v4-g", "amt-4-query-v6-over-v6-g"};

	EACH(i, names)
	cr_expect_eq(udp_sum(names[i]), 0, "%s", names[i]);
}

Test(checksum, a_pseudo_header_holds_the_whole_length)
{
	struct addr a = {.family = AF_INET6};

	cr_expect_eq(checksum_fold(checksum_pseudo(&a, &a, 0x10, 0x01020304)),
		     (uint16_t) ~(0x0102 + 0x0304 + 0x10));
}

Test(checksum, folding_carries_until_nothing_is_left)
{
	cr_expect_eq(checksum_fold(0x00010001), 0xfffd);
	cr_expect_eq(checksum_fold(0x0001ffff), 0xfffe);
	cr_expect_eq(checksum_fold(0xffffffff), 0x0000);
}
