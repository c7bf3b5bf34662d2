/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets that the dataplane has observed: fragments are put together, each message reaches the
 * protocol of its LAN, and bad messages are counted as rejected. */
#include "base/checksum.h"
#include "lan_lab.h"

static void begin(void)
{
	lab_begin();
	lab_start(true);
	for (unsigned lan = 0; lan < 2; lan++) {
		lab_hello(lan, ipv4.router);
		lab_hello(lan, ipv6.router);
	}
}

TestSuite(lan_datagrams, .init = begin, .fini = lab_end);

static uint8_t message[2048], packet[2048];

/* A Join of the family's router, as a packet in `packet`. */
static struct cursor join_packet(const struct lan_family *is)
{
	struct wire_entry entry = {is->group, 0, FULL, false, is->source, SPARSE, FULL};
	struct ip_datagram ip =
		join_prune(is->router, is->ours, HELD, &entry, 1, message, sizeof(message));

	return lab_packet(&ip, packet, sizeof(packet));
}

static void observe_pim(unsigned ifindex, struct cursor bytes)
{
	lans_observed_pim(&lab.lans, ifindex, lab.timers.now, bytes);
}

static void expect_rejected(enum protocol protocol, enum fault fault, const char *from)
{
	char text[ADDR_TEXT];

	cr_expect_eq(lab.rejected[protocol][fault], 1, "%s %s", protocol_name(protocol),
		     fault_name(fault));
	cr_expect_eq(lab_all_rejected(), 1, "nothing else is rejected");
	cr_expect_str_eq(addr_format(&lab.rejected_from, text), from);
}

/* Fragments. Each gets a copy of the header: 24 bytes of IPv4, 48 bytes of IPv6 with its hop-by-hop
 * options. */

static struct cursor fragment_v4(struct cursor whole, unsigned from, unsigned to, bool more,
				 uint8_t *bytes)
{
	struct writer w = writer_over(bytes, 2048);

	writer_bytes(&w, whole.at, 24);
	writer_bytes(&w, whole.at + 24 + from, to - from);
	writer_patch_u16(&w, 2, (uint16_t)(24 + to - from));
	writer_patch_u16(&w, 4, 99);
	writer_patch_u16(&w, 6, (uint16_t)(from / 8 | (more ? 0x2000 : 0)));
	writer_patch_u16(&w, 10, 0);
	writer_patch_u16(&w, 10, checksum_fold(checksum_add(0, bytes, 24)));
	return cursor_over(bytes, writer_length(&w));
}

static struct cursor fragment_v6(struct cursor whole, unsigned from, unsigned to, bool more,
				 uint8_t *bytes)
{
	struct writer w = writer_over(bytes, 2048);

	writer_bytes(&w, whole.at, 48);
	writer_u8(&w, whole.at[40]);
	writer_u8(&w, 0);
	writer_u16(&w, (uint16_t)(from | more));
	writer_u32(&w, 99);
	writer_bytes(&w, whole.at + 48 + from, to - from);
	bytes[40] = 44;
	writer_patch_u16(&w, 4, (uint16_t)(16 + to - from));
	return cursor_over(bytes, writer_length(&w));
}

/* The fragment with the payload's bytes from `from` to `to`; a `to` of 0 means the end. */
static struct cursor fragment(struct cursor whole, unsigned from, unsigned to)
{
	static uint8_t bytes[2048];
	bool is_v4 = whole.at[0] >> 4 == 4;
	unsigned end = (unsigned)cursor_left(&whole) - (is_v4 ? 24 : 48);

	return (is_v4 ? fragment_v4 : fragment_v6)(whole, from, to ? to : end, to, bytes);
}

FAMILY_TEST(lan_datagrams, fragments_are_put_together)
{
	struct cursor whole = join_packet(is);

	observe_pim(10, fragment(whole, 16, 0));
	cr_expect_eq(lab_joined_on(is), 0);
	observe_pim(10, fragment(whole, 0, 16));
	cr_expect_eq(lab_joined_on(is), 1);
	cr_expect_eq(lab_all_rejected(), 0);
	run_for(&lab.timers, 31);
	cr_expect_eq(lab_all_rejected(), 0);
}

FAMILY_TEST(lan_datagrams, fragments_of_two_lans_are_not_one_datagram)
{
	struct cursor whole = join_packet(is);

	observe_pim(10, fragment(whole, 0, 16));
	observe_pim(11, fragment(whole, 16, 0));
	cr_expect_eq(lab_joined_on(is), 0);
}

FAMILY_TEST(lan_datagrams, a_fragment_that_gets_lost_is_counted_after_half_a_minute)
{
	observe_pim(10, fragment(join_packet(is), 0, 16));
	run_for(&lab.timers, 29.9);
	cr_expect_eq(lab_all_rejected(), 0);
	run_for(&lab.timers, 0.2);
	expect_rejected(PROTOCOL_PIM, FAULT_FRAGMENTS, is->router);
}

FAMILY_TEST(lan_datagrams, fragments_that_overlap_are_rejected)
{
	struct cursor whole = join_packet(is);

	observe_pim(10, fragment(whole, 0, 16));
	observe_pim(10, fragment(whole, 8, 24));
	cr_expect_eq(lab.rejected[PROTOCOL_PIM][FAULT_FRAGMENTS], 1);
	cr_expect_eq(lab_all_rejected(), 1);
	observe_pim(10, fragment(whole, 24, 0));
	cr_expect_eq(lab_joined_on(is), 0);
	run_for(&lab.timers, 31);
	cr_expect_eq(lab_all_rejected(), 1, "once for the datagram");
}

