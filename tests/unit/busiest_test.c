/* SPDX-License-Identifier: BSD-2-Clause */
#include "metrics/busiest.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static bool has(const struct busiest *busiest, uint32_t slot)
{
	for (unsigned i = 0; i < busiest->count; i++)
		if (busiest->slots[i] == slot)
			return true;
	return false;
}

/* The rate of slot i; 7919 is prime to 1000, so that all rates differ. */
static double rate(uint32_t i)
{
	return i * 7919 % 1000;
}

Test(busiest, are_those_with_the_highest_rates)
{
	struct busiest busiest = {.limit = 37};

	for (uint32_t i = 0; i < 1000; i++)
		busiest_offer(&busiest, i, rate(i));
	cr_assert_eq(busiest.count, 37);
	for (uint32_t i = 0; i < 1000; i++)
		cr_expect_eq(has(&busiest, i), rate(i) >= 1000 - 37, "slot %u", i);
}

Test(busiest, are_all_if_there_is_room)
{
	struct busiest busiest = {.limit = 3};

	busiest_offer(&busiest, 5, 0);
	busiest_offer(&busiest, 6, 0);
	cr_expect_eq(busiest.count, 2);
	cr_expect(has(&busiest, 5) && has(&busiest, 6));
}

Test(busiest, are_none_without_a_limit)
{
	struct busiest busiest = {0};

	busiest_offer(&busiest, 5, 1);
	cr_expect_eq(busiest.count, 0);
}
