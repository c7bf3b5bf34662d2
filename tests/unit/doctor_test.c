/* SPDX-License-Identifier: BSD-2-Clause */
/* The checks of `mcingest doctor` that judge what the daemon shows: views in, lines out. What the
 * doctor looks at by itself is tested in a lab (tests/functional/doctor.sh). */
#include "doctor/checks.h"
#include "doctor/watch.h"

#include "addresses.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct doctor doctor;
static struct doctor_options options;
static struct sg wanted;
static const char *channels_too; /* this view, beside the row's; or NULL */

static json_t *parse(const char *text)
{
	json_error_t error;
	char *copy = strdup(text ? text : "{}");
	json_t *value;

	for (char *at = copy; *at; at++)
		*at = *at == '\'' ? '"' : *at;
	value = json_loads(copy, JSON_DECODE_ANY, &error);
	cr_assert(value, "%s: %s", error.text, copy);
	free(copy);
	return value;
}

struct row {
	check_fn *check;
	const char *view; /* where the text belongs: "status", "now.counters", ... */
	const char *before, *now;
	const char *lines; /* "verdict what -> cure", one a line */
};

static json_t **view_of(struct views *views, const char *name)
{
	const struct {
		const char *name;
		json_t **view;
	} all[] = {{"status", &views->status},       {"interfaces", &views->interfaces},
		   {"neighbors", &views->neighbors}, {"channels", &views->channels},
		   {"tunnels", &views->tunnels},     {"counters", &views->counters}};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!strcmp(all[i].name, name))
			return all[i].view;
	cr_assert_fail("%s", name);
	return NULL;
}

static char *lines_of(const json_t *checks)
{
	const json_t *check;
	size_t size, i;
	char *text;
	FILE *out = open_memstream(&text, &size);

	json_array_foreach (checks, i, check) {
		const char *cure = json_string_value(json_object_get(check, "cure"));

		fprintf(out, "%s %s%s%s\n", json_string_value(json_object_get(check, "verdict")),
			json_string_value(json_object_get(check, "what")), cure ? " -> " : "",
			cure ? cure : "");
	}
	fclose(out);
	return text;
}

static void begin(void)
{
	doctor = (struct doctor){.options = &options,
				 .check = "test",
				 .hop = "box",
				 .checks = json_array(),
				 .texts = json_array()};
}

static void end(void)
{
	views_free(&doctor.before);
	views_free(&doctor.now);
	json_decref(doctor.checks);
	json_decref(doctor.texts);
}

static void expect_lines(const struct row *row)
{
	char *lines;

	begin();
	*view_of(&doctor.before, row->view) = parse(row->before);
	*view_of(&doctor.now, row->view) = parse(row->now);
	if (channels_too)
		doctor.now.channels = parse(channels_too);
	row->check(&doctor);
	lines = lines_of(doctor.checks);
	cr_expect_str_eq(lines, row->lines, "%s: %s", row->now, lines);
	cr_expect_eq(doctor.failed, strstr(lines, "fail ") != NULL);
	free(lines);
	end();
}

#define DROPS(ttl, mtu, late)                                                                      \
	"{'drops':{'ttl':" ttl ",'exceeds_mtu':" mtu ",'not_joined':" late "}}"

