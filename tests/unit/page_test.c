/* SPDX-License-Identifier: BSD-2-Clause */
/* What the page's server answers, to whom, and in how many turns. */
#include "page_lab.h"

#include <unistd.h>

TestSuite(page, .init = page_begin, .fini = page_end);

static unsigned status_of(const char *path, const char *host)
{
	struct http_request request = {.host = host};

	page_ask(&request, path);
	while (!request.status)
		cr_assert(timers_run_one(&lab.timers, lab.timers.now));
	free(request.body);
	return request.status;
}

Test(page, only_by_a_name_of_ours)
{
	char own[256];

	gethostname(own, sizeof(own));
	req.config.metrics.names[0] = strdup("box.example.net");
	req.config.metrics.name_count = 1;
	cr_expect_eq(status_of("/", NULL), 200);
	cr_expect_eq(status_of("/", "192.0.2.1:9268"), 200);
	cr_expect_eq(status_of("/", "[2001:db8::1]:9268"), 200);
	cr_expect_eq(status_of("/", "[::1]"), 200);
	cr_expect_eq(status_of("/", "localhost:9268"), 200);
	cr_expect_eq(status_of("/api/status", "Box.Example.Net:80"), 200);
	cr_expect_eq(status_of("/", own), 200);
	cr_expect_eq(status_of("/", "evil.example"), 421);
	cr_expect_eq(status_of("/page.js", "box.example.net.evil.example"), 421);
	cr_expect_eq(status_of("/api/status", "box.example.net:x"), 421);
	cr_expect_eq(status_of("/api/status", "[::1"), 421);
	cr_expect_eq(status_of("/api/status", ""), 421);
	cr_expect_eq(status_of("/metrics", "evil.example"), 200);
	free(req.config.metrics.names[0]);
	req.config.metrics.name_count = 0;
}

Test(page, there_is_nothing_else)
{
	cr_expect_eq(status_of("/index.html", NULL), 404);
	cr_expect_eq(status_of("/api", NULL), 404);
	cr_expect_eq(status_of("/api/restart", NULL), 404);
	cr_expect_eq(status_of("/page.css", NULL), 200);
	req.config.metrics.page = false;
	cr_expect_eq(status_of("/", NULL), 404);
	cr_expect_eq(status_of("/api/status", NULL), 404);
	cr_expect_eq(status_of("/metrics", NULL), 200);
}

Test(page, files_say_what_a_browser_may_do)
{
	struct http_request answer = page_get("/", NULL);
	bool found = false;

	for (unsigned i = 0; i < answer.header_count; i++)
		if (!strcmp(answer.headers[2 * i], "Content-Security-Policy"))
			found = !strncmp(answer.headers[2 * i + 1], "default-src 'none';", 19);
	cr_expect(found);
	cr_expect_str_eq(answer.type, "text/html; charset=utf-8");
	cr_expect(!strncmp(answer.body, "<!doctype html>", 15));
	free(answer.body);
}

/* Views */

/* What several ask for within a second is made once. */
Test(page, views_are_made_once_a_second)
{
	json_t *first = page_json("/api/status", NULL), *second;

	fwd_join(SOURCE, GROUP);
	second = page_json("/api/status", NULL);
	cr_expect(json_equal(first, second));
	json_decref(second);
	lab_run(1);
	second = page_json("/api/status", NULL);
	expect_count_at(second, "channels.joined", 1);
	json_decref(first);
	json_decref(second);
}

Test(page, joins_the_latest_first)
{
	json_t *view;

	fwd_join(SOURCE, GROUP);
	lab_run(0.5);
	fwd_join(SOURCE6, GROUP6);
	channel_table_unwant(&lab.paths.channels, &(struct sg){address(SOURCE), address(GROUP)}, 0);
	lab_run(lab.paths.channels.linger / (double)USEC_PER_SEC + 1);
	view = page_json("/api/joins", NULL);
	cr_expect_eq(json_array_size(json_object_get(view, "joins")), 2);
	expect_at(view, "joins.0.source", "'2001:db8:5::10'");
	expect_at(view, "joins.0.state", "'joined'");
	expect_at(view, "joins.0.relay", "'203.0.113.1'");
	expect_at(view, "joins.1.state", "'closed'");
	expect_at(view, "joins.1.trace.update_sent", "0.0");
	expect_at(view, "joins.1.relay", "null");
	json_decref(view);
}

