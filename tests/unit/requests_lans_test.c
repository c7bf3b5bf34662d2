/* SPDX-License-Identifier: BSD-2-Clause */
/* `interfaces` and `neighbors`, and what `status`, `counters` and `channels` show of the LANs:
 * lan0, lan1, and wan0, which is upstream. */
#include "requests_lan_lab.h"

TestSuite(requests_lans, .init = req_begin_on_lans, .fini = req_end_on_lans);

static json_t *interfaces(void)
{
	return req_reply("{'command':'interfaces'}");
}

static json_t *status(void)
{
	return req_reply("{'command':'status'}");
}

static void follow(unsigned number, struct lan_link link)
{
	lan_follow(&lab.lans.list[number], &link);
}

/* lan0 with one address, of this family. */
static struct lan_link only(const struct lan_family *is)
{
	struct lan_link link = lab_bare_link(0);

	lab_add_address(&link, is->ours);
	return link;
}

/* interfaces */

Test(requests_lans, interfaces_of_both_roles)
{
	json_t *reply;

	lab_start(true);
	reply = interfaces();
	cr_expect_eq(json_object_size(reply), 1);
	cr_assert_eq(json_array_size(req_at(reply, "interfaces")), 3);
	expect_keys(req_at(reply, "interfaces.0"),
		    "name role mode why in_front addresses up mtu refused unasked_reports pim igmp "
		    "mld ");
	expect_at(reply, "interfaces.0.name", "'lan0'");
	expect_at(reply, "interfaces.0.role", "'downstream'");
	expect_at(reply, "interfaces.0.mode", "'tc'");
	expect_at(reply, "interfaces.0.why", "'a LAN'");
	expect_at(reply, "interfaces.0.in_front", "null");
	expect_at(reply, "interfaces.0.addresses", "['10.0.0.5','fe80::5']");
	expect_at(reply, "interfaces.0.up", "true");
	expect_count_at(reply, "interfaces.0.mtu", 1500);
	expect_count_at(reply, "interfaces.0.refused", 7);
	expect_count_at(reply, "interfaces.0.unasked_reports", 5);
	expect_at(reply, "interfaces.1.name", "'lan1'");
	expect_at(reply, "interfaces.1.addresses", "['10.1.0.5','fe80::1:5']");
	expect_count_at(reply, "interfaces.1.refused", 0);
	expect_at(reply, "interfaces.2",
		  "{'name':'wan0','role':'upstream','mode':'xdp','why':'lan0, lan1: veth',"
		  "'in_front':null,'addresses':[],'up':true,'mtu':9000}");
	json_decref(reply);
}

Test(requests_lans, pim_of_both_families_and_hosts_that_are_asked)
{
	json_t *reply;

	lab_start(true);
	reply = interfaces();
	cr_assert_eq(json_array_size(req_at(reply, "interfaces.0.pim")), 2);
	expect_at(reply, "interfaces.0.pim.0.family", "'ipv4'");
	expect_at(reply, "interfaces.0.pim.0.address", "'10.0.0.5'");
	expect_at(reply, "interfaces.0.pim.0.further_addresses", "['10.0.1.5']");
	expect_at(reply, "interfaces.0.pim.1.family", "'ipv6'");
	expect_at(reply, "interfaces.0.pim.1.address", "'fe80::5'");
	expect_at(reply, "interfaces.0.igmp.address", "'10.0.0.5'");
	expect_at(reply, "interfaces.0.igmp.querier", "true");
	expect_at(reply, "interfaces.0.mld.address", "'fe80::5'");
	expect_at(reply, "interfaces.1.pim.0.address", "'10.1.0.5'");
	expect_at(reply, "interfaces.1.igmp", "null");
	expect_at(reply, "interfaces.1.mld", "null");
	json_decref(reply);
}

/* On lan0 nobody speaks the family's protocols. */
static void expect_silence_of_the_other(const struct lan_family *is, json_t *reply)
{
	bool is_ipv4 = is->family == AF_INET;

	cr_expect_eq(json_array_size(req_at(reply, "interfaces.0.pim")), 1);
	expect_at(reply, "interfaces.0.pim.0.family", is_ipv4 ? "'ipv4'" : "'ipv6'");
	cr_expect(
		json_is_object(req_at(reply, is_ipv4 ? "interfaces.0.igmp" : "interfaces.0.mld")));
	expect_at(reply, is_ipv4 ? "interfaces.0.mld" : "interfaces.0.igmp", "null");
}

FAMILY_TEST(requests_lans, a_lan_of_one_family)
{
	json_t *reply;

	lab.lans.list[0].link = only(is);
	lab_start(true);
	reply = interfaces();
	expect_silence_of_the_other(is, reply);
	json_decref(reply);
}

