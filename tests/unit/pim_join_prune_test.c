/* SPDX-License-Identifier: BSD-2-Clause */
/* Join/Prune messages on an interface, in virtual time: which entries count (RFC 7761 sections 4.5,
 * 4.8, 4.9), how long a Prune waits (4.3.3), and the PruneEcho (4.5.2). */
#include "pim_lan.h"
#include "pim_messages.h"
#include "samples.h"

#define US4  "10.0.0.1"
#define US6  "fe80::1"
#define SENT 8 /* messages that are kept */
#define MANY 60

static struct pim_message sent[SENT];
static uint8_t sent_bytes[SENT][PIM_MESSAGE_MAX];
static unsigned sent_count;

static void send_message(void *context, const uint8_t *message, size_t length)
{
	unsigned i = sent_count++ % SENT;

	(void)context;
	memcpy(sent_bytes[i], message, length);
	sent[i] = sent_message(sent_bytes[i], length);
}

static enum pim_interest interest(void *context, const struct sg *sg)
{
	(void)context;
	(void)sg;
	return PIM_UNWANTED;
}

static unsigned rejected_count;

static void rejected(void *context, enum fault fault, const struct addr *from)
{
	(void)context;
	(void)from;
	rejected_count += fault == FAULT_SENDER;
}

static const struct pim_actions actions = {.send = send_message,
					   .joined = joined,
					   .left = left,
					   .interest = interest,
					   .rejected = rejected};

static void begin_as(const char *us)
{
	pim_lan_begin(us, &actions, 8);
	sent_count = rejected_count = 0;
}

static void begin(void)
{
	begin_as(US4);
}

TestSuite(pim_join_prune, .init = begin, .fini = pim_lan_end);

static void hello(const char *from, const struct pim_hello *hello)
{
	struct ip_datagram ip = {.source = address(from), .protocol = PIM_IP_PROTOCOL};
	uint8_t bytes[PIM_MESSAGE_MAX];

	ip.destination = pim_all_routers(ip.source.family);
	ip.payload = cursor_over(bytes, pim_encode_hello(hello, &ip.source, bytes, sizeof(bytes)));
	cr_assert_eq(pim_interface_receive(&pim, &ip), FAULT_NONE);
}

static void neighbor(const char *from)
{
	hello(from, &(struct pim_hello){.holdtime = 10000});
}

static enum fault receive(const char *from, const char *upstream, const struct wire_entry *entries,
			  unsigned count)
{
	uint8_t bytes[4096];
	struct ip_datagram ip =
		join_prune(from, upstream, 210, entries, count, bytes, sizeof(bytes));

	return pim_interface_receive(&pim, &ip);
}

static void one(const char *from, bool prune, const char *source, const char *group)
{
	struct wire_entry entry = {group, 0, FULL, prune, source, SPARSE, FULL};

	cr_assert_eq(receive(from, address(group).family == AF_INET ? US4 : US6, &entry, 1),
		     FAULT_NONE);
}

static void join(const char *from)
{
	one(from, false, "192.0.2.10", "232.1.1.1");
}

static void prune(const char *from)
{
	one(from, true, "192.0.2.10", "232.1.1.1");
}

/* Entries */

enum effect { JOINED, SKIPPED, REFUSED, OTHERS };

#define V4 "192.0.2.10"
#define V6 "2001:db8:5::10"

