/* SPDX-License-Identifier: BSD-2-Clause */
/* What `mcingest top` shows of replies, as the text of its screen. */
#include "cli/top_view.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define ROWS    24
#define COLUMNS 80

static struct top_state state;
static struct canvas canvas;
static char *screen; /* lines without blanks at their ends */

static void end(void)
{
	top_free(&state);
	canvas_free(&canvas);
	free(screen);
}

TestSuite(top, .fini = end);

/* Replies; ' stands for " */

static json_t *json_of(const char *text)
{
	char *copy = strdup(text);
	json_t *object;

	for (char *at = copy; *at; at++)
		if (*at == '\'')
			*at = '"';
	object = json_loads(copy, 0, NULL);
	cr_assert(object, "%s", copy);
	free(copy);
	return object;
}

#define STATUS                                                                                     \
	"{'version':'1.2','uptime_s':65,'bits_per_s':1234567.0,'packets_per_s':99.5,"              \
	"'longest_stall_ms':2.5,'channels':{'discovering':0,'connecting':0,'joined':1,"            \
	"'receiving':2,'failed':1},'limits':{'channels':16384},'interfaces':["                     \
	"{'name':'lan0','role':'downstream','mode':'tc','neighbors':1,'dr':['10.0.0.2'],"          \
	"'refused':3},{'name':'wan0','role':'upstream','mode':null,'why':'no program'}]}"
#define TUNNELS                                                                                    \
	"{'tunnels':[{'relay':'203.0.113.15','channels':2,'round_trip_ms':12.3,"                   \
	"'igmp':{'state':'active','next_request_s':100.0},'mld':{'state':'idle'}}],"               \
	"'held_down':[{'relay':'203.0.113.9','reason':'relay does not answer','ends_s':90.0}]}"

static json_t *channel(const char *source, const char *group, const char *in_state, double rate,
		       json_int_t bytes)
{
	return json_pack("{s:s, s:s, s:s, s:f, s:I, s:I, s:s, s:s}", "source", source, "group",
			 group, "state", in_state, "bits_per_s", rate, "bytes", bytes, "rtp_lost",
			 (json_int_t)0, "since", "2026-11-27T00:00:00Z", "relay", "203.0.113.15");
}

static json_t *four_channels(json_int_t bytes)
{
	json_t *failed = channel("198.51.100.7", "232.9.9.9", "failed", 0, 0);

	json_object_set_new(failed, "reason", json_string("no AMTRELAY record for the source"));
	json_object_set_new(failed, "relay", json_null());
	return json_pack("{s:[o, o, o, o]}", "channels",
			 channel("192.0.2.10", "232.1.1.1", "receiving", 1000, bytes),
			 channel("192.0.2.9", "232.1.1.2", "receiving", 5e6, 3 * bytes),
			 channel("2001:db8:5::10", "ff3e::8000:1", "joined", 0, 0), failed);
}

static void take(double time, json_t *channels)
{
	top_take(&state, time, json_of(STATUS), json_of(TUNNELS), json_of("{'neighbors':[]}"),
		 channels);
}

/* The screen as text */

static void read_screen(void)
{
	size_t size;
	FILE *out;

	free(screen);
	out = open_memstream(&screen, &size);
	for (unsigned row = 0; row < canvas.rows; row++) {
		unsigned length = canvas.columns;

		while (length && canvas_at(&canvas, row, length - 1)->character == L' ')
			length--;
		for (unsigned column = 0; column < length; column++)
			fputc((int)canvas_at(&canvas, row, column)->character, out);
		fputc('\n', out);
	}
	fclose(out);
}

static void draw(unsigned rows, unsigned columns)
{
	canvas.ascii = true;
	canvas_begin(&canvas, rows, columns);
	if (state.detail)
		top_view_channel(&canvas, &state);
	else
		top_view(&canvas, &state);
	read_screen();
}

#define expect_on_screen(text) cr_expect(strstr(screen, text), "%s", screen)

static unsigned row_of(const char *text)
{
	const char *at = strstr(screen, text);
	unsigned row = 0;

	cr_assert(at, "there is no '%s':\n%s", text, screen);
	for (const char *c = screen; c < at; c++)
		row += *c == '\n';
	return row;
}

static void expect_order(const char *const texts[])
{
	for (size_t i = 1; texts[i]; i++)
		cr_expect_lt(row_of(texts[i - 1]), row_of(texts[i]), "%s before %s:\n%s",
			     texts[i - 1], texts[i], screen);
}

/* The box */

