/* SPDX-License-Identifier: BSD-2-Clause */
/* `channels`: their relays and their traffic, and the parts of a long list. Who wants them is in
 * requests_lans_test.c. */
#include "forward/drops.h"
#include "requests_forward_lab.h"

#define AT_ONCE 64 /* channels of a part */

TestSuite(requests_channels, .init = req_begin_on_forward, .fini = req_end_on_forward);

static json_t *channels(void)
{
	return req_reply("{'command':'channels'}");
}

Test(requests_channels, none)
{
	expect_json(channels(), "{'channels':[]}");
}

Test(requests_channels, one_that_its_relay_serves)
{
	struct channel *channel = lab_want_on(SOURCE, GROUP, 2);

	lab_run(0.25);
	channel_first_packet(channel, lab.timers.now);
	lab_want_on(SOURCE, GROUP, 0);
	fwd.stats[channel->slot].packets = 100;
	fwd.stats[channel->slot].bytes = 130000;
	forward_slow_stats(channel)->packets = 3;
	forward_slow_stats(channel)->bytes = 4000;
	channel->meter.rate = (struct meter_rate){12.34, 98765};
	fwd.drops[channel->slot].packets[MCI_DROP_TTL] = 7;
	fwd.drops[channel->slot].last_ns = 1;
	drops_count(&fwd.forward, channel, MCI_DROP_EXCEEDS_MTU, 1429);
	expect_json(
		channels(),
		"{'channels':[{'source':'192.0.2.10','group':'232.1.1.1','state':'receiving',"
		"'reason':null,'relays':2,'relay':'203.0.113.1','move':'staying','other_relay':"
		"null,"
		"'interfaces':['lan0','lan2'],'packets':103,'bytes':134000,'slow_packets':3,"
		"'packets_per_s':12.3,'bits_per_s':98765.0,'rtp_lost':null,'since':'TIME',"
		"'retry_s':null,'lingers_s':null,'wanted':[],'asserts':[],"
		"'trace':{'join_seen':0.0,'dns_answered':0.0,'tunnel_up':0.0,'update_sent':0.0,"
		"'first_packet':250.0},'dropped':{'ttl':7,'exceeds_mtu':1},"
		"'drop_sizes':{'exceeds_mtu':{'shortest':1429,'longest':1429}},"
		"'last_drop':{'reason':'exceeds_mtu','at':'TIME'},'rate_limit':null,"
		"'stopped':null,'history':["
		"{'at':'TIME','state':'discovering','relay':null,'reason':null,'move':'staying'},"
		"{'at':'TIME','state':'connecting','relay':null,'reason':null,'move':'staying'},"
		"{'at':'TIME','state':'joined','relay':null,'reason':null,'move':'staying'},"
		"{'at':'TIME','state':'receiving','relay':null,'reason':null,'move':'staying'}]}]"
		"}");
}

Test(requests_channels, one_of_ipv6)
{
	json_t *reply;

	fwd_join(SOURCE6, GROUP6);
	reply = channels();
	expect_at(reply, "channels.0.source", "'2001:db8:5::10'");
	expect_at(reply, "channels.0.group", "'ff3e::8000:1'");
	expect_at(reply, "channels.0.relay", "'203.0.113.1'");
	expect_at(reply, "channels.0.interfaces", "['lan0']");
	json_decref(reply);
}

Test(requests_channels, one_that_tries_another_relay)
{
	struct channel *channel = fwd_join(SOURCE, GROUP);
	json_t *reply;

	fwd_try_other(channel);
	reply = channels();
	expect_at(reply, "channels.0.relay", "'203.0.113.1'");
	expect_at(reply, "channels.0.move", "'trying'");
	expect_at(reply, "channels.0.other_relay", "'203.0.113.2'");
	json_decref(reply);
}

Test(requests_channels, one_without_a_relay)
{
	json_t *reply;

	lab_configure((const char *[]){NULL});
	lab_want(SOURCE, GROUP);
	lab_run(0);
	reply = channels();
	expect_at(reply, "channels.0.state", "'failed'");
	expect_at(reply, "channels.0.reason", "'no relay is configured for the source'");
	expect_at(reply, "channels.0.relay", "null");
	cr_expect(json_is_real(req_at(reply, "channels.0.retry_s")));
	json_decref(reply);
}

Test(requests_channels, one_that_waits_for_its_turn)
{
	json_t *reply;

	lab_ask_dns();
	lab.paths.sources.pace.rate = 10; /* one turn at once */
	lab_want("192.0.2.1", GROUP);
	lab_want("192.0.2.2", GROUP);
	lab_run(0);
	cr_assert_eq(lab.questions, 1);
	reply = channels();
	expect_at(reply, "channels.0.state", "'discovering'");
	expect_at(reply, "channels.0.reason", "null");
	expect_at(reply, "channels.1.state", "'discovering'");
	cr_expect_str_eq(json_string_value(req_at(reply, "channels.1.reason")),
			 "waits for its turn to ask DNS: see 'discoveries' in [limits]");
	json_decref(reply);
}