static const struct entry_row {
	const char *section, *what, *upstream;
	struct wire_entry entry;
	enum effect effect;
} entry_rows[] = {
	/* clang-format off */
	{"4.5.2", "(S,G) to our primary address", US4,
	 {"232.1.1.1", 0, FULL, 0, V4, SPARSE, FULL}, JOINED},
	{"4.3.4", "(S,G) to a secondary address of ours", "10.0.0.254",
	 {"232.1.1.1", 0, FULL, 0, V4, SPARSE, FULL}, JOINED},
	{"4.5.2", "(S,G) to another router", "10.0.0.3",
	 {"232.1.1.1", 0, FULL, 0, V4, SPARSE, FULL}, OTHERS},
	{"4.5.2", "(S,G) to 0.0.0.0, which is for point-to-point links", "0.0.0.0",
	 {"232.1.1.1", 0, FULL, 0, V4, SPARSE, FULL}, OTHERS},
	{"4.9.1", "(S,G) without the S bit", US4,
	 {"232.1.1.1", 0, FULL, 0, V4, 0, FULL}, JOINED},
	{"4.9.1", "(S,G), the group's Z bit set", US4,
	 {"232.1.1.1", 1, FULL, 0, V4, SPARSE, FULL}, JOINED},
	{"4.8", "(S,G) of a group outside 232/8", US4,
	 {"233.44.15.9", 0, FULL, 0, V4, SPARSE, FULL}, JOINED},
	{"4.8", "(S,G) of an administratively scoped group", US4,
	 {"239.1.1.1", 0, FULL, 0, V4, SPARSE, FULL}, JOINED},
	{"4.8", "(*,G)", US4,
	 {"239.1.1.1", 0, FULL, 0, "10.0.9.9", SPARSE | WC | RPT, FULL}, SKIPPED},
	{"4.8.1", "(*,G) in the SSM range", US4,
	 {"232.1.1.1", 0, FULL, 0, "10.0.9.9", SPARSE | WC | RPT, FULL}, SKIPPED},
	{"4.9.5.1", "the W bit without the R bit", US4,
	 {"232.1.1.1", 0, FULL, 0, V4, SPARSE | WC, FULL}, SKIPPED},
	{"4.8", "(S,G,rpt)", US4,
	 {"239.1.1.1", 0, FULL, 0, V4, SPARSE | RPT, FULL}, SKIPPED},
	{"4601 4.9.5", "(*,*,RP)", US4,
	 {"224.0.0.0", 0, 4, 0, "10.0.9.9", SPARSE | WC | RPT, FULL}, SKIPPED},
	{"4.9.5.1", "a range of groups", US4,
	 {"232.1.1.0", 0, 24, 0, V4, SPARSE, FULL}, SKIPPED},
	{"4.9.1", "a range of sources", US4,
	 {"232.1.1.1", 0, FULL, 0, "192.0.2.0", SPARSE, 24}, SKIPPED},
	{"4.9.1", "a bidirectional group", US4,
	 {"232.1.1.1", BIDIR, FULL, 0, V4, SPARSE, FULL}, SKIPPED},
	{"4.9.5", "group of another family than the upstream neighbor", US4,
	 {"ff3e::8000:1", 0, FULL, 0, V4, SPARSE, FULL}, SKIPPED},
	{"4.9.5", "source of another family than the upstream neighbor", US4,
	 {"232.1.1.1", 0, FULL, 0, V6, SPARSE, FULL}, SKIPPED},
	{"5771 4", "group of the local network", US4,
	 {"224.0.0.5", 0, FULL, 0, V4, SPARSE, FULL}, REFUSED},
	{"1112 4", "a group that is none", US4,
	 {"10.0.0.9", 0, FULL, 0, V4, SPARSE, FULL}, REFUSED},
	{"4607 4", "a source that is a group", US4,
	 {"232.1.1.1", 0, FULL, 0, "232.1.1.1", SPARSE, FULL}, REFUSED},
	{"1122 3.2.1.3", "source 127.0.0.1", US4,
	 {"232.1.1.1", 0, FULL, 0, "127.0.0.1", SPARSE, FULL}, REFUSED},
	{"1122 3.2.1.3", "source 0.0.0.0", US4,
	 {"232.1.1.1", 0, FULL, 0, "0.0.0.0", SPARSE, FULL}, REFUSED},
	{"3927 2.7", "source 169.254.1.1", US4,
	 {"232.1.1.1", 0, FULL, 0, "169.254.1.1", SPARSE, FULL}, REFUSED},
	{"4.5.2", "IPv6: (S,G) to our link-local address", US6,
	 {"ff3e::8000:1", 0, FULL, 0, V6, SPARSE, FULL}, JOINED},
	{"4.8", "IPv6: (S,G) of a group outside ff3x::/32", US6,
	 {"ff0e::1234", 0, FULL, 0, V6, SPARSE, FULL}, JOINED},
	{"4.8", "IPv6: (*,G)", US6,
	 {"ff3e::8000:1", 0, FULL, 0, V6, SPARSE | WC | RPT, FULL}, SKIPPED},
	{"4291 2.7", "IPv6: scope 0, reserved", US6,
	 {"ff00::1234", 0, FULL, 0, V6, SPARSE, FULL}, REFUSED},
	{"4291 2.7", "IPv6: scope 1, of an interface", US6,
	 {"ff31::8000:1", 0, FULL, 0, V6, SPARSE, FULL}, REFUSED},
	{"4291 2.7", "IPv6: scope 2, of a link", US6,
	 {"ff02::1234", 0, FULL, 0, V6, SPARSE, FULL}, REFUSED},
	{"4291 2.7", "IPv6: scope 2, of a link, in the SSM range", US6,
	 {"ff32::8000:1", 0, FULL, 0, V6, SPARSE, FULL}, REFUSED},
	{"4291 2.5.6", "IPv6: source fe80::9", US6,
	 {"ff3e::8000:1", 0, FULL, 0, "fe80::9", SPARSE, FULL}, REFUSED},
	{"4291 2.5.5.2", "IPv6: source ::ffff:192.0.2.10", US6,
	 {"ff3e::8000:1", 0, FULL, 0, "::ffff:192.0.2.10", SPARSE, FULL}, REFUSED},
	/* clang-format on */
};