Test(top, the_box_and_its_lans_and_relays)
{
	take(100, four_channels(1000));
	draw(ROWS, COLUMNS);
	expect_on_screen("mcingestd 1.2  up 1m05s  1.2 Mb/s, 99.5 packets/s\n");
	expect_on_screen(
		"\nchannels  1 joined  2 receiving  1 failed  of 16384  longest wait 2.5 ms\n");
	expect_on_screen(
		"\nlan0             downstream  tc   1 neighbor  refused 3  DR 10.0.0.2\n");
	expect_on_screen("\nwan0             upstream    -    no program\n");
	expect_on_screen("\nrelay 203.0.113.9        held down for 1m30s: relay does not answer\n");
	expect_on_screen(
		"\nrelay 203.0.113.15       active      2 channels  RTT 12.3 ms  asks in 1m40s\n");
	expect_on_screen("\nq quit  / filter  s sort: rate  Enter one channel  arrows\n");
}

Test(top, before_any_channel)
{
	take(100, json_of("{'channels':[]}"));
	draw(ROWS, COLUMNS);
	expect_on_screen("\nNo router or host on a LAN has joined a channel.\n");
}

Test(top, what_is_missing_is_a_dash)
{
	top_take(&state, 1, json_of("{}"), json_of("{}"), json_of("{}"),
		 json_of("{'channels':[{},{'state':7}]}"));
	draw(ROWS, COLUMNS);
	expect_on_screen("mcingestd -  up -");
	expect_on_screen("\n-               -               -");
}

/* Texts of others cannot send anything to the terminal. */
Test(top, control_characters_are_replaced)
{
	take(100, json_of("{'channels':[{'source':'a','group':'b','state':'failed',"
			  "'reason':'x\\u001b[2Jy \\u00e9 z'}]}"));
	draw(ROWS, COLUMNS);
	expect_on_screen("x?[2Jy ?? z");
}

/* Channels */

Test(top, failed_channels_come_first_then_those_with_the_highest_rates)
{
	take(100, four_channels(1000));
	draw(ROWS, COLUMNS);
	expect_order((const char *const[]){"198.51.100.7", "192.0.2.9", "192.0.2.10",
					   "2001:db8:5::10", NULL});
	expect_on_screen("\n198.51.100.7    232.9.9.9       failed       no AMTRELAY record for the"
			 " source\n");
	expect_on_screen(
		"\n192.0.2.9       232.1.1.2       receiving    203.0.113.15      5.0 Mb/s");
}

Test(top, other_orders)
{
	take(100, four_channels(1000));
	state.sort = TOP_BY_SOURCE;
	top_arrange(&state);
	draw(ROWS, COLUMNS);
	expect_order((const char *const[]){"198.51.100.7", "192.0.2.9", "192.0.2.10",
					   "2001:db8:5::10", NULL});
	state.sort = TOP_BY_GROUP;
	top_arrange(&state);
	draw(ROWS, COLUMNS);
	expect_order((const char *const[]){"232.9.9.9", "232.1.1.1", "232.1.1.2", "ff3e", NULL});
	expect_on_screen("s sort: group");
}

Test(top, a_filter_shows_what_has_it_in_it)
{
	static const struct {
		const char *filter, *first;
		unsigned count;
	} rows[] = {{"192.0.2", "192.0.2.9", 2},     {"FAILED", "198.51.100.7", 1},
		    {"amtrelay", "198.51.100.7", 1}, {"ff3e", "2001:db8:5::10", 1},
		    {"203.0.113", "192.0.2.9", 3},   {"nothing", NULL, 0}};

	take(100, four_channels(1000));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		strcpy(state.filter, rows[i].filter);
		top_arrange(&state);
		cr_expect_eq(state.shown_count, rows[i].count, "%s", rows[i].filter);
		draw(ROWS, COLUMNS);
		if (rows[i].first)
			expect_on_screen(rows[i].first);
		else
			expect_on_screen("No channel passes the filter.");
	}
}

Test(top, the_selection_stays_with_its_channel)
{
	take(100, four_channels(1000));
	cr_expect_str_eq(state.selected, "198.51.100.7 232.9.9.9");
	top_move(&state, 2);
	cr_expect_str_eq(state.selected, "192.0.2.10 232.1.1.1");
	state.sort = TOP_BY_GROUP;
	top_arrange(&state);
	cr_expect_str_eq(state.selected, "192.0.2.10 232.1.1.1");
	top_move(&state, 100);
	cr_expect_str_eq(state.selected, "2001:db8:5::10 ff3e::8000:1");
	top_move(&state, -100);
	cr_expect_str_eq(state.selected, "198.51.100.7 232.9.9.9");
	take(102, json_of("{'channels':[]}"));
	cr_expect_str_eq(state.selected, "");
	cr_expect_null(top_selected(&state));
}

static json_t *many_channels(unsigned count)
{
	json_t *list = json_array();
	char source[32];

	for (unsigned i = 0; i < count; i++) {
		snprintf(source, sizeof(source), "10.0.%u.%u", i / 250, i % 250 + 1);
		json_array_append_new(
			list, channel(source, "232.1.1.1", "receiving", 1000.0 * (count - i), 0));
	}
	return json_pack("{s:o}", "channels", list);
}

