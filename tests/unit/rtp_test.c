/* SPDX-License-Identifier: BSD-2-Clause */
#include "channel/rtp.h"

#include <criterion/criterion.h>

#define SSRC 0x12345678u

static void look_at(struct rtp *rtp, uint64_t packets, uint16_t sequence, uint32_t ssrc)
{
	struct rtp_packet last = {true, sequence, ssrc, packets};

	rtp_look(rtp, &last);
}

static void look(struct rtp *rtp, uint64_t packets, uint16_t sequence)
{
	look_at(rtp, packets, sequence, SSRC);
}

Test(rtp, nothing_is_known_before_the_second_look)
{
	struct rtp rtp = {0};

	look(&rtp, 1, 700);
	cr_assert(!rtp.is_rtp);
	look(&rtp, 2, 701);
	cr_assert(rtp.is_rtp);
	cr_assert_eq(rtp_lost(&rtp), 0);
}

Test(rtp, losses_add_up)
{
	struct rtp rtp = {0};

	look(&rtp, 1, 0);
	look(&rtp, 101, 105);
	cr_assert_eq(rtp_lost(&rtp), 5);
	look(&rtp, 201, 212);
	cr_assert_eq(rtp_lost(&rtp), 12);
}

Test(rtp, sequence_numbers_go_round_between_looks)
{
	struct rtp rtp = {0};

	look(&rtp, 10, 65530);
	look(&rtp, 20, 4);
	cr_assert_eq(rtp_lost(&rtp), 0);
	look(&rtp, 20 + 200000, (uint16_t)(4 + 200000 + 3));
	cr_assert_eq(rtp_lost(&rtp), 3);
}

/* Packets overtake each other. */
Test(rtp, what_seemed_lost_may_come_late)
{
	struct rtp rtp = {0};

	look(&rtp, 10, 10);
	look(&rtp, 19, 20);
	cr_assert_eq(rtp_lost(&rtp), 1);
	look(&rtp, 30, 30);
	cr_assert_eq(rtp_lost(&rtp), 0);
	look(&rtp, 41, 40);
	cr_assert_eq(rtp_lost(&rtp), 0, "a packet that came twice");
}

Test(rtp, a_look_without_packets_changes_nothing)
{
	struct rtp rtp = {0};

	look(&rtp, 10, 10);
	look(&rtp, 20, 21);
	look(&rtp, 20, 21);
	cr_assert(rtp.is_rtp);
	cr_assert_eq(rtp_lost(&rtp), 1);
}

Test(rtp, another_source_begins_anew)
{
	struct rtp rtp = {0};

	look(&rtp, 10, 10);
	look(&rtp, 20, 25);
	look_at(&rtp, 30, 9000, SSRC + 1);
	cr_assert(!rtp.is_rtp);
	look_at(&rtp, 40, 9011, SSRC + 1);
	cr_assert_eq(rtp_lost(&rtp), 1);
}

Test(rtp, a_source_that_starts_again_with_other_numbers_lost_nothing)
{
	struct rtp rtp = {0};

	look(&rtp, 10, 10);
	look(&rtp, 20, 20);
	look(&rtp, 30, 40000);
	cr_assert(!rtp.is_rtp);
	look(&rtp, 40, 40010);
	cr_assert_eq(rtp_lost(&rtp), 0);
}

Test(rtp, other_payload_is_not_taken_for_rtp)
{
	struct rtp rtp = {0};

	for (unsigned i = 1; i < 3; i++) {
		struct rtp_packet mpeg_ts = {false, 0x10, SSRC, i * 10};

		rtp_look(&rtp, &mpeg_ts);
	}
	cr_assert(!rtp.is_rtp);
	for (unsigned i = 1; i < 100; i++) { /* version 2 by chance, random numbers */
		look(&rtp, 20 + i * 100, (uint16_t)(i * 40503u));
		cr_assert(!rtp.is_rtp);
	}
}

Test(rtp, counters_that_go_back_begin_anew)
{
	struct rtp rtp = {0};

	look(&rtp, 1000, 10);
	look(&rtp, 1010, 25);
	look(&rtp, 3, 28);
	cr_assert(!rtp.is_rtp);
	cr_assert_eq(rtp_lost(&rtp), 0);
}