FAMILY_TEST(requests_lans, a_lan_that_loses_a_family)
{
	json_t *reply;

	req_start_on_lans();
	follow(0, only(is));
	reply = interfaces();
	expect_silence_of_the_other(is, reply);
	json_decref(reply);
	reply = status();
	expect_count_at(reply, "interfaces.0.neighbors", 1);
	cr_expect_eq(json_array_size(req_at(reply, "interfaces.0.dr")), 1);
	json_decref(reply);
}

Test(requests_lans, a_lan_that_is_gone)
{
	struct link *link = &req.links.lans[0];
	struct lan_link gone = lab_bare_link(0);
	json_t *reply;

	req_start_on_lans();
	gone.ifindex = 0;
	gone.up = false;
	follow(0, gone);
	link->is.ifindex = link->is.address_count = 0; /* `up` is what it was */
	reply = interfaces();
	expect_at(reply, "interfaces.0",
		  "{'name':'lan0','role':'downstream','mode':null,'why':null,'in_front':null,"
		  "'addresses':[],'up':false,'mtu':1500,'refused':null,'unasked_reports':0,'pim':[]"
		  ",'igmp':null,"
		  "'mld':null}");
	expect_at(reply, "interfaces.1.up", "true");
	json_decref(reply);
	reply = status();
	expect_at(reply, "interfaces.0",
		  "{'name':'lan0','role':'downstream','mode':null,'why':null,'in_front':null,"
		  "'addresses':[],'neighbors':0,'observed':false,'refused':null,'dr':[],"
		  "'igmp':null,'mld':null}");
	json_decref(reply);
}

Test(requests_lans, a_link_that_is_down)
{
	json_t *reply;

	req.links.lans[1].is.up = req.links.upstreams[0].is.up = false;
	lab_start(false);
	reply = interfaces();
	expect_at(reply, "interfaces.0.up", "true");
	expect_at(reply, "interfaces.1.up", "false");
	expect_at(reply, "interfaces.2.up", "false");
	json_decref(reply);
}

/* Programs */

static void lose(struct link *link, const char *why)
{
	snprintf(link->program.why, sizeof(link->program.why), "%s", why);
}

Test(requests_lans, why_a_program_is_not_attached)
{
	json_t *reply;

	req.programs[0].mode = req.programs[0].why = NULL;
	req.programs[2].mode = NULL;
	lose(&req.links.lans[0], "another tool has taken it away");
	lose(&req.links.lans[1], "of an earlier failure");
	reply = interfaces();
	expect_at(reply, "interfaces.0.mode", "null");
	expect_at(reply, "interfaces.0.why", "'another tool has taken it away'");
	expect_at(reply, "interfaces.1.mode", "'tc'");
	expect_at(reply, "interfaces.1.why", "'a LAN'"); /* it is attached */
	expect_at(reply, "interfaces.2.mode", "null");
	expect_at(reply, "interfaces.2.why", "'lan0, lan1: veth'"); /* the link knows nothing */
	json_decref(reply);
	reply = status();
	expect_at(reply, "interfaces.0.why", "'another tool has taken it away'");
	json_decref(reply);
}

Test(requests_lans, what_is_in_front_of_a_program)
{
	json_t *reply;

	req.programs[0].in_front = "clsact: bpf cilium";
	req.programs[2].in_front = "tcx: guard";
	reply = interfaces();
	expect_at(reply, "interfaces.1.in_front", "null");
	expect_at(reply, "interfaces.2.in_front", "'tcx: guard'");
	json_decref(reply);
}

Test(requests_lans, packets_that_a_lan_refused_are_not_always_known)
{
	json_t *reply;

	req.programs[0].is_counted = false;
	reply = interfaces();
	expect_at(reply, "interfaces.0.refused", "null");
	expect_at(reply, "interfaces.1.refused", "0");
	json_decref(reply);
	reply = status();
	expect_at(reply, "interfaces.0.refused", "null");
	expect_at(reply, "interfaces.1.refused", "0");
	json_decref(reply);
}

/* Each role has its own program. */
Test(requests_lans, an_interface_of_both_roles)
{
	json_t *reply;

	req_add_link(&req.links.upstreams[0], ROLE_UPSTREAM, "lan0", 10);
	req.programs[2].ifindex = 10;
	reply = interfaces();
	expect_at(reply, "interfaces.0.role", "'downstream'");
	expect_at(reply, "interfaces.0.mode", "'tc'");
	expect_at(reply, "interfaces.2.role", "'upstream'");
	expect_at(reply, "interfaces.2.name", "'lan0'");
	expect_at(reply, "interfaces.2.mode", "'xdp'");
	json_decref(reply);
}

