/* SPDX-License-Identifier: BSD-2-Clause */
/* A LAN follows its interface when addresses, name or state change. A LAN adopts the joins of an
 * earlier daemon. */
#include "lan_lab.h"

TestSuite(lan_follow, .init = lab_begin, .fini = lab_end);

static struct lan *lan0(void)
{
	return &lab.lans.list[0];
}

static void follow(struct lan_link link)
{
	lan_follow(lan0(), &link);
}

static struct lan_link down(void)
{
	struct lan_link link = lab_link(0);

	link.up = false;
	return link;
}

/* The link without the addresses of a family. */
static struct lan_link without(int family)
{
	struct lan_link link = lab_bare_link(0);

	lab_add_address(&link, family == AF_INET ? ipv6.ours : ipv4.ours);
	return link;
}

static void start_with_joins(bool asked)
{
	lab_start(asked);
	lab_hello(0, ipv4.router);
	lab_hello(0, ipv6.router);
	lab_join(0, ipv4.router, ipv4.source, ipv4.group);
	lab_join(0, ipv6.router, ipv6.source, ipv6.group);
	cr_assert_eq(lab_joined_on(&ipv4), 1);
	cr_assert_eq(lab_joined_on(&ipv6), 1);
	run_for(&lab.timers, 6); /* a new neighbor is sent a Hello */
	lab_events();
}

/* The pattern with addresses of the family: < is ours, > the new one, ~ the secondary one. */
static const char *expected(const char *pattern, const struct lan_family *is)
{
	static char text[512];
	char *at = text;

	for (; *pattern; pattern++)
		if (*pattern == '<')
			at = stpcpy(at, is->ours);
		else if (*pattern == '>')
			at = stpcpy(at, is->other);
		else if (*pattern == '~')
			at = stpcpy(at, is->secondary);
		else
			*at++ = *pattern;
	*at = '\0';
	return text;
}

FAMILY_TEST(lan_follow, nothing_happens_if_nothing_has_changed)
{
	start_with_joins(true);
	follow(lab_link(0));
	cr_expect_str_eq(lab_events(), "observe=lan0",
			 "the dataplane may have been attached again");
	cr_expect_eq(lab_joined_on(is), 1);
}

FAMILY_TEST(lan_follow, pim_with_another_address_begins_as_a_new_router)
{
	start_with_joins(false);
	follow(lab_moved_link(is));
	cr_expect_str_eq(lab_events(), expected("open=> bye=< close=< hello=>+~ hello=>+~", is));
	cr_expect_eq(lab_joined_on(is), 1, "joins last until routers send them to the new address");
	follow(lab_moved_link(is));
	cr_expect_str_eq(lab_events(), "");
}

FAMILY_TEST(lan_follow, queries_come_from_the_new_address)
{
	start_with_joins(true);
	lab_report(0, is->host, MEMBERSHIP_ALLOW, is->source, is->group);
	follow(lab_moved_link(is));
	cr_expect_str_eq(lab_events(), expected("observe=lan0 openh=> closeh=< query=> "
						"open=> bye=< close=< hello=>+~ hello=>+~",
						is));
	cr_expect_eq(lab_joined_on(is), 1);
	cr_expect_eq(membership_querier_count(&lan_hosts_of(lan0(), is->family)->querier), 1);
}

FAMILY_TEST(lan_follow, the_old_address_stays_if_no_socket_can_be_opened)
{
	start_with_joins(true);
	strcpy(lab.cannot_open, is->other);
	follow(lab_moved_link(is));
	cr_expect_str_eq(lab_events(), "observe=lan0");
	cr_expect_eq(lab_joined_on(is), 1);
	lab.cannot_open[0] = '\0';
	follow(lab_moved_link(is));
	cr_expect_str_eq(lab_events(),
			 expected("observe=lan0 openh=> closeh=< query=> "
				  "open=> bye=< close=< hello=>+~ hello=>+~",
				  is),
			 "tried again at the next change");
}

FAMILY_TEST(lan_follow, another_secondary_address_is_announced)
{
	struct lan_link link = lab_link(0);
	const char *added = is->family == AF_INET ? "10.0.7.5" : "2001:db8:b::5";
	char events[128];

	start_with_joins(false);
	lab_add_address(&link, added);
	follow(link);
	snprintf(events, sizeof(events), "hello=%s+%s+%s", is->ours, is->secondary, added);
	cr_expect_str_eq(lab_events(), events);
	link.addresses[link.address_count - 1] = address(is->router2);
	follow(link);
	snprintf(events, sizeof(events), "hello=%s+%s+%s", is->ours, is->secondary, is->router2);
	cr_expect_str_eq(lab_events(), events);
	follow(lab_link(0));
	snprintf(events, sizeof(events), "hello=%s+%s", is->ours, is->secondary);
	cr_expect_str_eq(lab_events(), events);
}

