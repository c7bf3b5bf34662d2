/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/ranking.h"

#include "addresses.h"

#define COUNT 1000

/* 7919 is prime to COUNT, so that all values differ. */
static double value_of(uint32_t id)
{
	return (double)(id * 7919 % COUNT);
}

static void offer_all(struct ranking *ranking, unsigned limit)
{
	ranking_begin(ranking, limit);
	for (uint32_t id = 0; id < COUNT; id++)
		ranking_offer(ranking,
			      &(struct rank){.key = {ranking_key_down(value_of(id))}, .id = id});
}

/* Taken from the last one to the first, they are those with the highest values. */
static void expect_highest(unsigned limit)
{
	unsigned expected = limit < COUNT ? limit : COUNT;
	struct ranking ranking;
	struct rank rank;

	offer_all(&ranking, limit);
	cr_expect_eq(ranking.count, expected);
	for (unsigned i = 0; i < expected; i++) {
		cr_assert(ranking_take_last(&ranking, &rank));
		cr_expect_eq(value_of(rank.id), COUNT - expected + i, "%u of %u", i, limit);
	}
	cr_expect_not(ranking_take_last(&ranking, &rank));
	ranking_end(&ranking);
}

Test(ranking, has_the_first_ones_in_their_order)
{
	expect_highest(0);
	expect_highest(1);
	expect_highest(2);
	expect_highest(37);
	expect_highest(COUNT);
	expect_highest(COUNT + 1);
}

Test(ranking, later_parts_of_the_key_decide_between_equals)
{
	struct ranking ranking;
	struct rank rank;

	ranking_begin(&ranking, 2);
	ranking_offer(&ranking, &(struct rank){.key = {5, 1, 3}, .id = 1});
	ranking_offer(&ranking, &(struct rank){.key = {5, 1, 2}, .id = 2});
	ranking_offer(&ranking, &(struct rank){.key = {5, 0, 9}, .id = 3});
	ranking_take_last(&ranking, &rank);
	cr_expect_eq(rank.id, 2);
	ranking_take_last(&ranking, &rank);
	cr_expect_eq(rank.id, 3);
	ranking_end(&ranking);
}

Test(ranking, addresses_come_in_their_order)
{
	static const char *const texts[] = {"9.255.0.1",  "10.0.0.2",    "10.0.1.1",
					    "192.0.2.10", "2001:db8::1", "2001:db8::100",
					    "fe80::1"};
	uint64_t before[2] = {0}, key[2];

	for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct addr one = address(texts[i]), back;

		ranking_key_address(&one, key);
		cr_expect(key[0] > before[0] || (key[0] == before[0] && key[1] > before[1]), "%s",
			  texts[i]);
		back = ranking_address(key);
		cr_expect(addr_equal(&one, &back));
		before[0] = key[0];
		before[1] = key[1];
	}
}

Test(ranking, rates_go_down)
{
	static const double rates[] = {1e12, 8e6, 1.5, 1, 0.25, 1e-9, 0};

	for (unsigned i = 1; i < sizeof(rates) / sizeof(rates[0]); i++)
		cr_expect_lt(ranking_key_down(rates[i - 1]), ranking_key_down(rates[i]));
}