/* status */

Test(requests_lans, status_has_each_interface_in_short)
{
	json_t *reply;

	req_start_on_lans();
	lab_hello(0, ipv4.router2);
	reply = status();
	cr_assert_eq(json_array_size(req_at(reply, "interfaces")), 3);
	expect_keys(req_at(reply, "interfaces.0"), "name role mode why in_front addresses "
						   "neighbors observed refused dr igmp mld ");
	expect_count_at(reply, "interfaces.0.neighbors", 3);
	expect_at(reply, "interfaces.0.observed", "false");
	expect_count_at(reply, "interfaces.0.refused", 7);
	/* The highest addresses: no router has another priority. */
	expect_at(reply, "interfaces.0.dr", "['10.0.0.5','fe80::5']");
	expect_at(reply, "interfaces.0.igmp.address", "'10.0.0.5'");
	expect_at(reply, "interfaces.0.mld.address", "'fe80::5'");
	expect_count_at(reply, "interfaces.1.neighbors", 2);
	expect_at(reply, "interfaces.1.igmp", "null");
	expect_at(reply, "interfaces.1.mld", "null");
	expect_keys(req_at(reply, "interfaces.2"), "name role mode why in_front addresses ");
	expect_at(reply, "interfaces.2.mode", "'xdp'");
	json_decref(reply);
}

Test(requests_lans, a_lan_that_is_observed)
{
	json_t *reply;

	lab.lans.list[1].observed = true;
	lab_start(false);
	reply = status();
	expect_at(reply, "interfaces.0.observed", "false");
	expect_at(reply, "interfaces.1.observed", "true");
	json_decref(reply);
	reply = interfaces();
	expect_at(reply, "interfaces.0.pim.0.observing", "false");
	expect_at(reply, "interfaces.1.pim.0.observing", "true");
	json_decref(reply);
}

/* neighbors, counters */

Test(requests_lans, no_neighbor)
{
	expect_json(req_reply("{'command':'neighbors'}"), "{'neighbors':[]}");
	lab_start(false);
	expect_json(req_reply("{'command':'neighbors'}"), "{'neighbors':[]}");
}

Test(requests_lans, neighbors_of_each_lan_and_family)
{
	static const struct {
		const char *interface, *address;
	} rows[] = {{"lan0", "10.0.0.2"},
		    {"lan0", "10.0.0.3"},
		    {"lan0", "fe80::2"},
		    {"lan1", "10.0.0.2"},
		    {"lan1", "fe80::2"}};
	json_t *reply, *neighbors;

	req_start_on_lans();
	lab_hello(0, ipv4.router2);
	reply = req_reply("{'command':'neighbors'}");
	cr_expect_eq(json_object_size(reply), 1);
	neighbors = req_at(reply, "neighbors");
	cr_assert_eq(json_array_size(neighbors), sizeof(rows) / sizeof(rows[0]));
	for (size_t i = 0; i < json_array_size(neighbors); i++) {
		const json_t *is = json_array_get(neighbors, i);

		cr_expect_str_eq(json_string_value(req_at(is, "interface")), rows[i].interface);
		cr_expect_str_eq(json_string_value(req_at(is, "address")), rows[i].address);
	}
	expect_at(reply, "neighbors.0.generation_id", "'0x00000001'");
	json_decref(reply);
}

Test(requests_lans, counters_of_pim_on_each_lan_in_each_family)
{
	json_t *reply;

	req_start_on_lans();
	lab_hello(0, ipv4.router2);
	lab_join(1, ipv6.router, ipv6.source, ipv6.group);
	follow(0, only(&ipv4));
	reply = req_reply("{'command':'counters'}");
	cr_assert_eq(json_array_size(req_at(reply, "pim")), 3, "lan0 has lost IPv6");
	expect_at(reply, "pim.0.interface", "'lan0'");
	expect_at(reply, "pim.0.family", "'ipv4'");
	expect_count_at(reply, "pim.0.hellos_received", 2);
	expect_at(reply, "pim.1.interface", "'lan1'");
	expect_at(reply, "pim.1.family", "'ipv4'");
	expect_count_at(reply, "pim.1.hellos_received", 1);
	expect_count_at(reply, "pim.1.join_prunes_received", 0);
	expect_at(reply, "pim.2.family", "'ipv6'");
	expect_count_at(reply, "pim.2.join_prunes_received", 1);
	json_decref(reply);
}