/* Of 10,000 channels the selected one is always on the screen. */
Test(top, the_screen_follows_the_selection)
{
	take(100, many_channels(10000));
	draw(ROWS, COLUMNS);
	expect_on_screen("\n10.0.0.1  ");
	cr_expect_not(strstr(screen, "\n10.0.0.20 "));
	top_move(&state, 5000);
	draw(ROWS, COLUMNS);
	expect_on_screen("\n10.0.20.1 ");
	top_move(&state, 9999);
	draw(ROWS, COLUMNS);
	expect_on_screen("\n10.0.39.250 ");
	take(102, many_channels(3));
	draw(ROWS, COLUMNS);
	expect_on_screen("\n10.0.0.1  ");
	expect_on_screen("\n10.0.0.3  ");
}

Test(top, any_size_of_the_terminal)
{
	take(100, four_channels(1000));
	for (unsigned rows = 1; rows <= 30; rows++)
		for (unsigned columns = 1; columns <= 200; columns += 13)
			for (int detail = 0; detail < 2; detail++) {
				state.detail = detail;
				draw(rows, columns);
			}
	draw(ROWS, 120);
}

Test(top, a_wide_terminal_has_room_for_ipv6)
{
	take(100, four_channels(1000));
	draw(ROWS, 120);
	expect_on_screen("\n2001:db8:5::10          ff3e::8000:1            joined ");
	expect_on_screen(" LOST  4 of 4\n");
}

/* One channel */

static json_t *whole_channel(json_int_t bytes)
{
	json_t *view = channel("192.0.2.10", "232.1.1.1", "receiving", 8000, bytes);
	json_t *more = json_of(
		"{'move':'staying','interfaces':['lan0','lan1'],'packets':7,'slow_packets':0,'"
		"dropped':{'ttl':4},'last_drop':{'reason':'ttl','at':"
		"'2026-11-27T00:00:00Z'},"
		"'trace':{'join_seen':0.0,'dns_answered':20.0,'tunnel_up':60.0,"
		"'update_sent':61.0,'first_packet':80.0},'wanted':[{'interface':'lan0','by':'pim',"
		"'neighbor':'10.0.0.2','state':'join','expires_s':200.0},{'interface':'lan1','by':"
		"'igmp','neighbor':null,'state':'join','expires_s':250.0}]}");

	json_object_update(view, more);
	json_decref(more);
	return json_pack("{s:[o]}", "channels", view);
}

Test(top, one_channel)
{
	take(100, whole_channel(0));
	state.detail = true;
	draw(ROWS, COLUMNS);
	expect_on_screen("(192.0.2.10, 232.1.1.1)  receiving for ");
	expect_on_screen("\nrelay 203.0.113.15  staying  to lan0 lan1\n");
	expect_on_screen("\nDNS answered  ##########                               20.0 ms\n");
	expect_on_screen("\ntunnel is up            ####################           60.0 ms\n");
	expect_on_screen("\nUpdate sent                                 #          61.0 ms\n");
	expect_on_screen("\nfirst packet                                 ######### 80.0 ms\n");
	expect_on_screen("\nlan0: router 10.0.0.2, join, expires in 3m20s\n");
	expect_on_screen("\nlan1: hosts by igmp, join, expires in 4m10s\n");
	expect_on_screen("\ndropped ttl 4; the last one, ttl, ");
	expect_on_screen("\nEsc all channels  q quit\n");
}

/* 1 kB, nothing, and 8 kB in 2 s each. */
Test(top, rates_of_the_last_minute)
{
	take(100, whole_channel(0));
	take(102, whole_channel(1000));
	take(104, whole_channel(1000));
	take(106, whole_channel(9000));
	state.detail = true;
	draw(ROWS, COLUMNS);
	expect_on_screen("\n. #  up to 32.0 kb/s\n");
	for (unsigned i = 0; i < 2 * TOP_SAMPLES; i++)
		take(108 + 2 * i, whole_channel(9000 + (i + 1) * 1000));
	draw(ROWS, COLUMNS);
	expect_on_screen("\n##############################  up to 4.0 kb/s\n");
}

/* Another daemon counts from zero: that is no rate. */
Test(top, counters_that_go_back_are_no_rate)
{
	take(100, whole_channel(5000));
	take(102, whole_channel(10));
	cr_expect_eq(state.shown[0]->sample_count, 0);
}

Test(top, a_channel_that_has_gone)
{
	take(100, whole_channel(0));
	state.detail = true;
	take(102, json_of("{'channels':[]}"));
	draw(ROWS, COLUMNS);
	expect_on_screen("192.0.2.10 232.1.1.1: closed, nobody wants it any more\n");
}

/* The foot */

Test(top, the_foot_has_the_error_or_the_filter)
{
	take(100, four_channels(1000));
	strcpy(state.error, "no daemon answers");
	draw(ROWS, COLUMNS);
	expect_on_screen("\nno daemon answers\n");
	state.filtering = true;
	strcpy(state.filter, "192");
	draw(ROWS, COLUMNS);
	expect_on_screen("\nfilter: 192_   Enter: take it, Esc: none\n");
}
