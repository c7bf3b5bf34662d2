/* SPDX-License-Identifier: BSD-2-Clause */
/* Tunnels, discoveries and holds as JSON. */
#include "control/view_tunnels.h"
#include "views.h"

static struct timers timers;
static struct amt_tunnels tunnels;
static struct amt_tunnel tunnel;

/* All of them */
static json_t *view_tunnels(void)
{
	json_t *list = json_array(), *discoveries = json_array();
	const struct amt_contact *contact;
	const struct amt_tunnel *one;

	for (one = tunnels.by_relay; one; one = one->hh.next)
		json_array_append_new(list, view_tunnel(one));
	for (contact = tunnels.by_contact; contact; contact = contact->hh.next)
		json_array_append_new(discoveries, view_contact(contact));
	return json_pack("{s:o, s:o, s:o}", "tunnels", list, "discoveries", discoveries,
			 "held_down", view_holds(&tunnels));
}

static void nothing(struct timer *timer)
{
	(void)timer;
}

static void begin(void)
{
	timers = (struct timers){.now = NOW};
	tunnels = (struct amt_tunnels){.timers = &timers};
	tunnel = (struct amt_tunnel){
		.tunnels = &tunnels,
		.relay = address("203.0.113.15"),
		.endpoint = {.local = address("100.64.7.2"), .local_port = 50000},
		.since = NOW,
	};
	tunnel.gateway.igmp.request.fn = tunnel.gateway.mld.request.fn = nothing;
}

static void end(void)
{
	timers_free(&timers);
}

TestSuite(control_tunnels, .init = begin, .fini = end);

Test(control_tunnels, none)
{
	expect_json(view_tunnels(), "{'tunnels':[],'discoveries':[],'held_down':[]}");
}

Test(control_tunnels, one_without_an_answer)
{
	tunnels.by_relay = &tunnel;
	expect_json(view_tunnels(),
		    "{'tunnels':[{'relay':'203.0.113.15','local':'100.64.7.2','local_port':50000,"
		    "'since':'TIME','channels':0,'data_on_socket':0,'round_trip_ms':null,"
		    "'full':false,"
		    "'igmp':{'state':'idle','next_request_s':null,'query_interval_s':null,"
		    "'robustness':null,'wanted':0},"
		    "'mld':{'state':'idle','next_request_s':null,'query_interval_s':null,"
		    "'robustness':null,'wanted':0},'p_flag':null}],"
		    "'discoveries':[],'held_down':[]}");
}

Test(control_tunnels, one_of_both_protocols)
{
	struct amt_gateway *gateway = &tunnel.gateway;

	tunnels.by_relay = &tunnel;
	tunnel.data_on_socket = 9;
	gateway->full = true;
	gateway->round_trip = 20500;
	gateway->p_flag.first = AMT_P_LINUX;
	gateway->igmp.wanted = 2;
	gateway->mld.wanted = 3;
	gateway->mld.has_ticket = true;
	gateway->mld.query_interval = 125;
	gateway->mld.robustness = 2;
	timer_start(&timers, &gateway->mld.request, 90 * USEC_PER_SEC);
	expect_json(view_tunnels(),
		    "{'tunnels':[{'relay':'203.0.113.15','local':'100.64.7.2','local_port':50000,"
		    "'since':'TIME','channels':5,'data_on_socket':9,'round_trip_ms':20.5,"
		    "'full':true,"
		    "'igmp':{'state':'idle','next_request_s':null,'query_interval_s':null,"
		    "'robustness':null,'wanted':2},"
		    "'mld':{'state':'idle','next_request_s':90.0,'query_interval_s':125,"
		    "'robustness':2,'wanted':3},'p_flag':'0x80'}],"
		    "'discoveries':[],'held_down':[]}");
}

Test(control_tunnels, p_flag_of_a_relay_that_reads_it_by_the_rfc)
{
	json_t *view;

	tunnels.by_relay = &tunnel;
	tunnel.gateway.mld.has_ticket = true;
	tunnel.gateway.p_flag.first = AMT_P;
	view = view_tunnels();
	expect_json(json_incref(json_object_get(json_array_get(json_object_get(view, "tunnels"), 0),
						"p_flag")),
		    "'0x01'");
	json_decref(view);
}

Test(control_tunnels, discoveries)
{
	struct amt_member members[2] = {{.next = &members[1]}};
	struct amt_contact found = {
		.address = address("2001:3::1"), .found = true, .relay = address("2001:db8::15")};
	struct amt_contact asked = {.address = address("192.52.193.1"), .waiting = members};

	tunnels.by_contact = &asked;
	asked.hh.next = &found;
	expect_json(view_tunnels(),
		    "{'tunnels':[],'discoveries':["
		    "{'address':'192.52.193.1','relay':null,'waiting':2},"
		    "{'address':'2001:3::1','relay':'2001:db8::15','waiting':0}],'held_down':[]}");
}

Test(control_tunnels, relays_that_are_held_down)
{
	struct amt_hold over = {.relay = address("203.0.113.1"), .until = NOW};
	struct amt_hold full = {.relay = address("203.0.113.2"),
				.since = NOW,
				.until = NOW + 1500 * USEC_PER_MS,
				.kind = AMT_HOLD_FULL,
				.failures = 2,
				.reason = "relay takes no new channels (L flag)"};

	tunnels.holds.by_relay = &over;
	over.hh.next = &full;
	expect_json(view_tunnels(),
		    "{'tunnels':[],'discoveries':[],'held_down':[{'relay':'203.0.113.2',"
		    "'reason':'relay takes no new channels (L flag)','full':true,'failures':2,"
		    "'since':'TIME','ends_s':1.5}]}");
}