static void check_entry(const struct entry_row *row)
{
	const struct pim_counters *c = &pim.counters;
	bool is_v4 = address(row->upstream).family == AF_INET;
	/* The entries around a skipped one count. */
	struct wire_entry entries[] = {
		row->entry, is_v4 ? (struct wire_entry){"232.9.9.9", 0, FULL, 0, V4, SPARSE, FULL}
				  : (struct wire_entry){"ff3e::9", 0, FULL, 0, V6, SPARSE, FULL}};
	const char *from = is_v4 ? "10.0.0.2" : "fe80::2";
	unsigned expected = row->effect == OTHERS ? 0 : 1 + (row->effect == JOINED);

	neighbor(from);
	cr_expect_eq(receive(from, row->upstream, entries, 2), FAULT_NONE);
	cr_expect_eq(wanted_count, expected, "%s: %s: %u joined", row->section, row->what,
		     wanted_count);
	cr_expect_eq(c->entries_skipped, row->effect == SKIPPED, "%s: %s", row->section, row->what);
	cr_expect_eq(c->entries_refused, row->effect == REFUSED, "%s: %s", row->section, row->what);
	cr_expect_eq(c->for_other_router, row->effect == OTHERS, "%s: %s", row->section, row->what);
}

Test(pim_join_prune, entries)
{
	EACH(i, entry_rows)
	{
		pim_lan_end();
		begin_as(address(entry_rows[i].upstream).family == AF_INET ? US4 : US6);
		if (pim.address.family == AF_INET)
			pim.secondaries[pim.secondary_count++] = address("10.0.0.254");
		check_entry(&entry_rows[i]);
	}
}

Test(pim_join_prune, a_prune_to_another_router_prunes_nothing)
{
	struct wire_entry entry = {"232.1.1.1", 0, FULL, true, V4, SPARSE, FULL};

	neighbor("10.0.0.2");
	join("10.0.0.2");
	receive("10.0.0.2", "10.0.0.3", &entry, 1);
	run_for(&timers, 100);
	cr_expect_eq(unwanted_count, 0);
}

Test(pim_join_prune, of_a_stranger_nothing_counts)
{
	struct wire_entry entry = {"232.1.1.1", 0, FULL, false, V4, SPARSE, FULL};

	cr_expect_eq(receive("10.0.0.2", US4, &entry, 1), FAULT_SENDER);
	cr_expect_eq(wanted_count, 0);
}

/* What the operator allows */

static void only(struct prefixes *prefixes, const char *text)
{
	cr_assert(prefix_parse(text, &prefixes->list[prefixes->count++]), "%s", text);
}

Test(pim_join_prune, a_configured_range_narrows_the_groups)
{
	only(&groups, "232.0.0.0/8");
	only(&groups, "ff3e::/32");
	neighbor("10.0.0.2");
	one("10.0.0.2", false, V4, "232.1.1.1");
	one("10.0.0.2", false, V4, "233.44.15.9");
	one("10.0.0.2", false, V4, "224.0.0.5");
	cr_expect_eq(wanted_count, 1);
	cr_expect_eq(pim.counters.entries_refused, 2);
}

