/* SPDX-License-Identifier: BSD-2-Clause */
/* A full table of channels: which party yields a place to which, and who is refused. */
#include "lan/shares.h"
#include "lan_lab.h"
#include "log_file.h"

static struct log_file log_file;

static void end(void)
{
	lab_end();
	free(log_file_end(&log_file));
}

TestSuite(lan_shares, .fini = end);

/* `limit` channels. lan0 has the routers A and B, lan1 the router C, in each family; the hosts of
 * lan0 are asked. */
static void begin(unsigned limit)
{
	log_file = log_file_begin();
	lab_begin_with(limit);
	lab_start(true);
	lab_hello(0, ipv4.router);
	lab_hello(0, ipv4.router2);
	lab_hello(1, ipv4.router);
	lab_hello(0, ipv6.router);
	lab_hello(0, ipv6.router2);
	lab_hello(1, ipv6.router);
}

/* A letter names who joins: A, B and C are routers, H is a host. */

static const char *group_of(const struct lan_family *is, unsigned number)
{
	static char text[ADDR_TEXT];

	snprintf(text, sizeof(text), is == &ipv4 ? "232.1.1.%u" : "ff3e::8000:%u", number);
	return text;
}

static void join(char who, const struct lan_family *is, unsigned number)
{
	const char *group = group_of(is, number);

	if (who == 'H')
		lab_report(0, is->host, MEMBERSHIP_ALLOW, is->source, group);
	else
		lab_join(who == 'C', who == 'B' ? is->router2 : is->router, is->source, group);
}

static void join_all(char who, const struct lan_family *is, unsigned from, unsigned to)
{
	for (unsigned i = from; i <= to; i++)
		join(who, is, i);
}

static unsigned joined_by(char who, const struct lan_family *is)
{
	struct addr router = address(who == 'B' ? is->router2 : is->router);
	struct lan *lan = &lab.lans.list[who == 'C'];

	if (who == 'H')
		return membership_querier_count(&lan_hosts_of(lan, is->family)->querier);
	return pim_downstream_joined_by(&lan_pim_of(lan, is->family)->interface.downstream,
					&router);
}

static bool has(const struct lan_family *is, unsigned number)
{
	return lab_channel(is->source, group_of(is, number));
}

static unsigned channels(void)
{
	return HASH_COUNT(lab.channels.by_sg);
}

static void expect_log(const char *text)
{
	char *log = log_file_end(&log_file);

	cr_expect(strstr(log, text), "'%s' is not in: %s", text, log);
	free(log);
	log_file = log_file_begin();
}

FAMILY_TEST(lan_shares, one_party_may_have_all)
{
	begin(4);
	join_all('A', is, 1, 4);
	cr_expect_eq(joined_by('A', is), 4);
	join('A', is, 5);
	cr_expect_eq(joined_by('A', is), 4, "nobody yields to itself");
	cr_expect_eq(lab.rejected[PROTOCOL_PIM][FAULT_LIMIT], 1);
	expect_log("not joined on lan0: 4 channels are served already");
	join('A', is, 3);
	cr_expect_eq(lab.rejected[PROTOCOL_PIM][FAULT_LIMIT], 1, "a refresh needs no place");
}

FAMILY_TEST(lan_shares, another_party_takes_its_share_the_latest_first)
{
	struct pim_interface *pim;

	begin(4);
	pim = &lan_pim_of(&lab.lans.list[0], is->family)->interface;
	join_all('A', is, 1, 4);
	join('B', is, 11);
	cr_expect(has(is, 11));
	cr_expect_not(has(is, 4), "the latest of A");
	cr_expect_eq(pim->counters.joins_yielded, 1);
	expect_log("on lan0 has joined the most channels, 4: it loses the latest to others");
	join('B', is, 12);
	cr_expect(has(is, 12));
	cr_expect_not(has(is, 3));
	join('B', is, 13);
	cr_expect_not(has(is, 13), "B has its share");
	cr_expect(has(is, 1) && has(is, 2), "the oldest channels stay");
	cr_expect_eq(pim->counters.joins_yielded, 2);
	cr_expect_eq(channels(), 4);
}

FAMILY_TEST(lan_shares, a_party_of_another_lan_or_family_has_a_share_too)
{
	const struct lan_family *other = is == &ipv4 ? &ipv6 : &ipv4;

	begin(6);
	join_all('A', is, 1, 6);
	join_all('C', is, 11, 13);
	cr_expect_eq(joined_by('A', is), 3);
	cr_expect_eq(joined_by('C', is), 3);
	join_all('A', other, 21, 23);
	cr_expect_eq(joined_by('A', other), 2, "6 places for 3");
	cr_expect_eq(joined_by('A', is), 2);
	cr_expect_eq(joined_by('C', is), 2);
}

/* A party that would have as many as the largest one then gets no place. */
FAMILY_TEST(lan_shares, the_largest_party_does_not_yield_to_an_equal_one)
{
	begin(5);
	join_all('A', is, 1, 3);
	join_all('B', is, 11, 12);
	join('B', is, 13);
	cr_expect_eq(joined_by('A', is), 3);
	cr_expect_eq(joined_by('B', is), 2);
	join('C', is, 21);
	cr_expect_eq(joined_by('A', is), 2);
	join('C', is, 22);
	cr_expect_eq(joined_by('C', is), 1, "5 places for 3");
}