Test(lan_follow, joins_end_when_the_interface_goes_down)
{
	start_with_joins(false);
	follow(down());
	cr_expect_str_eq(lab_events(), "bye=10.0.0.5 close=10.0.0.5 bye=fe80::5 close=fe80::5");
	cr_expect_eq(lab_joined_on(&ipv4), 0);
	cr_expect_eq(lab_joined_on(&ipv6), 0);
	follow(down());
	cr_expect_str_eq(lab_events(), "");
	follow(lab_link(0));
	cr_expect_str_eq(lab_events(), "open=10.0.0.5 hello=10.0.0.5+10.0.1.5 "
				       "hello=10.0.0.5+10.0.1.5 "
				       "open=fe80::5 hello=fe80::5+2001:db8:a::5 "
				       "hello=fe80::5+2001:db8:a::5");
	lab_hello(0, ipv4.router);
	lab_join(0, ipv4.router, ipv4.source, ipv4.group);
	cr_expect_eq(lab_joined_on(&ipv4), 1);
}

Test(lan_follow, joins_of_another_lan_stay)
{
	start_with_joins(false);
	lab_hello(1, ipv4.router);
	lab_join(1, ipv4.router, ipv4.source, ipv4.group);
	cr_assert_eq(lab_joined_on(&ipv4), 3);
	follow(down());
	cr_expect_eq(lab_joined_on(&ipv4), 2);
	cr_expect_eq(lab_joined_on(&ipv6), 0);
}

FAMILY_TEST(lan_follow, joins_end_with_their_familys_addresses)
{
	const struct lan_family *stays = is == &ipv4 ? &ipv6 : &ipv4;

	start_with_joins(true);
	lab_report(0, is->host, MEMBERSHIP_ALLOW, is->source, is->group);
	follow(without(is->family));
	cr_expect_eq(lab_joined_on(is), 0, "those of routers and those of hosts");
	cr_expect_eq(lab_joined_on(stays), 1);
	cr_expect_null(lan_pim_of(lan0(), is->family)->socket);
	cr_expect_not_null(lan_pim_of(lan0(), stays->family)->socket);
	cr_expect_null(lan_hosts_of(lan0(), is->family)->socket);
	cr_expect_not_null(lan_hosts_of(lan0(), stays->family)->socket);
}

Test(lan_follow, a_lan_ends_with_its_interface_and_begins_again_with_it)
{
	struct lan_link gone = {.name = "lan0"}, back = lab_link(0);

	start_with_joins(true);
	follow(gone);
	cr_expect_str_eq(lab_events(), "closeh=10.0.0.5 closeh=fe80::5 bye=10.0.0.5 "
				       "close=10.0.0.5 bye=fe80::5 close=fe80::5");
	cr_expect_null(lan_find(&lab.lans, 10));
	cr_expect_eq(HASH_COUNT(lab.channels.by_sg), 0);
	back.ifindex = 99;
	follow(back);
	cr_expect_eq(lan_find(&lab.lans, 99), lan0());
	cr_expect_not_null(strstr(lab_events(), "observe=lan0 openh=10.0.0.5 query=10.0.0.5"));
}

/* The state machines log with the LAN's name. */
Test(lan_follow, an_interface_may_be_renamed)
{
	struct lan_link renamed = lab_link(0);

	strcpy(renamed.name, "office");
	start_with_joins(true);
	follow(renamed);
	cr_expect_str_eq(lab_events(), "observe=office");
	cr_expect_str_eq(lan0()->ipv4.interface.name, "office");
	cr_expect_str_eq(lan0()->igmp.querier.name, "office");
	cr_expect_eq(lab_joined_on(&ipv4), 1);
}

/* IGMP keeps its old address and its memberships. */
Test(lan_follow, hosts_do_not_follow_if_the_dataplane_fails)
{
	start_with_joins(true);
	lab.cannot_observe = true;
	follow(lab_moved_link(&ipv4));
	cr_expect_str_eq(lab_events(), "observe=lan0 open=10.0.0.9 bye=10.0.0.5 close=10.0.0.5 "
				       "hello=10.0.0.9+10.0.1.5 hello=10.0.0.9+10.0.1.5");
	cr_expect_not_null(lan0()->igmp.socket);
}

