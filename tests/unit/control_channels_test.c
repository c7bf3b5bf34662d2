/* SPDX-License-Identifier: BSD-2-Clause */
/* Channels as JSON. */
#include "control/view_channels.h"
#include "views.h"

static struct timers timers;
static struct channel_table table;
static struct channel one;
static struct dataplane_channel_stats stats;
static struct mci_channel_drops drops;
static struct view_channel_parts parts;
static const char *const names[CHANNEL_INTERFACES_MAX] = {"lan0", "lan1", "lan2"};

static void nothing(struct timer *timer)
{
	(void)timer;
}

static void begin(void)
{
	timers = (struct timers){.now = NOW};
	table = (struct channel_table){.timers = &timers};
	one = (struct channel){.sg = channel("192.0.2.10", "232.1.1.1"),
			       .since = NOW,
			       .table = &table,
			       .trace.join_seen = NOW};
	one.retry.fn = one.linger.fn = nothing;
	stats = (struct dataplane_channel_stats){0};
	drops = (struct mci_channel_drops){0};
	parts = (struct view_channel_parts){.interfaces = names,
					    .stats = &stats,
					    .drops = &drops,
					    .stopped = json_null(),
					    .wanted = json_array(),
					    .asserts = json_array()};
}

static void end(void)
{
	timers_free(&timers);
}

TestSuite(control_channels, .init = begin, .fini = end);

Test(control_channels, states)
{
	table.states[CHANNEL_JOINED] = 3;
	expect_json(view_channel_states(&table), "{'discovering':0,'connecting':0,'joined':3,"
						 "'receiving':0,'failed':0}");
}

Test(control_channels, one_that_has_just_been_joined)
{
	parts.wait = "waits for its turn to ask DNS";
	one.interfaces = 1 << 1;
	expect_json(
		view_channel(&one, &parts),
		"{'source':'192.0.2.10','group':'232.1.1.1','state':'discovering',"
		"'reason':'waits for its turn to ask DNS','relays':0,'relay':null,'move':'staying',"
		"'other_relay':null,'interfaces':['lan1'],'packets':0,'bytes':0,'slow_packets':0,"
		"'packets_per_s':0.0,'bits_per_s':0.0,'rtp_lost':null,'since':'TIME',"
		"'retry_s':null,'lingers_s':null,'wanted':[],'asserts':[],"
		"'trace':{'join_seen':0.0,'dns_answered':null,'tunnel_up':null,'update_sent':null,"
		"'first_packet':null},'dropped':{},'drop_sizes':{},'last_drop':null,"
		"'rate_limit':null,'stopped':null,'history':[]}");
}

Test(control_channels, one_that_receives_and_moves)
{
	struct addr relay = address("203.0.113.15"), other = address("2001:db8::16");

	one.state = CHANNEL_RECEIVING;
	one.move = CHANNEL_TRYING;
	one.reason = "relay sends no data";
	one.relay_count = 2;
	one.interfaces = 1 << 0 | 1 << 2;
	one.meter.rate = (struct meter_rate){1000.04, 8000000};
	one.rtp = (struct rtp){.is_rtp = true, .missing = 5};
	one.trace = (struct channel_trace){NOW, NOW + 20500, NOW + 62000, NOW + 62500, 0, 0};
	timer_start(&timers, &one.retry, 4 * USEC_PER_SEC);
	timer_start(&timers, &one.linger, 2 * USEC_PER_SEC);
	stats.packets = 1000;
	stats.bytes = 128000;
	parts.relay = &relay;
	parts.other = &other;
	parts.slow_packets = 7;
	parts.rate = 20000000;
	json_decref(parts.stopped);
	parts.stopped = json_pack("{s:s}", "limit", "rate");
	parts.wait = "shown only without a reason";
	json_array_append_new(parts.wanted, json_true());
	expect_json(
		view_channel(&one, &parts),
		"{'source':'192.0.2.10','group':'232.1.1.1','state':'receiving',"
		"'reason':'relay sends no data','relays':2,'relay':'203.0.113.15','move':'trying',"
		"'other_relay':'2001:db8::16','interfaces':['lan0','lan2'],'packets':1000,"
		"'bytes':128000,'slow_packets':7,'packets_per_s':1000.0,'bits_per_s':8000000.0,"
		"'rtp_lost':5,'since':'TIME','retry_s':4.0,'lingers_s':2.0,'wanted':[true],"
		"'asserts':[],'trace':{'join_seen':0.0,'dns_answered':20.5,'tunnel_up':62.0,"
		"'update_sent':62.5,'first_packet':null},'dropped':{},'drop_sizes':{},'last_drop':"
		"null,'rate_limit':20000000,'stopped':{'limit':'rate'},'history':[]}");
}

static void end_parts(void)
{
	json_decref(parts.wanted);
	json_decref(parts.stopped);
	json_decref(parts.asserts);
}

static json_t *shown(const char *key)
{
	json_t *view, *part;

	json_incref(parts.wanted);
	json_incref(parts.stopped);
	json_incref(parts.asserts);
	view = view_channel(&one, &parts);
	part = json_incref(json_object_get(view, key));
	json_decref(view);
	return part;
}

Test(control_channels, what_was_dropped)
{
	drops.packets[MCI_DROP_TTL] = 100;
	drops.packets[MCI_DROP_DUPLICATE] = 2;
	drops.last = MCI_DROP_DUPLICATE;
	drops.last_ns = NOW * 1000;
	expect_json(shown("dropped"), "{'ttl':100,'duplicate':2}");
	drops.shortest[MCI_DROP_TTL] = 128;
	drops.longest[MCI_DROP_TTL] = 1328;
	expect_json(shown("drop_sizes"), "{'ttl':{'shortest':128,'longest':1328}}");
	expect_json(shown("last_drop"), "{'reason':'duplicate','at':'TIME'}");
	drops.last = MCI_DROP_COUNT; /* a newer program's */
	expect_json(shown("last_drop"), "null");
	end_parts();
}

Test(control_channels, the_latest_changes)
{
	struct addr relay = address("203.0.113.15"), other = address("2001:db8::15");
	json_t *history;

	for (unsigned i = 0; i < HISTORY_MAX + 2; i++)
		history_note(
			&one.history,
			&(struct history_change){.at = NOW,
						 .state = i == HISTORY_MAX + 1 ? CHANNEL_FAILED
									       : CHANNEL_JOINED,
						 .move = i == 2 ? CHANNEL_SEEKING : CHANNEL_STAYING,
						 .reason = i == HISTORY_MAX + 1 ? "why" : NULL},
			i == 2   ? &other
			: i == 3 ? &relay
				 : NULL);
	cr_expect_eq(one.history.count, HISTORY_MAX);
	history = shown("history");
	expect_json(json_incref(json_array_get(history, 0)),
		    "{'at':'TIME','state':'joined','relay':'2001:db8::15','reason':null,"
		    "'move':'seeking'}");
	cr_expect_str_eq(json_string_value(json_object_get(json_array_get(history, 1), "relay")),
			 "203.0.113.15");
	expect_json(json_incref(json_array_get(history, HISTORY_MAX - 1)),
		    "{'at':'TIME','state':'failed','relay':null,'reason':'why','move':'staying'}");
	history_free(&one.history);
	json_decref(history);
	end_parts();
}