static const struct row rows[] = {
	/* PIM */
	{routers_sending, "interfaces", NULL,
	 "{'interfaces':[{'name':'lan0','pim':[{'send_error':null},"
	 "{'send_error':'Operation not permitted'}]}]}",
	 "fail PIM cannot send on lan0: Operation not permitted -> let IP protocol 103 out: nft "
	 "insert rule inet filter output meta l4proto pim accept\n"},
	{routers_sending, "interfaces", NULL, "{'interfaces':[{'pim':[{'send_error':null}]}]}", ""},
	{routers_neighbors, "neighbors", NULL,
	 "{'neighbors':[{'interface':'lan0','address':'10.9.9.2','other_subnet':true},"
	 "{'interface':'lan1','address':'10.1.0.2','other_subnet':false}]}",
	 "fail lan0: router 10.9.9.2 is in no subnet of ours: no Joins come -> ip addr add "
	 "ADDRESS/LENGTH dev lan0, in the subnet of 10.9.9.2\nok lan1: router 10.1.0.2\n"},
	{routers_neighbors, "neighbors", NULL, "{'neighbors':[]}",
	 "warn no router has sent a PIM Hello -> `ip pim` on the router's interface; let IP "
	 "protocol 103 out; without a router, `igmp` under [interfaces]\n"},
	{routers_others, "counters", NULL,
	 "{'pim':[{'interface':'lan0','for_other_router':7,'joins_refused':0,"
	 "'entries_refused':0}]}",
	 "warn lan0: 7 Join/Prunes were addressed to another router -> if they are meant for us: "
	 "the routers' next hop to the sources must be our address on lan0\n"},
	{routers_others, "counters", NULL,
	 "{'pim':[{'interface':'lan0','joins_refused':3,'entries_refused':2}]}",
	 "warn lan0: 3 Joins were beyond a limit -> raise `joins` or `channels` under [limits]\n"
	 "warn lan0: 2 Joins were for groups or sources that are not served -> `groups` under "
	 "[pim]; link-local groups are never served\n"},
	{routers_others, "counters", "{'refused':{'pim':{'sender':4}}}",
	 "{'refused':{'pim':{'sender':9}}}",
	 "warn 9 PIM messages came from routers that are no neighbors (5 now) -> see that its "
	 "Hello arrives, and `allow` under [pim]\n"},
	{routers_restart, "interfaces", NULL,
	 "{'interfaces':[{'name':'lan0','pim':[{'family':'ipv4','generation_noticed':false},"
	 "{'family':'ipv6','generation_noticed':true}]},{'name':'lan1','pim':[{"
	 "'generation_noticed':null}]}]}",
	 "warn lan0: routers did not join again when our Generation ID changed (ipv4) -> the "
	 "router "
	 "must heed it (RFC 7761 section 4.3.1); its Joins come with its next interval, a minute "
	 "later\nok lan0: routers joined again after our restart (ipv6)\n"},
	{routers_asserts, "channels", NULL,
	 "{'channels':[{'source':'192.0.2.10','group':'232.1.1.1','asserts':[{'interface':'lan0',"
	 "'state':'loser','winner':'10.0.0.9'},{'interface':'lan1','state':'winner'}]}]}",
	 "warn lan0 lost 1 Assert: 10.0.0.9 forwards (192.0.2.10, 232.1.1.1) -> nothing if that "
	 "router is to forward; else lower `assert_preference` and `assert_metric` under [pim]\n"},
	{routers_asserts, "channels", NULL, "{'channels':[{'asserts':[{'state':'winner'}]}]}", ""},
	/* Hosts */
	{hosts_unasked, "interfaces", NULL,
	 "{'interfaces':[{'name':'lan0','unasked_reports':12},{'name':'lan1',"
	 "'unasked_reports':0}]}",
	 "warn lan0: 12 IGMP or MLD reports of hosts were not heeded -> igmp = lan0 under "
	 "[interfaces]\n"},
	{hosts_queriers, "interfaces", NULL,
	 "{'interfaces':[{'name':'lan0','igmp':{'querier':true,'memberships':2,'counters':{"
	 "'no_source':0,'old_reports':4,'old_queries':0}},'mld':{'querier':false,'address':"
	 "'fe80::1','memberships':0,'counters':{'no_source':3,'old_queries':1}}}]}",
	 "ok lan0: we are querier of IGMP, 2 memberships\n"
	 "warn lan0: 4 reports are of an old version of IGMP -> hosts must speak IGMPv3 and "
	 "MLDv2\n"
	 "ok lan0: fe80::1 is querier of MLD, 0 memberships\n"
	 "warn lan0: 3 MLD reports name no source -> let the hosts name the source: vlc "
	 "rtp://S@G:PORT\n"
	 "warn lan0: 1 Queries of another router are of an old version of MLD -> set the other "
	 "querier to IGMPv3 and MLDv2\n"},
	/* Data */
	{data_drops, "counters", DROPS("100", "0", "5"), DROPS("100", "0", "50"),
	 "ok no packet was dropped while we looked; earlier: ttl 100\n"},
	{data_drops, "counters", DROPS("100", "3", "0"), DROPS("108", "3", "0"),
	 "warn 8 packets dropped while we looked: their TTL ends here -> raise the TTL at the "
	 "source: it is 1 when they come to us\n"},
	{data_slow, "status", NULL,
	 "{'packets_per_s':1000,'slow_path':{'packets_per_s':250,'aggregates':3,'fragments':90}}",
	 "warn 250 packets/s of 1000 take the slow path, mostly fragments of tunnel packets -> an "
	 "MTU of 1,600 bytes on the path to the relay\n"},
	{data_slow, "status", NULL,
	 "{'packets_per_s':1000,'slow_path':{'packets_per_s':5,'aggregates':3}}",
	 "ok 1000 packets/s, all on the fast path\n"},
	{data_refused, "status", "{'interfaces':[{'name':'lan0','refused':7}]}",
	 "{'interfaces':[{'name':'lan0','refused':19}]}",
	 "warn lan0 did not take 12 packets while we looked -> tc -s qdisc show dev lan0; ethtool "
	 "-S lan0\n"},
	/* Programs */
	{programs_modes, "status", NULL,
	 "{'interfaces':[{'name':'wan0','role':'upstream','mode':null,'why':'no XDP'},"
	 "{'name':'wan1','role':'upstream','mode':'tc','in_front':'bpf other'},"
	 "{'name':'wan2','role':'upstream','mode':'xdp','why':'lan0: veth','in_front':null},"
	 "{'name':'lan0','role':'downstream','mode':'tc','in_front':null}]}",
	 "fail no program on wan0: no XDP -> `mode = auto` under [dataplane] takes TC where XDP "
	 "cannot be\n"
	 "warn wan1: bpf other stands in front of our filter -> give it a preference above 2268, "
	 "or let it end with `continue`\n"
	 "ok wan2: XDP, lan0: veth\n"},
	/* Relays */
	{tunnels_held, "tunnels", NULL,
	 "{'held_down':[{'relay':'203.0.113.9','ends_s':99.7,'reason':'relay does not answer'}]}",
	 "warn 203.0.113.9 is held down for 100 s: relay does not answer -> once it works: "
	 "mcingest lift 203.0.113.9\n"},
	{tunnels_held, "tunnels", NULL,
	 "{'held_down':[{'relay':'203.0.113.9','ends_s':9,'failures':4,'reason':'x'}]}",
	 "warn 203.0.113.9 is held down for 9 s (failed 4 times in a row): x -> once it works: "
	 "mcingest lift 203.0.113.9\n"},
	{tunnels_up, "tunnels", NULL,
	 "{'tunnels':[{'relay':'203.0.113.1','full':true,'igmp':{'state':'active'}},"
	 "{'relay':'203.0.113.2','mld':{'state':'refreshing'}},{'relay':'203.0.113.3',"
	 "'igmp':{'state':'requesting'},'mld':{'state':'idle'}}]}",
	 "warn relay 203.0.113.1 is full: it takes no new channels -> publish or name another "
	 "relay\nok 2 tunnels are up\n"},
	/* Limits */
	{limits_used, "status", NULL,
	 "{'channels':{'joined':79,'failed':1},'tunnels':3,'limits':{'channels':100,"
	 "'tunnels':4}}",
	 "warn 80 of 100 channels -> raise `channels` under [limits]\n"},
	{limits_used, "status", NULL,
	 "{'channels':{'joined':79},'tunnels':3,'limits':{'channels':100,'tunnels':4}}",
	 "ok no limit is used by more than 80 %\n"},
	{limits_daemon, "status", NULL,
	 "{'longest_stall_ms':250.4,'log_lines_lost':3,'waiting':{'discoveries':2,"
	 "'new_relays':1}}",
	 "warn something waited 250 ms for the daemon -> give the box a faster or a free core: "
	 "`top`\n"
	 "warn 3 lines of the log are lost -> see what reads its stderr\n"
	 "warn 2 sources wait to be looked up, 1 channels for a new relay -> raise `discoveries` "
	 "and `new_relays` under [limits]\n"},
	{limits_daemon, "status", NULL, "{'longest_stall_ms':3.1,'waiting':{}}", ""},
};