Test(pim_join_prune, the_list_of_allowed_routers)
{
	struct wire_entry entry = {"232.1.1.1", 0, FULL, false, V4, SPARSE, FULL};
	struct ip_datagram ip = {.source = address("10.0.1.2"), .protocol = PIM_IP_PROTOCOL};
	struct pim_hello stranger = {.holdtime = 105};
	uint8_t bytes[PIM_MESSAGE_MAX];

	only(&allow, "10.0.0.0/24");
	ip.destination = pim_all_routers(AF_INET);
	ip.payload =
		cursor_over(bytes, pim_encode_hello(&stranger, &ip.source, bytes, sizeof(bytes)));
	cr_expect_eq(pim_interface_receive(&pim, &ip), FAULT_SENDER);
	cr_expect_eq(pim_neighbors_count(&pim.neighbors), 0);
	options.require_hello = false;
	cr_expect_eq(receive("10.0.1.2", US4, &entry, 1), FAULT_SENDER);
	neighbor("10.0.0.2");
	join("10.0.0.2");
	cr_expect_eq(wanted_count, 1);
}

/* Without Hellos the number of routers is unknown, so a Prune waits. */
Test(pim_join_prune, without_hellos_where_the_operator_says_so)
{
	options.require_hello = false;
	join("10.0.0.2");
	cr_expect_eq(wanted_count, 1);
	prune("10.0.0.2");
	run_for(&timers, 2.999);
	cr_expect_eq(unwanted_count, 0);
	run_for(&timers, 0.002);
	cr_expect_eq(unwanted_count, 1);
	cr_expect_eq(pim.counters.prune_echoes_sent, 1);
}

Test(pim_join_prune, a_neighbor_that_joins_without_end_is_refused_and_another_is_not)
{
	struct wire_entry entry = {"232.2.0.1", 0, FULL, false, V4, SPARSE, FULL};

	options.joins_max = 10;
	pim_lan_end();
	timers = (struct timers){.now = 1000 * USEC_PER_SEC};
	pim_interface_start(&pim);
	neighbor("10.0.0.2");
	neighbor("10.0.0.3");
	for (int i = 0; i < 100; i++) {
		char group[32];

		snprintf(group, sizeof(group), "232.1.1.%d", i);
		entry.group = group;
		cr_expect_eq(receive("10.0.0.2", US4, &entry, 1),
			     i < 10 ? FAULT_NONE : FAULT_LIMIT);
	}
	cr_expect_eq(wanted_count, 10);
	cr_expect_eq(pim.counters.joins_refused, 90);
	entry.group = "232.2.0.1";
	cr_expect_eq(receive("10.0.0.3", US4, &entry, 1), FAULT_NONE);
	cr_expect_eq(wanted_count, 11);
}

Test(pim_join_prune, routers_speak_from_addresses_of_routers)
{
	static const char *const others[] = {"0.0.0.0",         "127.0.0.1", "224.0.0.13",
					     "255.255.255.255", "::",        "ff02::d",
					     "2001:db8::2"};
	struct pim_hello hello = {.holdtime = 105};

	EACH(i, others)
	{
		struct ip_datagram ip = {.source = address(others[i]), .protocol = PIM_IP_PROTOCOL};
		uint8_t bytes[PIM_MESSAGE_MAX];

		ip.destination = pim_all_routers(ip.source.family);
		ip.payload = cursor_over(
			bytes, pim_encode_hello(&hello, &ip.source, bytes, sizeof(bytes)));
		cr_expect_eq(pim_interface_receive(&pim, &ip), FAULT_ADDRESS, "%s", others[i]);
	}
	cr_expect_eq(pim_neighbors_count(&pim.neighbors), 0);
}

/* The time that a Prune waits */

struct lan_delay {
	bool given;
	uint16_t propagation, interval; /* ms */
};

static const struct delay_row {
	const char *section, *what;
	struct lan_delay neighbors[4];
	unsigned count, wait_ms;
} delay_rows[] = {
	/* clang-format off */
	{"4.5.2", "one neighbor: at once", {{1, 900, 5000}}, 1, 0},
	{"4.3.3", "all say the default", {{1, 500, 2500}, {1, 500, 2500}}, 2, 3000},
	{"4.3.3", "none says anything: the default", {{0}, {0}, {0}}, 3, 3000},
	{"4.3.3", "the largest delay and the largest interval, of two neighbors",
	 {{1, 900, 2500}, {1, 500, 6000}, {1, 600, 3000}}, 3, 6900},
	{"4.3.3", "our own are the least", {{1, 10, 100}, {1, 20, 200}}, 2, 3000},
	{"4.3.3", "one interval is less than ours", {{1, 10, 100}, {1, 1500, 200}}, 2, 4000},
	{"4.3.3", "one does not say: the default", {{1, 900, 6000}, {0}}, 2, 3000},
	{"4.9.2", "the largest there are", {{1, 0x7fff, 0xffff}, {1, 0, 0}}, 2, 98302},
	/* clang-format on */
};

