/* SPDX-License-Identifier: BSD-2-Clause */
/* Interfaces, and what PIM, IGMP and MLD know on a LAN, as JSON. */
#include "control/view_lans.h"
#include "views.h"

static struct timers timers;
static struct prefixes subnets;
static struct pim_interface pim;
static struct membership_querier querier;
static struct sg sg;

static bool joined(struct pim_downstream *downstream, const struct sg *which,
		   const struct addr *from)
{
	(void)downstream;
	(void)which;
	(void)from;
	return true;
}

static enum pim_interest interest(struct pim_asserts *asserts, const struct sg *which)
{
	(void)asserts;
	(void)which;
	return PIM_FORWARDED;
}

static void send_assert(struct pim_asserts *asserts, const struct sg *which,
			const struct pim_metric *metric)
{
	(void)asserts;
	(void)which;
	(void)metric;
}

static void lost(struct pim_asserts *asserts, const struct sg *which, bool is_lost)
{
	(void)asserts;
	(void)which;
	(void)is_lost;
}

static void nothing(struct timer *timer)
{
	(void)timer;
}

static void begin(void)
{
	timers = (struct timers){.now = NOW};
	subnets = (struct prefixes){.list = {{address("10.0.0.0"), 24}}, .count = 1};
	sg = channel("192.0.2.10", "232.1.1.1");
	pim = (struct pim_interface){
		.name = "lan0",
		.timers = &timers,
		.subnets = &subnets,
		.address = address("10.0.0.1"),
		.generation_id = 0xabc,
		.neighbors = {.timers = &timers, .limit = 4},
		.downstream = {.timers = &timers, .joiner_limit = 4, .joined = joined},
		.asserts = {.timers = &timers,
			    .us = address("10.0.0.1"),
			    .metric = {.preference = 200, .metric = 100},
			    .interest = interest,
			    .send = send_assert,
			    .lost = lost},
	};
	pim.hello.fn = nothing;
	querier = (struct membership_querier){.name = "lan0",
					      .timers = &timers,
					      .address = address("10.0.0.1"),
					      .settings = {.limit = 4},
					      .robustness = 2,
					      .query_interval = 125};
	querier.general.fn = querier.other_present.fn = nothing;
}

static void end(void)
{
	pim_neighbors_free(&pim.neighbors);
	pim_downstream_free(&pim.downstream);
	pim_asserts_free(&pim.asserts);
	membership_querier_stop(&querier);
	timers_free(&timers);
}

TestSuite(control_lans, .init = begin, .fini = end);

Test(control_lans, interface)
{
	struct netlink_interface link = {.name = "wan0", .address_count = 1};

	link.addresses[0] = address("100.64.7.2");
	expect_json(view_interface(&link, "upstream", "tc", "lan0 has no XDP", NULL),
		    "{'name':'wan0','role':'upstream','mode':'tc','why':'lan0 has no XDP',"
		    "'in_front':null,'addresses':['100.64.7.2']}");
	expect_json(view_interface(&link, "upstream", NULL, NULL, "u32 at preference 1"),
		    "{'name':'wan0','role':'upstream','mode':null,'why':null,"
		    "'in_front':'u32 at preference 1','addresses':['100.64.7.2']}");
}

/* PIM */

static void hello_from(const char *from, const struct pim_hello *hello)
{
	struct addr addr = address(from);

	pim_neighbors_hello(&pim.neighbors, &addr, hello);
}

static void all_neighbors(const struct pim_interface *of, json_t *list)
{
	view_neighbors(of, 2, list);
}

static json_t *list_of(void (*view)(const struct pim_interface *pim, json_t *list))
{
	json_t *list = json_array();

	view(&pim, list);
	return list;
}

Test(control_lans, pim_alone)
{
	expect_json(view_pim(&pim),
		    "{'family':'ipv4','address':'10.0.0.1','further_addresses':[],"
		    "'observing':false,'generation_id':'0x00000abc','next_hello_s':null,"
		    "'dr':'10.0.0.1','dr_is_us':true,'override_interval_ms':3000,'neighbors':0,"
		    "'joins':0,'generation_noticed':null}");
	expect_json(list_of(all_neighbors), "[]");
}

Test(control_lans, pim_with_neighbors)
{
	struct pim_hello all = {.holdtime = 105,
				.has_lan_prune_delay = true,
				.propagation_delay_ms = 400,
				.override_interval_ms = 2000,
				.has_dr_priority = true,
				.dr_priority = 7,
				.has_generation_id = true,
				.generation_id = 0xffffffff,
				.address_count = 1};
	struct pim_hello plain = {.holdtime = PIM_HOLDTIME_FOREVER};

	all.addresses[0] = address("10.9.9.9");
	pim.secondaries[pim.secondary_count++] = address("10.0.1.1");
	timer_start(&timers, &pim.hello, 12 * USEC_PER_SEC);
	hello_from("10.0.0.2", &all);
	hello_from("172.16.0.3", &plain);
	expect_json(view_pim(&pim),
		    "{'family':'ipv4','address':'10.0.0.1','further_addresses':['10.0.1.1'],"
		    "'observing':false,'generation_id':'0x00000abc','next_hello_s':12.0,"
		    "'dr':'172.16.0.3','dr_is_us':false,'override_interval_ms':3000,"
		    "'neighbors':2,'joins':0,'generation_noticed':null}");
	expect_json(list_of(all_neighbors),
		    "[{'interface':'lan0','address':'10.0.0.2','other_subnet':false,'dr':false,"
		    "'since':'TIME','holdtime_s':105,'expires_s':105.0,'dr_priority':7,"
		    "'generation_id':'0xffffffff','propagation_delay_ms':400,"
		    "'override_interval_ms':2000,'addresses':['10.9.9.9']},"
		    "{'interface':'lan0','address':'172.16.0.3','other_subnet':true,'dr':true,"
		    "'since':'TIME','holdtime_s':65535,'expires_s':null,'dr_priority':null,"
		    "'generation_id':null,'propagation_delay_ms':null,"
		    "'override_interval_ms':null,'addresses':[]}]");
}