Test(doctor, the_channel_that_loses_most)
{
	static const struct row row = {
		data_drops, "counters", DROPS("0", "0", "0"), DROPS("5", "0", "0"),
		"warn 5 packets dropped while we looked: their TTL ends here, most of (192.0.2.2, "
		"232.1.1.1), 100 to 1328 bytes long -> raise the TTL at the source: it is 1 when "
		"they come to us\n"};

	channels_too =
		"{'channels':[{'source':'192.0.2.1','group':'232.1.1.1','dropped':{'ttl':1}},"
		"{'source':'192.0.2.2','group':'232.1.1.1','dropped':{'ttl':4,'x':9},"
		"'drop_sizes':{'ttl':{'shortest':100,'longest':1328}}},"
		"{'source':'192.0.2.3','group':'232.1.1.1','dropped':{'exceeds_mtu':7}}]}";
	expect_lines(&row);
}

Test(doctor, each_check_of_what_the_daemon_shows)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_lines(&rows[i]);
}

/* Their number in all is that of `status`: the list may be of the first ones alone. */
Test(doctor, channels_without_data)
{
	static const struct row row = {
		data_channels, "status", NULL, "{'channels':{'receiving':1,'failed':7,'joined':2}}",
		"fail (192.0.2.2, 232.1.1.1) has failed: no relay -> mcingest doctor 192.0.2.2 "
		"232.1.1.1\n"
		"warn (192.0.2.3, 232.1.1.1) has no data yet: x -> mcingest doctor 192.0.2.3 "
		"232.1.1.1\n"
		"warn 6 more channels are without data -> mcingest channels\n"
		"ok 1 of 10 channels receive data\n"};

	channels_too =
		"{'channels':[{'source':'192.0.2.1','group':'232.1.1.1','state':'receiving'},"
		"{'source':'192.0.2.2','group':'232.1.1.1','state':'failed','reason':'no relay'},"
		"{'source':'192.0.2.3','group':'232.1.1.1','state':'joined','reason':'no data "
		"yet: x'},"
		"{'source':'192.0.2.4','group':'232.1.1.1','state':'joined','reason':null}]}";
	expect_lines(&row);
	channels_too = NULL;
}

