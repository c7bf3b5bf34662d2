/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/descriptors.h"

#include <criterion/criterion.h>
#include <sys/resource.h>

static struct rlimit limit;
static unsigned long most;

static void limit_to(rlim_t soft)
{
	cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = soft;
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

Test(descriptors, the_limit_is_raised)
{
	limit_to(256);
	cr_assert(descriptors_allow(700, &most));
	cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	cr_assert_eq(limit.rlim_cur, 700);
}

Test(descriptors, it_is_not_lowered)
{
	limit_to(700);
	cr_assert(descriptors_allow(256, &most));
	cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	cr_assert_eq(limit.rlim_cur, 700);
}

/* More than the kernel gives anybody: fs.nr_open. */
Test(descriptors, what_cannot_be_had_is_told)
{
	limit_to(256);
	cr_assert_not(descriptors_allow(1ul << 32, &most));
	cr_assert_eq(most, limit.rlim_max);
	cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	cr_assert_eq(limit.rlim_cur, most);
}
