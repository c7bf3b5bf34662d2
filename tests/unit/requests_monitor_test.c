/* SPDX-License-Identifier: BSD-2-Clause */
/* `monitor`: what clients are told of, and what becomes of one that does not read. */
#include "base/log.h"
#include "requests_forward_lab.h"

static struct control_client clients[9];

static void begin(void)
{
	memset(clients, 0, sizeof(clients));
	req_begin_on_forward();
	log_set_level(LOG_LEVEL_ERROR);
}

static void end(void)
{
	for (size_t i = 0; i < sizeof(clients) / sizeof(clients[0]); i++) {
		requests_gone(&req.requests, &clients[i]);
		json_decref(clients[i].lines);
		json_decref(clients[i].reply);
	}
	req_end_on_forward();
}

TestSuite(requests_monitor, .init = begin, .fini = end);

static const char *of_last_line(unsigned client, const char *key)
{
	size_t count = json_array_size(clients[client].lines);

	return json_string_value(
		json_object_get(json_array_get(clients[client].lines, count - 1), key));
}

static size_t lines(unsigned client)
{
	return json_array_size(clients[client].lines);
}

static void happen(void)
{
	struct sg sg = channel("192.0.2.10", "232.1.1.1");

	log_event(LOG_LEVEL_NOTICE, log_about(.message = LOG_JOIN, .sg = &sg, .interface = "lan0"),
		  "it happens");
}

Test(requests_monitor, nobody_is_told_before_it_begins)
{
	happen();
	req_ask(&clients[0], "{'command':'monitor'}");
	cr_assert_eq(lines(0), 1);
	cr_expect_str_eq(of_last_line(0, "event"), "begin");
	cr_expect_not_null(of_last_line(0, "version"));
}

Test(requests_monitor, an_event_with_its_fields)
{
	req_ask(&clients[0], "{'command':'monitor'}");
	happen();
	cr_assert_eq(lines(0), 2);
	cr_expect_str_eq(of_last_line(0, "event"), "join");
	cr_expect_str_eq(of_last_line(0, "level"), "notice");
	cr_expect_str_eq(of_last_line(0, "source"), "192.0.2.10");
	cr_expect_str_eq(of_last_line(0, "group"), "232.1.1.1");
	cr_expect_str_eq(of_last_line(0, "interface"), "lan0");
	cr_expect_null(of_last_line(0, "relay"));
	cr_expect_str_eq(of_last_line(0, "text"), "it happens");
	cr_expect_eq(strlen(of_last_line(0, "time")), strlen("2026-11-27T02:21:34.123Z"));
}

/* However many there are in a second: the log's limits are not for those who ask. */
Test(requests_monitor, every_event)
{
	req_ask(&clients[0], "{'command':'monitor'}");
	for (int i = 0; i < 1000; i++)
		happen();
	cr_expect_eq(lines(0), 1001);
}

Test(requests_monitor, one_that_does_not_read_is_told_how_many_it_has_missed)
{
	req_ask(&clients[0], "{'command':'monitor'}");
	req_ask(&clients[1], "{'command':'monitor'}");
	clients[0].is_full = true;
	happen();
	happen();
	cr_expect_eq(lines(0), 1);
	cr_expect_eq(lines(1), 3);
	clients[0].is_full = false;
	happen();
	cr_assert_eq(lines(0), 3);
	expect_json(json_incref(json_object_get(json_array_get(clients[0].lines, 1), "events")),
		    "2");
	cr_expect_str_eq(of_last_line(0, "event"), "join");
}

Test(requests_monitor, one_that_goes_is_told_no_more)
{
	req_ask(&clients[0], "{'command':'monitor'}");
	requests_gone(&req.requests, &clients[0]);
	happen();
	cr_expect_eq(lines(0), 1);
	cr_expect_null(req.requests.monitors);
}

Test(requests_monitor, there_are_places_for_eight)
{
	for (int i = 0; i < 9; i++)
		req_ask(&clients[i], "{'command':'monitor'}");
	cr_expect(clients[7].streams);
	cr_expect_not(clients[8].streams);
	expect_at(clients[8].reply, "error", "'8 others monitor already: more are not served'");
}
