/* SPDX-License-Identifier: BSD-2-Clause */
/* The daemon was away: routers and hosts of the LANs are told, and asked, as at the start. */
#include "lan_lab.h"
#include "membership/encode.h"

TestSuite(lan_return, .init = lab_begin, .fini = lab_end);

static uint32_t generation_id(int family)
{
	return lan_pim_of(&lab.lans.list[0], family)->interface.generation_id;
}

Test(lan_return, routers_see_new_generation_ids_and_hosts_a_query)
{
	uint32_t before[2];

	lab_start(true);
	before[0] = generation_id(AF_INET);
	before[1] = generation_id(AF_INET6);
	lans_return(&lab.lans);
	cr_expect_str_eq(lab_events(), "query=10.0.0.5 query=fe80::5 hello=10.0.0.5+10.0.1.5 "
				       "hello=10.0.0.5+10.0.1.5 hello=fe80::5+2001:db8:a::5 "
				       "hello=fe80::5+2001:db8:a::5 hello=10.1.0.5 hello=10.1.0.5 "
				       "hello=fe80::1:5 hello=fe80::1:5");
	cr_expect_neq(generation_id(AF_INET), before[0]);
	cr_expect_neq(generation_id(AF_INET6), before[1]);
	run_for(&lab.timers, 32); /* a quarter of the query interval */
	cr_expect(strstr(lab_events(), "query=10.0.0.5"));
}

FAMILY_TEST(lan_return, what_was_joined_stays_joined)
{
	lab_start(true);
	lab_hello(0, is->router);
	lab_join(0, is->router, is->source, is->group);
	lans_return(&lab.lans);
	cr_expect_eq(lab_joined_on(is), 1);
	run_for(&lab.timers, HELD - 1);
	cr_expect_eq(lab_joined_on(is), 1);
	run_for(&lab.timers, 2);
	cr_expect_eq(lab_joined_on(is), 0, "the Holdtime has ended");
}

/* The querier of the LAN asks, and we listen. */
Test(lan_return, who_is_no_querier_does_not_ask)
{
	uint8_t bytes[MEMBERSHIP_QUERY_MAX];
	struct membership_question question = {.from = address("10.0.0.2"),
					       .group = {.family = AF_INET},
					       .max_response_ms = 10000,
					       .robustness = 2,
					       .query_interval = 125};
	struct writer w;

	lab_start(true);
	membership_query_begin(&w, &question, bytes, sizeof(bytes));
	lans_observed_hosts(&lab.lans, 10, lab.timers.now,
			    cursor_over(bytes, membership_query_end(&w, &question)));
	cr_assert(!membership_is_querier(&lab.lans.list[0].igmp.querier));
	lab_events();
	lans_return(&lab.lans);
	cr_expect_null(strstr(lab_events(), "query=10.0.0.5"));
}
