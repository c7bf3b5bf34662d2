/* SPDX-License-Identifier: BSD-2-Clause */
/* Ranges, and that values differ. In 400 draws from four values, one of them is missing once in
 * 10^49 runs. */
#include "base/random.h"
#include "samples.h"

#define DRAWS 400

Test(random, values_differ)
{
	uint32_t first = random_u32(), or = 0, and = UINT32_MAX;
	bool differs = false;

	for (unsigned i = 0; i < DRAWS; i++) {
		uint32_t value = random_nonzero_u32();

		cr_expect_neq(value, 0);
		differs |= value != first;
		or |= value;
		and &= value;
	}
	cr_expect(differs);
	cr_expect_eq(or, UINT32_MAX, "bits that are never set");
	cr_expect_eq(and, 0, "bits that are never clear");
}

/* Requests of all lengths, in an order in which they do not fit evenly into what is fetched. */
Test(random, no_bytes_are_given_twice)
{
	uint8_t bytes[256 + 1] = {0};
	uint64_t before = 0, head;

	for (size_t length = 8; length <= 256; length++) {
		unsigned zeros = 0;

		bytes[length] = 0xaa;
		random_fill(bytes, length);
		cr_assert_eq(bytes[length], 0xaa, "no byte beyond %zu", length);
		memcpy(&head, bytes, sizeof(head));
		cr_assert_neq(head, before);
		for (size_t i = 0; i < length; i++)
			zeros += !bytes[i];
		cr_assert_leq(zeros, 6 + length / 16, "%u of %zu are 0", zeros, length);
		before = head;
	}
}

Test(random, between_reaches_both_ends_and_no_further)
{
	unsigned seen[4] = {0};

	for (unsigned i = 0; i < DRAWS; i++) {
		usec_t value = random_between(7, 10);

		cr_assert(value >= 7 && value <= 10, "%lu", (unsigned long)value);
		seen[value - 7]++;
	}
	for (unsigned i = 0; i < 4; i++)
		cr_expect(seen[i], "%u never came", i + 7);
}

Test(random, between_of_nothing_is_the_least)
{
	cr_expect_eq(random_between(5, 5), 5);
	cr_expect_eq(random_between(5, 4), 5);
	cr_expect_eq(random_between(0, 0), 0);
}

Test(random, backoff_doubles_up_to_the_maximum)
{
	static const struct {
		unsigned retry;
		usec_t most; /* seconds */
	} cases[] = {{0, 1},   {1, 2},    {2, 4},    {6, 64},   {7, 120},
		     {8, 120}, {31, 120}, {32, 120}, {64, 120}, {UINT32_MAX, 120}};

	EACH(i, cases)
	{
		usec_t most = 0;

		for (unsigned draw = 0; draw < DRAWS; draw++) {
			usec_t wait =
				random_backoff(USEC_PER_SEC, 120 * USEC_PER_SEC, cases[i].retry);

			cr_assert_geq(wait, USEC_PER_SEC, "retry %u", cases[i].retry);
			cr_assert_leq(wait, cases[i].most * USEC_PER_SEC, "retry %u",
				      cases[i].retry);
			most = wait > most ? wait : most;
		}
		cr_expect_geq(most, cases[i].most * USEC_PER_SEC * 3 / 4,
			      "retry %u: the range is not used", cases[i].retry);
	}
}