/* Four parties, 12 places: 3 for each, though the largest party still has many more. */
FAMILY_TEST(lan_shares, a_party_takes_no_more_than_its_share)
{
	begin(12);
	join_all('A', is, 1, 9);
	join('B', is, 11);
	join('C', is, 21);
	join('H', is, 31);
	join_all('B', is, 12, 14);
	cr_expect_eq(joined_by('B', is), 3);
	cr_expect_eq(joined_by('A', is), 7);
	join_all('H', is, 32, 34);
	cr_expect_eq(joined_by('H', is), 3);
	cr_expect_eq(joined_by('A', is), 5);
	cr_expect_eq(joined_by('C', is), 1);
}

/* An adopted channel belongs to no party, so that there can be a party below its share though none
 * has too many. Two parties must not take the same place from each other again and again. */
FAMILY_TEST(lan_shares, nobody_yields_who_would_have_fewer_then)
{
	struct sg sg = channel(is->source, group_of(is, 41));
	struct lan *lan1 = &lab.lans.list[1];

	begin(4);
	cr_assert(channel_table_want(&lab.channels, &sg, 1, lab.timers.now));
	cr_assert(lan_adopt(lan1, &sg));
	join_all('A', is, 1, 2);
	join_all('B', is, 11, 12);
	cr_expect_eq(joined_by('A', is), 2);
	cr_expect_eq(joined_by('B', is), 1);
	cr_expect(has(is, 41));
}

FAMILY_TEST(lan_shares, nobody_yields_if_there_are_more_parties_than_places)
{
	begin(2);
	join('A', is, 1);
	join('B', is, 11);
	join('C', is, 21);
	cr_expect_eq(joined_by('C', is), 0);
	cr_expect(has(is, 1) && has(is, 11));
}

/* All hosts of a LAN are one party in each family. */

FAMILY_TEST(lan_shares, hosts_yield_to_routers)
{
	begin(4);
	join_all('H', is, 1, 4);
	cr_expect_eq(joined_by('H', is), 4);
	join_all('A', is, 11, 13);
	cr_expect_eq(joined_by('H', is), 2);
	cr_expect_eq(joined_by('A', is), 2);
	cr_expect(has(is, 1) && has(is, 2));
	expect_log("hosts on lan0 have joined the most channels, 4: they lose the latest");
}

FAMILY_TEST(lan_shares, routers_yield_to_hosts)
{
	begin(4);
	join_all('A', is, 1, 4);
	join_all('H', is, 11, 13);
	cr_expect_eq(joined_by('H', is), 2);
	cr_expect_eq(joined_by('A', is), 2);
	cr_expect_eq(lab.rejected[PROTOCOL_MEMBERSHIP][FAULT_LIMIT], 1);
}

FAMILY_TEST(lan_shares, routers_that_have_more_than_hosts_yield_first)
{
	begin(8);
	join_all('H', is, 1, 3);
	join_all('A', is, 11, 15);
	join('B', is, 21);
	cr_expect_eq(joined_by('A', is), 4, "not the hosts");
	join_all('B', is, 22, 23);
	cr_expect_eq(joined_by('B', is), 2);
	cr_expect_eq(joined_by('A', is), 3);
	cr_expect_eq(joined_by('H', is), 3);
}

FAMILY_TEST(lan_shares, hosts_that_have_more_than_routers_yield_first)
{
	begin(8);
	join_all('A', is, 11, 13);
	join_all('H', is, 1, 5);
	join('B', is, 21);
	cr_expect_eq(joined_by('H', is), 4);
	cr_expect_eq(joined_by('A', is), 3);
}

/* Channels that several parties want */

FAMILY_TEST(lan_shares, a_place_is_free_when_all_parties_that_want_it_have_yielded)
{
	begin(3);
	join_all('A', is, 1, 3);
	join_all('C', is, 1, 3);
	cr_assert_eq(channels(), 3);
	join('B', is, 11);
	cr_expect(has(is, 11));
	cr_expect_not(has(is, 3));
	cr_expect_eq(joined_by('A', is), 2);
	cr_expect_eq(joined_by('C', is), 2);
	cr_expect_eq(lab_channel(is->source, group_of(is, 1))->interfaces, 3);
}

/* A and C want the same channels, but have joined them in opposite order: the first 20 yields free
 * no place. */
FAMILY_TEST(lan_shares, a_join_is_refused_after_so_many_tries)
{
	begin(20);
	join_all('A', is, 1, 20);
	for (unsigned i = 20; i; i--)
		join('C', is, i);
	join('B', is, 31);
	cr_expect_not(has(is, 31));
	cr_expect_eq(joined_by('A', is) + joined_by('C', is), 40 - (SHARES_TRIES - 1));
	cr_expect_eq(channels(), 20);
	join('B', is, 31);
	cr_expect(has(is, 31));
	cr_expect_eq(channels(), 20);
}

/* Nobody has to yield. */
FAMILY_TEST(lan_shares, a_channel_that_lingers_makes_room_first)
{
	begin(4);
	lab.channels.linger = 60 * USEC_PER_SEC;
	join_all('A', is, 1, 4);
	lab_serve(lab_channel(is->source, group_of(is, 2)));
	lab_prune(0, is->router, is->source, group_of(is, 2));
	run_for(&lab.timers, 3.1);
	cr_assert_eq(lab_channel(is->source, group_of(is, 2))->interfaces, 0);
	join('A', is, 5);
	cr_expect(has(is, 5));
	cr_expect_not(has(is, 2));
	cr_expect_eq(joined_by('A', is), 4);
}