/* Channels */

static void join_many(unsigned count)
{
	char group[ADDR_TEXT];

	for (unsigned i = 0; i < count; i++) {
		struct channel *channel;

		snprintf(group, sizeof(group), "232.1.%u.%u", i / 250, i % 250);
		channel = fwd_join(SOURCE, group);
		channel->meter.rate.bits_per_s = i * 7919 % 1000;
	}
}

static json_t *rows_of(const char *order, const char *filter, const char *offset)
{
	const char *const arguments[] = {"order", order, "filter", filter, "offset", offset, NULL};

	return page_json("/api/channels", arguments);
}

static double rate_at(const json_t *view, size_t i)
{
	return json_number_value(json_object_get(
		json_array_get(json_object_get(view, "channels"), i), "bits_per_s"));
}

Test(page, channels_by_rate_in_pages)
{
	char offset[8];

	join_many(1000);
	for (unsigned from = 0; from < 1000; from += 50) {
		json_t *view;

		snprintf(offset, sizeof(offset), "%u", from);
		view = rows_of("rate", "", offset);
		cr_expect_eq(json_array_size(json_object_get(view, "channels")), 50);
		for (unsigned i = 0; i < 50; i++)
			cr_expect_eq(rate_at(view, i), 999 - from - i, "%u", from + i);
		expect_count_at(view, "matching", 1000);
		expect_count_at(view, "of", 1000);
		expect_count_at(view, "offset", from);
		json_decref(view);
	}
}

Test(page, channels_that_pass_a_filter)
{
	json_t *view;

	join_many(300);
	view = rows_of("group", "232.1.1.", "0");
	expect_count_at(view, "matching", 50);
	expect_at(view, "channels.0.group", "'232.1.1.0'");
	expect_at(view, "channels.49.group", "'232.1.1.49'");
	json_decref(view);
	view = rows_of("group", "JOINED", "299");
	expect_count_at(view, "matching", 300);
	cr_expect_eq(json_array_size(json_object_get(view, "channels")), 1);
	json_decref(view);
	view = rows_of("group", "203.0.113.1", "0");
	expect_count_at(view, "matching", 300);
	json_decref(view);
	view = rows_of("group", "nothing", "0");
	expect_json(view, "{'channels':[],'offset':0,'matching':0,'of':300}");
}

Test(page, failed_channels_come_first_in_each_order)
{
	static const char *const orders[] = {"rate", "loss", "age", "source", "group", "what?"};
	struct channel *failed;

	join_many(20);
	failed = fwd_join(SOURCE, "232.1.0.250");
	channel_change_state(failed, CHANNEL_FAILED, "test");
	for (unsigned i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		json_t *view = rows_of(orders[i], "", "0");

		expect_at(view, "channels.0.state", "'failed'");
		json_decref(view);
	}
}

/* No turn looks at more than some channels, or writes more than some rows. */
Test(page, long_lists_take_many_turns)
{
	struct http_request request = {0};
	unsigned turns = 0;

	join_many(LAB_SLOTS - 48);
	page_ask(&request, "/api/channels");
	for (; !request.status; turns++)
		cr_assert(timers_run_one(&lab.timers, lab.timers.now));
	cr_expect_geq(turns, 2000 / 1024 + 50 / 16);
	free(request.body);
}

/* Channels end between the turns of an answer. */
Test(page, channels_that_end_meanwhile)
{
	struct http_request request = {.arguments = {"limit", "100"}};
	struct channel *channel, *next;
	json_t *view;

	join_many(100);
	page_ask(&request, "/api/channels");
	cr_assert(timers_run_one(&lab.timers, lab.timers.now));
	cr_assert(timers_run_one(&lab.timers, lab.timers.now));
	HASH_ITER (hh, lab.paths.channels.by_sg, channel, next)
		channel_table_unwant(&lab.paths.channels, &channel->sg, 0);
	lab_run(lab.paths.channels.linger / (double)USEC_PER_SEC + 1);
	cr_assert(request.status);
	view = json_loads(request.body, 0, NULL);
	cr_assert(view);
	json_decref(view);
	free(request.body);
}

