/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/bucket.h"

#include <criterion/criterion.h>

static unsigned take_all(struct bucket *bucket, usec_t now)
{
	unsigned taken = 0;

	while (bucket_take(bucket, 1, now))
		taken++;
	return taken;
}

Test(bucket, a_tenth_at_once_then_its_rate)
{
	struct bucket bucket = bucket_new(1000, 5 * USEC_PER_SEC);
	usec_t now = 5 * USEC_PER_SEC;
	unsigned taken = 0;

	cr_expect_eq(take_all(&bucket, now), 100);
	for (int i = 0; i < 100000; i++, now += 100)
		taken += bucket_take(&bucket, 1, now);
	cr_expect(taken >= 9999 && taken <= 10000, "%u in ten seconds", taken);
	cr_expect_eq(take_all(&bucket, now + 3600 * USEC_PER_SEC), 100, "no more is kept");
}

Test(bucket, all_or_none)
{
	struct bucket bucket = bucket_new(1000, 0);

	cr_expect_not(bucket_take(&bucket, 101, 0));
	cr_expect(bucket_take(&bucket, 60, 0));
	cr_expect_not(bucket_take(&bucket, 41, 0));
	cr_expect(bucket_take(&bucket, 40, 0));
}