FAMILY_TEST(lan_datagrams, fragments_of_pim_and_of_hosts_are_kept_apart)
{
	lans_observed_hosts(&lab.lans, 10, lab.timers.now, fragment(join_packet(is), 0, 16));
	observe_pim(10, fragment(join_packet(is), 16, 0));
	cr_expect_eq(lab_joined_on(is), 0);
	run_for(&lab.timers, 31);
	cr_expect_eq(lab.rejected[PROTOCOL_MEMBERSHIP][FAULT_FRAGMENTS], 1);
	cr_expect_eq(lab.rejected[PROTOCOL_PIM][FAULT_FRAGMENTS], 1);
}

FAMILY_TEST(lan_datagrams, fragments_are_forgotten_at_the_end)
{
	observe_pim(10, fragment(join_packet(is), 0, 16));
	lans_observed_hosts(&lab.lans, 10, lab.timers.now, fragment(join_packet(is), 0, 16));
	lans_stop(&lab.lans);
	cr_expect_eq(lab_all_rejected(), 0);
	cr_expect_eq(timers_next(&lab.timers), USEC_NEVER);
}

/* Rejected messages */

FAMILY_TEST(lan_datagrams, a_wrong_checksum_is_counted_by_protocol_and_sender)
{
	struct cursor whole = join_packet(is);

	packet[cursor_left(&whole) - 1] ^= 1;
	observe_pim(10, whole);
	expect_rejected(PROTOCOL_PIM, FAULT_CHECKSUM, is->router);
	cr_expect_eq(lab_joined_on(is), 0);
}

static struct cursor report_packet(const struct lan_family *is)
{
	struct writer w = writer_over(message, sizeof(message));
	struct ip_datagram ip;

	writer_u8(&w, is->family == AF_INET ? 0x22 : 143);
	writer_zero(&w, 7);
	ip = lab_host_datagram(is->host, &w);
	return lab_packet(&ip, packet, sizeof(packet));
}

FAMILY_TEST(lan_datagrams, a_report_with_a_wrong_checksum_is_counted_as_one)
{
	struct cursor whole = report_packet(is);

	lans_observed_hosts(&lab.lans, 10, lab.timers.now, whole);
	cr_expect_eq(lab_all_rejected(), 0);
	packet[cursor_left(&whole) - 1] ^= 1;
	lans_observed_hosts(&lab.lans, 10, lab.timers.now, whole);
	expect_rejected(PROTOCOL_MEMBERSHIP, FAULT_CHECKSUM, is->host);
}

FAMILY_TEST(lan_datagrams, a_packet_that_is_cut_is_rejected)
{
	struct cursor whole = join_packet(is);

	whole.end--;
	observe_pim(10, whole);
	cr_expect_eq(lab.rejected[PROTOCOL_PIM][FAULT_TRUNCATED], 1);
	cr_expect_eq(lab_all_rejected(), 1);
}

FAMILY_TEST(lan_datagrams, a_join_of_a_stranger_is_rejected)
{
	lab_join(0, is->router2, is->source, is->group);
	expect_rejected(PROTOCOL_PIM, FAULT_SENDER, is->router2);
	cr_expect_eq(lab_joined_on(is), 0);
}

/* The BPF program hands over fragments of any ICMPv6 message, so ICMPv6 other than MLD is no fault.
 */

static void observe_as(const struct lan_family *is, uint8_t protocol, uint8_t type)
{
	struct writer w = writer_over(message, sizeof(message));
	struct ip_datagram ip;

	writer_u8(&w, type);
	writer_zero(&w, 7);
	ip = lab_host_datagram(is->host, &w);
	ip.protocol = protocol;
	lab_observe_hosts_of(0, &ip);
}

Test(lan_datagrams, icmpv6_that_is_no_mld_is_not_counted)
{
	observe_as(&ipv6, MEMBERSHIP_ICMPV6, 128);
	observe_as(&ipv6, MEMBERSHIP_ICMPV6, 135);
	cr_expect_eq(lab_all_rejected(), 0);
}

FAMILY_TEST(lan_datagrams, another_protocol_is_counted)
{
	observe_as(is, 17, 1);
	expect_rejected(PROTOCOL_MEMBERSHIP, FAULT_TYPE, is->host);
}

/* Packets that nobody on the LAN listens to */

FAMILY_TEST(lan_datagrams, packets_of_other_interfaces_are_ignored)
{
	observe_pim(12, join_packet(is));
	lans_observed_hosts(&lab.lans, 12, lab.timers.now, report_packet(is));
	packet[0] = 0;
	observe_pim(12, cursor_over(packet, 100));
	cr_expect_eq(lab_joined_on(is), 0);
	cr_expect_eq(lab_all_rejected(), 0);
}

FAMILY_TEST(lan_datagrams, reports_on_a_lan_without_igmp_are_ignored)
{
	lab_report(1, is->host, MEMBERSHIP_ALLOW, is->source, is->group);
	cr_expect_eq(lab_joined_on(is), 0);
	cr_expect_eq(lab_all_rejected(), 0);
}

FAMILY_TEST(lan_datagrams, packets_of_a_family_without_address_are_ignored)
{
	struct lan_link without = lab_bare_link(0);

	lab_add_address(&without, is == &ipv4 ? ipv6.ours : ipv4.ours);
	lan_follow(&lab.lans.list[0], &without);
	observe_pim(10, join_packet(is));
	lab_report(0, is->host, MEMBERSHIP_ALLOW, is->source, is->group);
	cr_expect_eq(lab_joined_on(is), 0);
	cr_expect_eq(lab_all_rejected(), 0);
}