static void check_delay(const struct delay_row *row)
{
	for (unsigned i = 0; i < row->count; i++) {
		const struct lan_delay *delay = &row->neighbors[i];
		char from[32];

		snprintf(from, sizeof(from), "10.0.0.%u", 2 + i);
		hello(from, &(struct pim_hello){.holdtime = 10000,
						.has_lan_prune_delay = delay->given,
						.propagation_delay_ms = delay->propagation,
						.override_interval_ms = delay->interval});
	}
	join("10.0.0.2");
	prune("10.0.0.2");
	if (row->wait_ms)
		run_for(&timers, (row->wait_ms - 1) / 1000.0);
	cr_expect_eq(unwanted_count, !row->wait_ms, "%s: %s: too early", row->section, row->what);
	run_for(&timers, 0.001);
	cr_expect_eq(unwanted_count, 1, "%s: %s: too late", row->section, row->what);
	cr_expect_eq(pim.counters.prune_echoes_sent, row->wait_ms > 0, "%s: %s", row->section,
		     row->what);
}

Test(pim_join_prune, a_prune_waits_for_the_override_interval)
{
	EACH(i, delay_rows)
	{
		pim_lan_end();
		begin();
		check_delay(&delay_rows[i]);
	}
}

Test(pim_join_prune, the_delays_of_a_neighbor_go_with_it)
{
	hello("10.0.0.2", &(struct pim_hello){.holdtime = 10000, .has_lan_prune_delay = true});
	hello("10.0.0.3", &(struct pim_hello){.holdtime = 10000, .has_lan_prune_delay = true});
	hello("10.0.0.4", &(struct pim_hello){.holdtime = 50,
					      .has_lan_prune_delay = true,
					      .override_interval_ms = 60000});
	run_for(&timers, 60);
	join("10.0.0.2");
	prune("10.0.0.2");
	run_for(&timers, 3.001);
	cr_expect_eq(unwanted_count, 1);
}

Test(pim_join_prune, the_join_of_another_router_overrides_a_prune)
{
	neighbor("10.0.0.2");
	neighbor("10.0.0.3");
	join("10.0.0.2");
	prune("10.0.0.2");
	run_for(&timers, 2.9);
	join("10.0.0.3");
	run_for(&timers, 200);
	cr_expect_eq(unwanted_count, 0);
	cr_expect_eq(pim.counters.prune_echoes_sent, 0);
}

/* PruneEcho */

/* The latest message that was sent. */
static struct pim_message *last_sent(void)
{
	return &sent[(sent_count - 1) % SENT];
}

Test(pim_join_prune, a_prune_echo_names_us_as_upstream_neighbor)
{
	struct pim_join_prune *message = &last_sent()->join_prune;
	struct sg expected = channel(V4, "232.1.1.1");
	struct pim_entry entry;

	neighbor("10.0.0.2");
	neighbor("10.0.0.3");
	run_for(&timers, 10);
	join("10.0.0.2");
	prune("10.0.0.2");
	run_for(&timers, 3.001);
	message = &last_sent()->join_prune;
	cr_assert_eq(last_sent()->type, PIM_JOIN_PRUNE);
	cr_expect(addr_equal(&message->upstream, &pim.address));
	cr_expect_eq(message->holdtime, 210);
	cr_assert(pim_next_entry(message, &entry));
	cr_expect(entry.prune && entry.is_channel &&
		  !memcmp(&entry.sg, &expected, sizeof(expected)));
	cr_expect_not(pim_next_entry(message, &entry));
}