/* channels: who wants them */

static json_t *channels(void)
{
	return req_reply("{'command':'channels'}");
}

/* `expected`, in which < is the router's address, > ours, and % the protocol of the hosts. */
static void expect_of(const struct lan_family *is, const json_t *reply, const char *path,
		      const char *expected)
{
	char text[1024], *at = text;

	for (; *expected; expected++)
		if (*expected == '<')
			at = stpcpy(at, is->router);
		else if (*expected == '>')
			at = stpcpy(at, is->ours);
		else if (*expected == '%')
			at = stpcpy(at, is->family == AF_INET ? "igmp" : "mld");
		else
			*at++ = *expected;
	*at = '\0';
	expect_at(reply, path, text);
}

static struct channel *find(const struct lan_family *is)
{
	struct sg sg = channel(is->source, is->group);

	return channel_table_find(&req_paths.channels, &sg);
}

FAMILY_TEST(requests_lans, a_channel_that_routers_and_hosts_want)
{
	json_t *reply;

	req_start_on_lans();
	lab_join(1, is->router, is->source, is->group);
	lab_report(0, is->host, MEMBERSHIP_ALLOW, is->source, is->group);
	lab_join(0, is->router, is->source, is->group);
	run_for(&lab.timers, 10);
	reply = channels();
	cr_assert_eq(json_array_size(req_at(reply, "channels")), 1);
	expect_at(reply, "channels.0.interfaces", "['lan0','lan1']");
	expect_of(is, reply, "channels.0.wanted",
		  "[{'interface':'lan0','by':'pim','neighbor':'<','state':'join',"
		  "'expires_s':200.0,'prune_s':null},"
		  "{'interface':'lan0','by':'%','neighbor':null,'state':'join',"
		  "'expires_s':250.0,'prune_s':null},"
		  "{'interface':'lan1','by':'pim','neighbor':'<','state':'join',"
		  "'expires_s':200.0,'prune_s':null}]");
	expect_at(reply, "channels.0.asserts", "[]");
	json_decref(reply);
}

FAMILY_TEST(requests_lans, a_channel_that_hosts_are_leaving)
{
	json_t *reply;

	req_start_on_lans();
	lab_report(0, is->host, MEMBERSHIP_ALLOW, is->source, is->group);
	lab_report(0, is->host, MEMBERSHIP_BLOCK, is->source, is->group);
	reply = channels();
	expect_of(is, reply, "channels.0.wanted",
		  "[{'interface':'lan0','by':'%','neighbor':null,'state':'leaving',"
		  "'expires_s':2.0,'prune_s':null}]");
	json_decref(reply);
}

FAMILY_TEST(requests_lans, asserts_of_a_channel)
{
	struct sg sg = channel(is->source, is->group);
	json_t *reply;

	req_start_on_lans();
	run_for(&lab.timers, 6); /* new neighbors are sent a Hello */
	lab_join(0, is->router, is->source, is->group);
	lab_join(1, is->router, is->source, is->group);
	lab_serve(find(is));
	lans_observed_rival(&lab.lans, 10, &sg);
	reply = channels();
	expect_of(is, reply, "channels.0.asserts",
		  "[{'interface':'lan0','state':'winner','winner':'>','preference':200,"
		  "'metric':100,'expires_s':177.0}]");
	json_decref(reply);
	lab_assert(is, 10);
	lans_observed_rival(&lab.lans, 11, &sg);
	reply = channels();
	cr_assert_eq(json_array_size(req_at(reply, "channels.0.asserts")), 2);
	expect_of(is, reply, "channels.0.asserts.0",
		  "{'interface':'lan0','state':'loser','winner':'<','preference':10,"
		  "'metric':100,'expires_s':180.0}");
	expect_at(reply, "channels.0.asserts.1.interface", "'lan1'");
	expect_at(reply, "channels.0.asserts.1.state", "'winner'");
	json_decref(reply);
}

/* A LAN that speaks the channel's family no longer says nothing of it. */
FAMILY_TEST(requests_lans, a_channel_of_a_lan_that_is_gone)
{
	struct lan_link gone = lab_bare_link(0);
	json_t *reply;

	req_start_on_lans();
	lab_join(0, is->router, is->source, is->group);
	lab_join(1, is->router, is->source, is->group);
	gone.up = false;
	follow(0, gone);
	reply = channels();
	cr_assert_eq(json_array_size(req_at(reply, "channels.0.wanted")), 1);
	expect_at(reply, "channels.0.wanted.0.interface", "'lan1'");
	expect_at(reply, "channels.0.interfaces", "['lan1']");
	json_decref(reply);
}
