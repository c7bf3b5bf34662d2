/* SPDX-License-Identifier: BSD-2-Clause */
#include "links/guard.h"

#include <criterion/criterion.h>

Test(guard, first_time_at_once)
{
	struct guard guard = {0};

	cr_expect(guard_may_try(&guard, 7));
	guard_count(&guard, 7);
	cr_expect(guard_may_try(&guard, 7));
	cr_expect(guard_is_news(&guard));
}

Test(guard, ever_later_and_with_ever_fewer_lines)
{
	static const unsigned waits[] = {0, 1, 2, 4, 8, 16, 32, 60, 60, 60};
	struct guard guard = {0};
	usec_t now = USEC_PER_SEC;

	for (size_t i = 0; i < sizeof(waits) / sizeof(*waits); i++) {
		usec_t wait = waits[i] * USEC_PER_SEC;

		guard_count(&guard, now);
		cr_expect_eq(guard_is_news(&guard), i == 0 || i == 1 || i == 3 || i == 7, "%zu", i);
		cr_expect(!wait || !guard_may_try(&guard, now + wait - 1), "%zu", i);
		cr_expect(guard_may_try(&guard, now + wait), "%zu", i);
		now += wait;
	}
}

Test(guard, a_day_of_it_has_few_lines)
{
	struct guard guard = {0};
	unsigned lines = 0, attempts = 0;

	for (usec_t now = 1; now < 86400 * USEC_PER_SEC; now += USEC_PER_SEC) {
		if (!guard_may_try(&guard, now))
			continue;
		guard_count(&guard, now); /* attached, and taken away at once */
		attempts++;
		lines += guard_is_news(&guard);
	}
	cr_expect_lt(attempts, 1500);
	cr_expect_lt(lines, 12);
}

Test(guard, forgets_in_peace)
{
	struct guard guard = {0};

	for (unsigned i = 0; i < 5; i++)
		guard_count(&guard, USEC_PER_SEC);
	guard_count(&guard, USEC_PER_SEC + GUARD_PEACE + 1);
	cr_expect(guard_may_try(&guard, USEC_PER_SEC + GUARD_PEACE + 1));
	cr_expect(guard_is_news(&guard));
}