Test(control_lans, pim_counters)
{
	pim.address = address("fe80::1");
	pim.counters = (struct pim_counters){1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
	expect_json(list_of(view_pim_counters),
		    "[{'interface':'lan0','family':'ipv6','hellos_sent':1,'hellos_received':2,"
		    "'join_prunes_received':3,'asserts_sent':5,'asserts_received':6,"
		    "'prune_echoes_sent':4,'entries_skipped':7,'entries_refused':8,"
		    "'joins_refused':9,'joins_yielded':10,'for_other_router':11,"
		    "'parts_skipped':12}]");
}

static json_t *joins(void)
{
	json_t *list = json_array();

	view_joined(&pim, &sg, list);
	return list;
}

Test(control_lans, routers_that_want_a_channel)
{
	struct addr router = address("10.0.0.2");

	expect_json(joins(), "[]");
	pim_downstream_join(&pim.downstream, &sg, &router, 210);
	expect_json(joins(), "[{'interface':'lan0','by':'pim','neighbor':'10.0.0.2',"
			     "'state':'join','expires_s':210.0,'prune_s':null}]");
	pim_downstream_prune(&pim.downstream, &sg, 3 * USEC_PER_SEC);
	expect_json(joins(), "[{'interface':'lan0','by':'pim','neighbor':'10.0.0.2',"
			     "'state':'prune-pending','expires_s':210.0,'prune_s':3.0}]");
}

Test(control_lans, join_that_an_earlier_daemon_had)
{
	pim_downstream_adopt(&pim.downstream, &sg, 60, 0);
	expect_json(joins(), "[{'interface':'lan0','by':'pim','neighbor':null,'state':'join',"
			     "'expires_s':60.0,'prune_s':null}]");
}

Test(control_lans, asserts)
{
	struct pim_assert better = {
		.sg = sg, .is_channel = true, .metric = {.preference = 100, .metric = 10}};
	struct addr other = address("10.0.0.2");

	expect_json(view_assert(&pim, &sg), "null");
	pim_asserts_data(&pim.asserts, &sg);
	expect_json(view_assert(&pim, &sg),
		    "{'interface':'lan0','state':'winner','winner':'10.0.0.1','preference':200,"
		    "'metric':100,'expires_s':177.0}");
	pim_asserts_receive(&pim.asserts, &other, &better);
	expect_json(view_assert(&pim, &sg),
		    "{'interface':'lan0','state':'loser','winner':'10.0.0.2','preference':100,"
		    "'metric':10,'expires_s':180.0}");
}

/* IGMP, MLD */

Test(control_lans, we_are_querier)
{
	querier.counters = (struct membership_counters){1, 2, 3, 4, 5, 6, 7, 8};
	timer_start(&timers, &querier.general, 31250 * USEC_PER_MS);
	expect_json(view_querier(&querier),
		    "{'querier':true,'address':'10.0.0.1','next_query_s':31.25,'expires_s':null,"
		    "'query_interval_s':125,'robustness':2,'memberships':0,"
		    "'counters':{'queries_delayed':4,'queries_sent':1,'queries_received':2,"
		    "'reports_received':3,'old_queries':5,'no_source':6,'old_reports':7,"
		    "'skipped':8}}");
}

Test(control_lans, another_router_is_querier)
{
	querier.other = address("10.0.0.0");
	timer_start(&timers, &querier.other_present, 255 * USEC_PER_SEC);
	expect_json(view_querier(&querier),
		    "{'querier':false,'address':'10.0.0.0','next_query_s':null,'expires_s':255.0,"
		    "'query_interval_s':125,'robustness':2,'memberships':0,"
		    "'counters':{'queries_delayed':0,'queries_sent':0,'queries_received':0,"
		    "'reports_received':0,'old_queries':0,'no_source':0,'old_reports':0,"
		    "'skipped':0}}");
}

static json_t *memberships(void)
{
	json_t *list = json_array();

	view_membership(&querier, &sg, list);
	return list;
}

Test(control_lans, hosts_that_want_a_channel)
{
	expect_json(memberships(), "[]");
	cr_assert(membership_querier_adopt(&querier, &sg));
	expect_json(memberships(), "[{'interface':'lan0','by':'igmp','neighbor':null,"
				   "'state':'join','expires_s':260.0,'prune_s':null}]");
	membership_querier_find(&querier, &sg)->queries_left = 1;
	expect_json(memberships(), "[{'interface':'lan0','by':'igmp','neighbor':null,"
				   "'state':'leaving','expires_s':260.0,'prune_s':null}]");
}

Test(control_lans, hosts_that_want_a_channel_of_ipv6)
{
	sg = channel("2001:db8::1", "ff3e::8000:1");
	cr_assert(membership_querier_adopt(&querier, &sg));
	expect_json(memberships(), "[{'interface':'lan0','by':'mld','neighbor':null,"
				   "'state':'join','expires_s':260.0,'prune_s':null}]");
}
