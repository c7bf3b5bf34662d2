/* SPDX-License-Identifier: BSD-2-Clause */
#include "links/guard.h"

/* 0, 1, 2, 4, ... seconds */
static usec_t wait_of(unsigned times)
{
	if (times <= 1)
		return 0;
	return times - 2 < 6 ? USEC_PER_SEC << (times - 2) : GUARD_WAIT_MAX;
}

void guard_count(struct guard *guard, usec_t now)
{
	if (guard->times && now - guard->last > GUARD_PEACE)
		guard->times = 0;
	guard->times++;
	guard->last = now;
	guard->next = now + wait_of(guard->times);
}

bool guard_may_try(const struct guard *guard, usec_t now)
{
	return now >= guard->next;
}

bool guard_is_news(const struct guard *guard)
{
	return (guard->times & (guard->times - 1)) == 0;
}