Test(pim_join_prune, a_hello_that_is_owed_goes_before_a_prune_echo)
{
	neighbor("10.0.0.2");
	neighbor("10.0.0.3");
	run_for(&timers, 10);
	join("10.0.0.2");
	prune("10.0.0.2");
	run_for(&timers, 2.999);
	neighbor("10.0.0.4");
	sent_count = 0;
	run_for(&timers, 0.001);
	cr_assert_geq(sent_count, 2);
	cr_expect_eq(sent[0].type, PIM_HELLO);
	cr_expect_eq(sent[1].type, PIM_JOIN_PRUNE);
}

static void many(bool prune)
{
	char groups[MANY][32];
	struct wire_entry entries[MANY];

	for (int i = 0; i < MANY; i++) {
		snprintf(groups[i], sizeof(groups[i]), "232.1.%d.%d", i % 7, i);
		entries[i] = (struct wire_entry){groups[i], 0, FULL, prune, V4, SPARSE, FULL};
	}
	cr_assert_eq(receive("10.0.0.2", US4, entries, MANY), FAULT_NONE);
}

Test(pim_join_prune, prunes_that_take_effect_together_share_an_echo)
{
	unsigned echoes = 0;
	struct pim_entry entry;

	neighbor("10.0.0.2");
	neighbor("10.0.0.3");
	run_for(&timers, 10);
	many(false);
	many(true);
	sent_count = 0;
	run_for(&timers, 3.001);
	cr_expect_eq(unwanted_count, MANY);
	cr_assert_eq(sent_count, 3, "%u messages", sent_count);
	for (unsigned i = 0; i < sent_count; i++)
		while (pim_next_entry(&sent[i].join_prune, &entry))
			echoes += entry.prune && entry.is_channel;
	cr_expect_eq(echoes, MANY);
	cr_expect_eq(pim.counters.prune_echoes_sent, MANY);
}

/* After an earlier daemon, whose neighbors we do not know yet */

static void adopt(void)
{
	struct sg sg = channel(V4, "232.1.1.1");

	cr_assert(pim_interface_adopt(&pim, &sg));
}

Test(pim_join_prune, an_adopted_channel_ends_by_a_prune_that_comes_before_its_senders_hello)
{
	adopt();
	prune("10.0.0.2");
	run_for(&timers, 5);
	neighbor("10.0.0.2");
	run_for(&timers, 2.999);
	cr_expect_eq(unwanted_count, 0, "another router may override it");
	run_for(&timers, 0.002);
	cr_expect_eq(unwanted_count, 1);
	cr_expect_eq(pim.counters.prune_echoes_sent, 0, "there is no other router");
	cr_expect_eq(rejected_count, 0);
	join("10.0.0.2");
	prune("10.0.0.2");
	cr_expect_eq(unwanted_count, 2, "later Prunes count at once");
}

/* Whichever of the two says Hello first. */
Test(pim_join_prune, an_adopted_channel_stays_if_another_router_overrides_the_prune)
{
	static const char *const orders[][2] = {{"10.0.0.2", "10.0.0.3"}, {"10.0.0.3", "10.0.0.2"}};

	EACH(i, orders)
	{
		pim_lan_end();
		begin();
		adopt();
		prune("10.0.0.2");
		join("10.0.0.3");
		run_for(&timers, 1);
		neighbor(orders[i][0]);
		run_for(&timers, 4);
		neighbor(orders[i][1]);
		join("10.0.0.3");
		run_for(&timers, 100);
		cr_expect_eq(unwanted_count, 0, "%s first", orders[i][0]);
	}
}

/* Its Prune was lost, or waited for others to override it when the earlier daemon ended. */
Test(pim_join_prune, what_routers_do_not_join_again_is_asked_about_and_ends)
{
	struct sg other = channel(V4, "232.1.1.2");

	adopt();
	cr_assert(pim_interface_adopt(&pim, &other));
	neighbor("10.0.0.2");
	join("10.0.0.2");
	run_for(&timers, 7.999);
	cr_expect_eq(pim.counters.prune_echoes_sent, 0);
	run_for(&timers, 0.002);
	cr_expect_eq(pim.counters.prune_echoes_sent, 1, "even if there is one router only");
	cr_expect_eq(unwanted_count, 0);
	run_for(&timers, 3);
	cr_expect_eq(unwanted_count, 1);
	cr_expect_null(pim_downstream_find(&pim.downstream, &other));
	run_for(&timers, 100);
	cr_expect_eq(unwanted_count, 1, "what is joined again stays");
}