/* Tunnels */

Test(page, relays)
{
	json_t *view;

	fwd_join(SOURCE, GROUP);
	view = page_json("/api/tunnels", NULL);
	expect_at(view, "tunnels.0.relay", "'203.0.113.1'");
	expect_count_at(view, "tunnels.0.channels", 1);
	expect_at(view, "held_down", "[]");
	expect_count_at(view, "of", 1);
	json_decref(view);
}

/* The doctor */

static const char *verdict_at(const json_t *view, const char *hop)
{
	const json_t *check;
	size_t i;

	json_array_foreach (json_object_get(view, "checks"), i, check)
		if (!strcmp(json_string_value(json_object_get(check, "hop")), hop) &&
		    strcmp(json_string_value(json_object_get(check, "verdict")), "ok") != 0)
			return json_string_value(json_object_get(check, "what"));
	return "";
}

Test(page, the_doctor_compares_two_looks)
{
	json_t *view;

	fwd_join(SOURCE, GROUP);
	req.drops[MCI_DROP_TTL] = 100;
	view = page_json("/api/doctor", NULL);
	cr_expect_str_eq(verdict_at(view, "source"), "");
	json_decref(view);
	req.drops[MCI_DROP_TTL] = 107;
	lab_run(3);
	view = page_json("/api/doctor", NULL);
	cr_expect_str_eq(verdict_at(view, "source"),
			 "7 packets dropped while we looked: their TTL ends here");
	json_decref(view);
	req.drops[MCI_DROP_TTL] = 200;
	lab_run(100);
	view = page_json("/api/doctor", NULL);
	cr_expect_not(strstr(verdict_at(view, "source"), "dropped"), "old news: %s",
		      verdict_at(view, "source"));
	json_decref(view);
}

Test(page, several_that_ask_the_doctor_get_one_answer)
{
	struct http_request requests[3] = {0};

	for (unsigned i = 0; i < 3; i++)
		page_ask(&requests[i], "/api/doctor");
	while (!requests[0].status)
		cr_assert(timers_run_one(&lab.timers, lab.timers.now));
	for (unsigned i = 0; i < 3; i++) {
		cr_assert_eq(requests[i].status, 200);
		cr_expect_str_eq(requests[i].body, requests[0].body);
	}
	for (unsigned i = 0; i < 3; i++)
		free(requests[i].body);
}

Test(page, the_doctor_without_counters)
{
	json_t *view;

	req.drops_error = "no permission";
	view = page_json("/api/doctor", NULL);
	cr_expect(json_is_true(json_object_get(view, "ok")) ||
		  json_is_false(json_object_get(view, "ok")));
	json_decref(view);
}

/* Metrics */

Test(page, metrics_in_turns)
{
	struct http_request answer;

	join_many(10);
	answer = page_get("/metrics", NULL);
	cr_expect_eq(answer.status, 200);
	cr_expect(strstr(answer.body, "\nmcingest_channels{state=\"joined\"} 10\n"));
	cr_expect(strstr(answer.body, "\nmcingest_tunnels{state=\"active\"} 1\n"));
	cr_expect(strstr(answer.body, "\nmcingest_tunnel_channels{relay=\"203.0.113.1\"} 10\n"));
	cr_expect(strstr(answer.body, "\nmcingest_channel_packets_total{"));
	free(answer.body);
}

/* It ends with requests under way. */
Test(page, ends_at_any_time)
{
	static struct http_request requests[4];

	join_many(100);
	page_ask(&requests[0], "/api/channels");
	page_ask(&requests[1], "/api/doctor");
	page_ask(&requests[2], "/api/tunnels");
	page_ask(&requests[3], "/metrics");
	timers_run_one(&lab.timers, lab.timers.now);
}