/* What is not there, or of another type, is no fault, and no crash. */
Test(doctor, replies_that_make_no_sense)
{
	static const char *const replies[] = {
		"[]", "{}", "null", "{'interfaces':7,'channels':'x','tunnels':null,'drops':[1]}",
		"{'interfaces':[7,{'name':8,'pim':{'x':1},'igmp':[],'mld':'x'}],"
		"'channels':[null,{'wanted':[3],'asserts':{}}],'neighbors':[[]],'pim':[true]}"};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t j = 0; j < sizeof(replies) / sizeof(replies[0]); j++) {
			begin();
			*view_of(&doctor.now, rows[i].view) = parse(replies[j]);
			rows[i].check(&doctor);
			end();
		}
}

/* One channel */

static const struct row channel_rows[] = {
	{channel_wanted, "channels", NULL,
	 "{'channels':[{'source':'192.0.2.10','group':'232.1.1.1','wanted':[{'interface':'lan0',"
	 "'neighbor':'10.0.0.2'}]}]}",
	 "ok joined on lan0 by router 10.0.0.2\n"},
	{channel_wanted, "channels", NULL, "{'channels':[]}",
	 "fail nobody has joined: there is no router, and hosts are not heard -> `ip pim` on the "
	 "router; or `igmp` under [interfaces]\n"},
	{channel_state, "channels",
	 "{'channels':[{'source':'192.0.2.10','group':'232.1.1.1','packets':5}]}",
	 "{'channels':[{'source':'192.0.2.10','group':'232.1.1.1','packets':15,"
	 "'state':'receiving','relay':'203.0.113.15'}]}",
	 "ok receiving from relay 203.0.113.15, 10 packets while we looked\n"},
	{channel_state, "channels", NULL,
	 "{'channels':[{'source':'192.0.2.10','group':'232.1.1.1','state':'joined',"
	 "'relay':'203.0.113.15','reason':'no data yet: x'}]}",
	 "fail relay 203.0.113.15 serves it, but sends no data -> is S sending, with a TTL above "
	 "1? `mcingest receive 192.0.2.10 232.1.1.1` asks the relay anew; a relay without room "
	 "calls for a second one\n"},
	{channel_state, "channels", NULL,
	 "{'channels':[{'source':'192.0.2.10','group':'232.1.1.1','state':'joined',"
	 "'relay':'203.0.113.15','reason':null,'dropped':{'not_joined':900,'ttl':100}}]}",
	 "fail its packets come, and are dropped: their TTL ends here -> raise the TTL at the "
	 "source: it is 1 when they come to us\n"},
	{channel_state, "channels", NULL,
	 "{'channels':[{'source':'192.0.2.10','group':'232.1.1.1','state':'failed',"
	 "'reason':'no route to the relay'}]}",
	 "fail failed: no route to the relay -> cure what is said above; the channel is tried "
	 "again by itself\n"},
};

