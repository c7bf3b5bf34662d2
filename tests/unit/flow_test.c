/* SPDX-License-Identifier: BSD-2-Clause */
#include "channel/flow.h"

#include <criterion/criterion.h>

static struct flow flow;
static usec_t now;

static void begin(void)
{
	flow = (struct flow){0};
	now = 1000 * USEC_PER_SEC;
}

TestSuite(flow, .init = begin);

static enum flow_state look(usec_t last)
{
	now += FLOW_INTERVAL;
	return flow_look(&flow, now, last);
}

/* Looks at the flow several times, each time right after a packet. */
static void flows_for(unsigned looks)
{
	while (looks--)
		cr_assert_eq(look(now + FLOW_INTERVAL - 1000), FLOW_FLOWS);
}

Test(flow, a_steady_one_is_missed_after_a_second)
{
	usec_t last;

	flows_for(4);
	last = flow.last;
	cr_expect_eq(look(last), FLOW_UNKNOWN);
	cr_expect_eq(look(last), FLOW_STOPPED);
	cr_expect_eq(look(now), FLOW_FLOWS);
}

Test(flow, one_that_has_just_begun_is_not)
{
	usec_t last;

	flows_for(3);
	last = flow.last;
	for (unsigned i = 0; i < 19; i++)
		cr_expect_eq(look(last), FLOW_UNKNOWN);
	cr_expect_eq(look(last), FLOW_STOPPED);
	cr_expect_eq(look(last), FLOW_STOPPED, "again and again");
}

Test(flow, a_slow_one_has_ten_seconds)
{
	for (unsigned packet = 0; packet < 10; packet++) {
		usec_t last = now;

		cr_expect_eq(look(last), FLOW_FLOWS);
		for (unsigned i = 0; i < 10; i++)
			cr_expect_eq(look(last), FLOW_UNKNOWN);
	}
}

Test(flow, none_yet_and_one_of_long_ago_are_no_flow)
{
	cr_expect_eq(look(0), FLOW_UNKNOWN);
	cr_expect_eq(look(now - 60 * USEC_PER_SEC), FLOW_UNKNOWN);
	cr_expect_eq(look(now - 60 * USEC_PER_SEC - FLOW_INTERVAL), FLOW_STOPPED);
}