/* When the interface came up, a socket for IGMP or MLD could be opened, but none for PIM. */
static struct raw_socket *open_no_pim(const struct lan *lan, enum protocol protocol,
				      const struct addr *source)
{
	return protocol == PROTOCOL_MEMBERSHIP ? lab_open(lan, protocol, source) : NULL;
}

FAMILY_TEST(lan_follow, joins_of_hosts_stay_if_pim_cannot_start)
{
	struct lan_actions no_pim = lab_lan_actions;

	start_with_joins(true);
	follow(down());
	no_pim.open = open_no_pim;
	lab.lans.actions = &no_pim;
	follow(lab_link(0));
	lab_report(0, is->host, MEMBERSHIP_ALLOW, is->source, is->group);
	cr_assert_eq(lab_joined_on(is), 1);
	follow(lab_link(0));
	cr_expect_eq(lab_joined_on(is), 1);
	cr_expect_null(lan_pim_of(lan0(), is->family)->socket);
	lab.lans.actions = &lab_lan_actions;
	follow(lab_link(0));
	cr_expect_not_null(lan_pim_of(lan0(), is->family)->socket, "tried again at each change");
	cr_expect_eq(lab_joined_on(is), 1);
}

/* RFC 7761 section 4.6: the Assert that we lost is part of the state that ends. */
FAMILY_TEST(lan_follow, a_lost_assert_is_forgotten_when_the_interface_goes_down)
{
	struct channel *channel;

	start_with_joins(false);
	lab_hello(1, is->router);
	lab_join(1, is->router, is->source, is->group);
	channel = lab_channel(is->source, is->group);
	lab_serve(channel);
	lab_assert(is, 1);
	cr_assert_eq(channel->lost, 1);
	cr_expect_eq(channel_egress(channel), 2);
	follow(down());
	cr_expect_eq(channel->lost, 0);
	cr_expect_eq(channel->interfaces, 2);
	follow(lab_link(0));
	lab_hello(0, is->router);
	lab_join(0, is->router, is->source, is->group);
	cr_expect_eq(channel_egress(channel), 3);
}

/* Adoption */

static bool adopt(const struct lan_family *is)
{
	struct sg sg = channel(is->source, is->group);

	cr_assert(channel_table_want(&lab.channels, &sg, 0, lab.timers.now));
	return lan_adopt(lan0(), &sg);
}

FAMILY_TEST(lan_follow, an_adopted_join_lasts_for_the_holdtime)
{
	lab_start(false);
	cr_expect(adopt(is));
	run_for(&lab.timers, HELD - 0.1);
	cr_expect_eq(lab_joined_on(is), 1);
	run_for(&lab.timers, 0.2);
	cr_expect_eq(lab_joined_on(is), 0);
}

/* RFC 3376 section 8.4: 2 times 125 s plus 10 s. */
FAMILY_TEST(lan_follow, an_adopted_join_counts_as_one_of_hosts_if_they_are_asked)
{
	lab_start(true);
	cr_expect(adopt(is));
	cr_expect_eq(membership_querier_count(&lan_hosts_of(lan0(), is->family)->querier), 1);
	cr_expect_eq(pim_downstream_count(&lan_pim_of(lan0(), is->family)->interface.downstream),
		     0);
	run_for(&lab.timers, 259.9);
	cr_expect_eq(lab_joined_on(is), 1);
	run_for(&lab.timers, 0.2);
	cr_expect_eq(lab_joined_on(is), 0);
}

FAMILY_TEST(lan_follow, an_adopted_join_counts_as_one_of_routers_if_hosts_have_no_room)
{
	lab.lans.hosts.limit = 0;
	lab_start(true);
	cr_expect(adopt(is));
	cr_expect_eq(membership_querier_count(&lan_hosts_of(lan0(), is->family)->querier), 0);
	cr_expect_eq(pim_downstream_count(&lan_pim_of(lan0(), is->family)->interface.downstream),
		     1);
}

FAMILY_TEST(lan_follow, no_join_is_adopted_for_a_family_without_address)
{
	struct sg sg = channel(is->source, is->group);

	lan0()->link = without(is->family);
	lab_start(true);
	cr_expect_not(lan_adopt(lan0(), &sg));
}
