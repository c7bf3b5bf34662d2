/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of the daemon's types as JSON, and the counters. */
#include "control/values.h"
#include "control/view_counters.h"
#include "dataplane/dataplane.h"
#include "views.h"

#include <time.h>

Test(control_values, addresses)
{
	struct addr addrs[] = {address("10.0.0.1"), {0}, address("fe80::1")};

	expect_json(view_addr(NULL), "null");
	expect_json(view_addrs(addrs, 3), "['10.0.0.1',null,'fe80::1']");
	expect_json(view_addrs(NULL, 0), "[]");
}

Test(control_values, what_is_not_known_is_null)
{
	expect_json(view_if(true, 0), "0");
	expect_json(view_if(false, 7), "null");
}

Test(control_values, rates_are_rounded_to_a_tenth)
{
	static const struct {
		double rate;
		const char *text;
	} rows[] = {{0, "0.0"}, {0.04, "0.0"}, {0.06, "0.1"}, {1000.26, "1000.3"}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_json(view_rate(rows[i].rate), rows[i].text);
}

static void nothing(struct timer *timer)
{
	(void)timer;
}

Test(control_values, seconds_left_of_a_timer)
{
	struct timers timers = {.now = NOW};
	struct timer timer = {.fn = nothing};

	expect_json(view_seconds_left(&timers, &timer), "null");
	timer_start(&timers, &timer, 1234567);
	expect_json(view_seconds_left(&timers, &timer), "1.234");
	timers_free(&timers);
}

Test(control_values, a_moment_is_a_time_of_day)
{
	json_t *view = view_time(NOW - 90 * USEC_PER_SEC, NOW);
	struct tm utc = {0};
	time_t now = time(NULL);

	cr_assert_str_empty(strptime(json_string_value(view), "%Y-%m-%dT%H:%M:%SZ", &utc));
	cr_expect_leq(labs((long)(now - 90 - timegm(&utc))), 2);
	json_decref(view);
}

Test(control_values, members)
{
	json_t *view = json_object();

	put_text(view, "text", "a \"b\"");
	put_text(view, "none", NULL);
	put_text(view, "not_utf8", "\xff");
	put_count(view, "count", 1ull << 40);
	put_bool(view, "yes", true);
	put_real(view, "real", 21.4);
	put_null(view, "nothing");
	put(view, "list", json_array());
	cr_expect_eq(json_object_size(view), 8);
	expect_json(view, "{'text':'a \\'b\\'','none':null,'not_utf8':null,'count':1099511627776,"
			  "'yes':true,'real':21.4,'nothing':null,'list':[]}");
}

/* Counters */

Test(control_values, each_reason_of_a_drop)
{
	uint64_t drops[MCI_DROP_COUNT];
	json_t *view;

	for (int i = 0; i < MCI_DROP_COUNT; i++)
		drops[i] = 100 + i;
	view = view_drops(drops);
	cr_expect_eq(json_object_size(view), MCI_DROP_COUNT);
	for (int i = 0; i < MCI_DROP_COUNT; i++)
		cr_expect_eq(json_integer_value(json_object_get(view, dataplane_drop_name(i))),
			     100 + i);
	json_decref(view);
}

Test(control_values, each_fault_of_each_protocol)
{
	uint64_t refused[PROTOCOL_COUNT][FAULT_COUNT] = {0};
	json_t *view;

	refused[PROTOCOL_AMT][FAULT_NONCE] = 7;
	view = view_refused(refused);
	cr_expect_eq(json_object_size(view), PROTOCOL_COUNT);
	cr_expect_eq(json_object_size(json_object_get(view, "pim")), FAULT_COUNT - 1);
	cr_expect_eq(json_integer_value(json_object_get(json_object_get(view, "amt"), "nonce")), 7);
	json_decref(view);
}

static void expect_unseen(uint64_t received, uint64_t counted, json_int_t unseen)
{
	struct slow_path slow = {.received = received - 1, .lost = 1, .forwarded.packets = 3};
	struct view_slow_parts parts = {.slow = &slow};
	json_t *view;

	slow.meter.rate.packets_per_s = 1.5;
	parts.left.slow[0] = counted;
	view = view_slow(&parts);
	cr_expect_eq(json_object_size(view), 3 + MCI_SLOW_COUNT);
	cr_expect_eq(json_integer_value(json_object_get(view, "packets")), 3);
	cr_expect_eq(json_real_value(json_object_get(view, "packets_per_s")), 1.5);
	cr_expect_eq(json_integer_value(json_object_get(view, "unseen")), unseen);
	cr_expect_eq(json_integer_value(json_object_get(view, dataplane_slow_name(0))),
		     (json_int_t)counted);
	json_decref(view);
}

Test(control_values, packets_that_no_program_has_seen)
{
	expect_unseen(10, 4, 6);
	expect_unseen(4, 4, 0);
	expect_unseen(3, 4, 0); /* counted by a program, and still on their way to the daemon */
}