Test(doctor, one_channel)
{
	wanted = (struct sg){address("192.0.2.10"), address("232.1.1.1")};
	options.channel = &wanted;
	for (size_t i = 0; i < sizeof(channel_rows) / sizeof(channel_rows[0]); i++)
		expect_lines(&channel_rows[i]);
}

/* The daemon's own look at itself: hop and sentence. */

static char *watched(struct views *before, struct views *now)
{
	json_t *result = doctor_watch(before, now), *check;
	size_t size, i;
	char *text;
	FILE *out = open_memstream(&text, &size);

	json_array_foreach (json_object_get(result, "checks"), i, check)
		if (strcmp(json_string_value(json_object_get(check, "verdict")), "ok") != 0)
			fprintf(out, "%s: %s\n", json_string_value(json_object_get(check, "hop")),
				json_string_value(json_object_get(check, "what")));
	fclose(out);
	json_decref(result);
	views_free(before);
	views_free(now);
	return text;
}

Test(doctor, each_line_names_its_hop)
{
	struct views before = {.counters = parse(DROPS("0", "0", "0"))};
	struct views now = {
		.status = parse("{'channels':{'failed':2},'interfaces':[{'name':'lan0','role':"
				"'downstream','mode':null}]}"),
		.interfaces = parse("{'interfaces':[{'name':'wan0','role':'upstream','up':false},"
				    "{'name':'lan0','role':'downstream','up':true}]}"),
		.neighbors = parse("{'neighbors':[]}"),
		.channels = parse("{'channels':[{'source':'192.0.2.1','group':'232.1.1.1',"
				  "'state':'failed','reason':'no answer','relays':0},"
				  "{'source':'192.0.2.2','group':'232.1.1.1','state':'failed',"
				  "'reason':'relay is dead','relays':2},"
				  "{'source':'192.0.2.3','group':'232.1.1.1','state':'joined',"
				  "'reason':'no data'}]}"),
		.tunnels = parse("{'held_down':[{'relay':'203.0.113.9','reason':'x'}]}"),
		.counters = parse(DROPS("3", "2", "1"))};
	char *lines = watched(&before, &now);

	cr_expect_str_eq(lines,
			 "box: WAN wan0 is down\n"
			 "lan: no program on lan0: it cannot be attached\n"
			 "router: no router has sent a PIM Hello\n"
			 "relay: 203.0.113.9 is held down for 0 s: x\n"
			 "dns: (192.0.2.1, 232.1.1.1) has failed: no answer\n"
			 "relay: (192.0.2.2, 232.1.1.1) has failed: relay is dead\n"
			 "source: (192.0.2.3, 232.1.1.1) has no data\n"
			 "source: 3 packets dropped while we looked: their TTL ends here\n"
			 "lan: 2 packets dropped while we looked: they are longer than the LAN's "
			 "MTU and must not be fragmented\n",
			 "%s", lines);
	free(lines);
}

Test(doctor, a_daemon_that_has_nothing_to_show)
{
	struct views before = {0}, now = {0};
	char *lines = watched(&before, &now);

	cr_expect_str_eq(lines, "", "%s", lines);
	free(lines);
}