Test(pim_join_prune, what_is_asked_about_stays_by_a_join)
{
	struct sg other = channel(V4, "232.1.1.2");

	cr_assert(pim_interface_adopt(&pim, &other));
	adopt();
	neighbor("10.0.0.2");
	one("10.0.0.2", false, V4, "232.1.1.2");
	run_for(&timers, 9);
	cr_expect_eq(pim.counters.prune_echoes_sent, 1);
	join("10.0.0.2");
	run_for(&timers, 100);
	cr_expect_eq(unwanted_count, 0);
}

/* Another tool had taken our program away, or the machine was suspended. */
Test(pim_join_prune, what_was_joined_before_we_heard_nothing_is_asked_about)
{
	neighbor("10.0.0.2");
	join("10.0.0.2");
	one("10.0.0.2", false, V4, "232.1.1.2");
	run_for(&timers, 20);
	pim_interface_return(&pim);
	run_for(&timers, 1);
	join("10.0.0.2");
	run_for(&timers, 10.1);
	cr_expect_eq(unwanted_count, 1, "its Prune was not heard");
	run_for(&timers, 100);
	cr_expect_eq(unwanted_count, 1, "the other one was joined again");
}

Test(pim_join_prune, routers_that_do_not_heed_our_generation_id_are_not_asked)
{
	adopt();
	neighbor("10.0.0.2");
	run_for(&timers, 209.9);
	cr_expect_eq(pim.counters.prune_echoes_sent, 0);
	cr_expect_eq(unwanted_count, 0);
	run_for(&timers, 0.2);
	cr_expect_eq(unwanted_count, 1);
}

/* What a neighbor says later is not undone by what it said before. */
Test(pim_join_prune, early_messages_keep_their_order)
{
	adopt();
	prune("10.0.0.2");
	join("10.0.0.2");
	neighbor("10.0.0.2");
	run_for(&timers, 100);
	cr_expect_eq(unwanted_count, 0);
	cr_expect_eq(pim.counters.join_prunes_received, 2);
}

Test(pim_join_prune, early_messages_of_who_never_says_hello_are_rejected)
{
	struct wire_entry entry = {"232.1.1.1", 0, FULL, true, V4, SPARSE, FULL};
	unsigned kept = 0;

	adopt();
	while (receive("10.0.0.2", US4, &entry, 1) == FAULT_NONE)
		kept++;
	cr_expect_geq(kept, 1000, "a router whose receivers zap sends as many in some seconds");
	cr_expect_leq(pim.early.bytes, PIM_EARLY_BYTES);
	cr_expect_eq(receive("10.0.0.3", US4, &entry, 1), FAULT_SENDER, "no more are kept");
	run_for(&timers, 7.999);
	cr_expect_eq(rejected_count, 0);
	run_for(&timers, 0.002);
	cr_expect_eq(rejected_count, kept);
	cr_expect_eq(pim.early.bytes, 0);
	cr_expect_eq(receive("10.0.0.2", US4, &entry, 1), FAULT_SENDER, "none is kept any more");
	run_for(&timers, 100);
	cr_expect_eq(unwanted_count, 0);
}

Test(pim_join_prune, early_messages_of_who_says_goodbye_are_rejected)
{
	adopt();
	prune("10.0.0.2");
	hello("10.0.0.2", &(struct pim_hello){.holdtime = 0});
	run_for(&timers, 8.001);
	cr_expect_eq(rejected_count, 1);
	cr_expect_eq(unwanted_count, 0);
}

Test(pim_join_prune, early_messages_end_with_the_interface)
{
	adopt();
	prune("10.0.0.2");
	cr_expect_not_null(pim.early.messages);
}

Test(pim_join_prune, ipv6)
{
	pim_lan_end();
	begin_as(US6);
	neighbor("fe80::2");
	neighbor("fe80::3");
	run_for(&timers, 10);
	one("fe80::2", false, V6, "ff3e::8000:1");
	one("fe80::2", true, V6, "ff3e::8000:1");
	run_for(&timers, 3.001);
	cr_expect_eq(unwanted_count, 1);
	cr_expect_eq(last_sent()->type, PIM_JOIN_PRUNE);
	cr_expect(addr_equal(&last_sent()->join_prune.upstream, &pim.address));
}