Test(requests_channels, one_whose_counters_cannot_be_read)
{
	struct channel *channel = fwd_join(SOURCE, GROUP);
	json_t *reply;

	fwd.stats[channel->slot].packets = 100;
	fwd.unreadable = true;
	reply = channels();
	expect_count_at(reply, "channels.0.packets", 0);
	expect_count_at(reply, "channels.0.bytes", 0);
	expect_at(reply, "channels.0.state", "'joined'");
	json_decref(reply);
}

/* Long lists */

/* Joins (SOURCE, 232.1.X.Y) for each number from `first` to `last` - 1. */
static void join_many(unsigned first, unsigned last)
{
	char group[32];

	for (unsigned i = first; i < last; i++) {
		snprintf(group, sizeof(group), "232.1.%u.%u", i >> 8, i & 255);
		cr_assert(lab_want(SOURCE, group));
	}
	lab_run(0);
}

static void leave(unsigned number)
{
	struct sg sg = {.source = address(SOURCE)};
	char group[32];

	snprintf(group, sizeof(group), "232.1.%u.%u", number >> 8, number & 255);
	sg.group = address(group);
	channel_table_unwant(&lab.paths.channels, &sg, 0);
}

/* Takes a part of the list, and notes how often each channel of join_many() is shown. */
static size_t take_part(struct control_client *client, unsigned shown[], size_t room)
{
	json_t *part = req_part(client), *channel;
	size_t size = json_array_size(part), i;
	unsigned high, low;

	json_array_foreach (part, i, channel) {
		const char *group = json_string_value(req_at(channel, "group"));

		cr_assert_eq(sscanf(group, "232.1.%u.%u", &high, &low), 2);
		cr_assert_lt(high << 8 | low, room);
		shown[high << 8 | low]++;
	}
	json_decref(part);
	return size;
}

/* Each part but the last one has AT_ONCE channels. */
Test(requests_channels, come_in_parts)
{
	static const unsigned counts[] = {1, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 5 * AT_ONCE + 7};
	unsigned joined = 0;

	EACH(i, counts)
	{
		unsigned shown[512] = {0}, left = counts[i];
		struct control_client client;

		join_many(joined, counts[i]);
		joined = counts[i];
		req_ask(&client, "{'command':'channels'}");
		cr_expect_str_eq(client.list->key, "channels");
		for (; left > AT_ONCE; left -= AT_ONCE)
			cr_expect_eq(take_part(&client, shown, 512), AT_ONCE);
		cr_expect_eq(take_part(&client, shown, 512), left);
		cr_expect_eq(take_part(&client, shown, 512), 0);
		for (unsigned j = 0; j < 512; j++)
			cr_expect_eq(shown[j], j < joined, "%u of %u: %u times", j, joined,
				     shown[j]);
	}
}

/* Between two parts channels end, of the part that was taken and of the next one, and others take
 * their places. All that stay are shown once. */
Test(requests_channels, come_and_go_between_two_parts)
{
	unsigned shown[256] = {0};
	struct control_client client;

	join_many(0, 150);
	req_ask(&client, "{'command':'channels'}");
	cr_assert_eq(take_part(&client, shown, 256), AT_ONCE);
	leave(3);
	leave(AT_ONCE); /* the first one of the next part */
	leave(100);
	leave(149); /* the last one */
	cr_expect_eq(take_part(&client, shown, 256), AT_ONCE);
	join_many(200, 203);
	while (take_part(&client, shown, 256))
		;
	for (unsigned i = 0; i < 200; i++) {
		bool is_shown = i < 150 && i != AT_ONCE && i != 100 && i != 149;

		cr_expect_eq(shown[i], is_shown, "%u: %u times", i, shown[i]);
	}
	for (unsigned i = 200; i < 256; i++)
		cr_expect_leq(shown[i], i < 203, "%u: %u times", i, shown[i]);
}

Test(requests_channels, all_end_between_two_parts)
{
	unsigned shown[128] = {0};
	struct control_client client;

	join_many(0, AT_ONCE + 1);
	req_ask(&client, "{'command':'channels'}");
	cr_assert_eq(take_part(&client, shown, 128), AT_ONCE);
	for (unsigned i = 0; i <= AT_ONCE; i++)
		leave(i);
	cr_expect_eq(take_part(&client, shown, 128), 0);
}

/* A list that one client takes does not move on in that of another. */
Test(requests_channels, each_client_has_its_own_place)
{
	unsigned shown[128] = {0}, shown_to_other[128] = {0};
	struct control_client client, other;

	join_many(0, AT_ONCE + 1);
	req_ask(&client, "{'command':'channels'}");
	req_ask(&other, "{'command':'channels'}");
	cr_expect_eq(take_part(&client, shown, 128), AT_ONCE);
	cr_expect_eq(take_part(&client, shown, 128), 1);
	cr_expect_eq(take_part(&other, shown_to_other, 128), AT_ONCE);
	cr_expect_eq(take_part(&other, shown_to_other, 128), 1);
}
