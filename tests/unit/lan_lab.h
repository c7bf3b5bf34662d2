/* SPDX-License-Identifier: BSD-2-Clause */
/* The room lan on a real table of channels, in virtual time. The lab stands where raw sockets and
 * the dataplane are: it writes down what is opened, sent and closed, and hands over packets of
 * routers and hosts, with their IP headers. There are two LANs, "lan0" and "lan1".
 *
 * lab_events() returns what has happened as a text of these words:
 *   open=ADDRESS close=ADDRESS            a socket for PIM; for IGMP or MLD: openh, closeh
 *   hello=ADDRESS+SECONDARY... bye=ADDRESS
 *   echo=ADDRESS                          a PruneEcho
 *   assert=ADDRESS cancel=ADDRESS         an Assert, an AssertCancel
 *   query=ADDRESS                         a General Query; specific=ADDRESS: one of sources
 *   observe=LAN                           the dataplane was asked for the LAN's IGMP and MLD */
#pragma once

#include "fini.h"
#include "lan/lan.h"
#include "membership/querier.h"
#include "pim_messages.h"
#include "virtual_time.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LAB_SOCKETS  16
#define LAB_CHANNELS 8 /* unless the test says otherwise */
#define HELD         210

/* Addresses of the same roles in both families. */
struct lan_family {
	int family;
	const char *ours, *secondary,
		*other;               /* our addresses on lan0; `other` is one to change to */
	const char *ours1;            /* on lan1 */
	const char *router, *router2; /* neighbors on lan0; on lan1: `router` only */
	const char *host;
	const char *source, *group;
};

static const struct lan_family ipv4 = {AF_INET,      "10.0.0.5", "10.0.1.5", "10.0.0.9",
				       "10.1.0.5",   "10.0.0.2", "10.0.0.3", "10.0.0.50",
				       "192.0.2.10", "232.1.1.1"};
static const struct lan_family ipv6 = {AF_INET6,         "fe80::5",     "2001:db8:a::5", "fe80::9",
				       "fe80::1:5",      "fe80::2",     "fe80::3",       "fe80::50",
				       "2001:db8:5::10", "ff3e::8000:1"};

/* A test that runs once for each family; `is` holds the family's addresses. */
#define FAMILY_TEST(suite, name)                                                                   \
	static void suite##_##name(const struct lan_family *is);                                   \
	Test(suite, name##_ipv4)                                                                   \
	{                                                                                          \
		suite##_##name(&ipv4);                                                             \
	}                                                                                          \
	Test(suite, name##_ipv6)                                                                   \
	{                                                                                          \
		suite##_##name(&ipv6);                                                             \
	}                                                                                          \
	static void suite##_##name(const struct lan_family *is)

struct raw_socket {
	bool open;
	enum protocol protocol;
	struct addr source;
};

static struct {
	struct timers timers;
	struct channel_table channels;
	struct lans lans;
	struct prefixes all; /* empty: all routers, all groups */
	struct raw_socket sockets[LAB_SOCKETS];
	char events[2048];
	char cannot_open[ADDR_TEXT]; /* no socket can be opened from this address */
	int send_error;
	bool cannot_observe;
	unsigned rejected[PROTOCOL_COUNT][FAULT_COUNT];
	struct addr rejected_from; /* the last one */
} lab;

/* What happened */

static void lab_note(const char *format, ...)
{
	size_t length = strlen(lab.events);
	va_list args;

	va_start(args, format);
	vsnprintf(lab.events + length, sizeof(lab.events) - length, format, args);
	va_end(args);
}

static void lab_note_address(const char *what, const struct addr *address)
{
	char text[ADDR_TEXT];

	lab_note("%s%s=%s", lab.events[0] ? " " : "", what, addr_format(address, text));
}

/* Returns what has happened since the last call. */
static inline const char *lab_events(void)
{
	static char text[sizeof(lab.events)];

	strcpy(text, lab.events);
	lab.events[0] = '\0';
	return text;
}

/* Sockets */

static struct raw_socket *lab_open(const struct lan *lan, enum protocol protocol,
				   const struct addr *source)
{
	char text[ADDR_TEXT];

	cr_assert(lan->link.up && lan->link.ifindex);
	if (!strcmp(addr_format(source, text), lab.cannot_open))
		return NULL;
	for (unsigned i = 0; i < LAB_SOCKETS; i++) {
		if (lab.sockets[i].open)
			continue;
		lab.sockets[i] = (struct raw_socket){true, protocol, *source};
		lab_note_address(protocol == PROTOCOL_PIM ? "open" : "openh", source);
		return &lab.sockets[i];
	}
	cr_assert_fail("a socket leaks");
	return NULL;
}

static void lab_close(struct raw_socket *of)
{
	cr_assert(of->open);
	of->open = false;
	lab_note_address(of->protocol == PROTOCOL_PIM ? "close" : "closeh", &of->source);
}

static void lab_note_hello(const struct addr *from, const struct pim_hello *hello)
{
	char text[ADDR_TEXT];

	lab_note_address(hello->holdtime ? "hello" : "bye", from);
	for (unsigned i = 0; hello->holdtime && i < hello->address_count; i++)
		lab_note("+%s", addr_format(&hello->addresses[i], text));
}

static int lab_send_pim(struct raw_socket *by, const uint8_t *bytes, size_t length)
{
	struct ip_datagram ip = {.source = by->source,
				 .destination = pim_all_routers(by->source.family),
				 .protocol = PIM_IP_PROTOCOL,
				 .payload = cursor_over(bytes, length)};
	struct pim_message message;

	cr_assert(by->open && by->protocol == PROTOCOL_PIM);
	cr_assert_eq(pim_decode(&ip, &message), FAULT_NONE);
	if (message.type == PIM_HELLO)
		lab_note_hello(&by->source, &message.hello);
	else if (message.type == PIM_JOIN_PRUNE)
		lab_note_address("echo", &by->source);
	else
		lab_note_address(message.assert.metric.rpt ? "cancel" : "assert", &by->source);
	return lab.send_error;
}

static int lab_send_datagram(struct raw_socket *by, const struct addr *destination,
			     const uint8_t *bytes, size_t length)
{
	struct membership_message message;
	struct ip_datagram ip;

	cr_assert(by->open && by->protocol == PROTOCOL_MEMBERSHIP);
	cr_assert_eq(ip_decode(cursor_over(bytes, length), &ip), FAULT_NONE);
	cr_assert_eq(membership_decode(&ip, &message), FAULT_NONE);
	cr_assert(addr_equal(&ip.source, &by->source));
	cr_assert(addr_equal(&ip.destination, destination));
	lab_note_address(addr_is_unspecified(&message.group) ? "query" : "specific", &by->source);
	return lab.send_error;
}

static bool lab_observe_hosts(const struct lan *lan)
{
	lab_note("%sobserve=%s", lab.events[0] ? " " : "", lan->link.name);
	return !lab.cannot_observe;
}

static void lab_rejected(void *context, enum protocol protocol, enum fault fault,
			 const struct addr *from)
{
	cr_assert_eq(context, &lab);
	lab.rejected[protocol][fault]++;
	lab.rejected_from = *from;
}

static const struct lan_actions lab_lan_actions = {.open = lab_open,
						   .send_pim = lab_send_pim,
						   .send_datagram = lab_send_datagram,
						   .close = lab_close,
						   .observe_hosts = lab_observe_hosts,
						   .rejected = lab_rejected};

static inline unsigned lab_all_rejected(void)
{
	unsigned all = 0;

	for (unsigned i = 0; i < PROTOCOL_COUNT; i++)
		for (unsigned j = 0; j < FAULT_COUNT; j++)
			all += lab.rejected[i][j];
	return all;
}

/* Channels, which find no relay unless the test says so */

static void lab_of_channel(struct channel *channel)
{
	(void)channel;
}

static void lab_abandon(struct channel *channel, bool in_vain)
{
	(void)channel;
	(void)in_vain;
}

static void lab_changed(const struct channel *channel)
{
	lans_interest_changed(&lab.lans, &channel->sg);
}

static void lab_closed(const struct channel *channel)
{
	(void)channel;
}

static const struct channel_actions lab_channel_actions = {.discover = lab_of_channel,
							   .connect = lab_of_channel,
							   .abandon = lab_abandon,
							   .remind = lab_of_channel,
							   .switch_over = lab_of_channel,
							   .disconnect = lab_of_channel,
							   .forward = lab_of_channel,
							   .stop_forwarding = lab_of_channel,
							   .changed = lab_changed,
							   .closed = lab_closed};

/* Returns NULL if there is no such channel. */
static inline struct channel *lab_channel(const char *source, const char *group)
{
	struct sg sg = channel(source, group);

	return channel_table_find(&lab.channels, &sg);
}

/* Returns a bit for each LAN on which the family's channel is joined. */
static inline unsigned lab_joined_on(const struct lan_family *is)
{
	const struct channel *of = lab_channel(is->source, is->group);

	return of ? of->interfaces : 0;
}

/* A relay serves the channel, and its data comes. */
static inline void lab_serve(struct channel *channel)
{
	channel_relays_found(channel, 1);
	channel_tunnel_up(channel, false);
	channel_reported(channel, false);
	channel_first_packet(channel, lab.timers.now);
}

/* Links */

static inline void lab_add_address(struct lan_link *link, const char *text)
{
	struct addr added = address(text);
	unsigned length = added.family == AF_INET ? 24 : 64;

	link->addresses[link->address_count++] = added;
	link->subnets.list[link->subnets.count++] = (struct prefix){added, length};
}

/* LAN `number`, up, without addresses. */
static inline struct lan_link lab_bare_link(unsigned number)
{
	struct lan_link link = {.ifindex = 10 + number, .up = true};

	snprintf(link.name, sizeof(link.name), "lan%u", number);
	return link;
}

/* LAN `number` with its usual addresses; a global address of IPv6 comes first. */
static inline struct lan_link lab_link(unsigned number)
{
	struct lan_link link = lab_bare_link(number);

	lab_add_address(&link, number ? ipv4.ours1 : ipv4.ours);
	if (!number)
		lab_add_address(&link, ipv4.secondary);
	if (!number)
		lab_add_address(&link, ipv6.secondary);
	lab_add_address(&link, number ? ipv6.ours1 : ipv6.ours);
	return link;
}

/* lab_link(0), but the family's primary address is `other`. */
static inline struct lan_link lab_moved_link(const struct lan_family *is)
{
	struct lan_link link = lab_link(0);
	struct addr old = address(is->ours);

	for (unsigned i = 0; i < link.address_count; i++)
		if (addr_equal(&link.addresses[i], &old))
			link.addresses[i] = address(is->other);
	return link;
}

/* Begin and end */

/* Two LANs, which are not started yet. */
static inline void lab_begin_with(unsigned limit)
{
	memset(&lab, 0, sizeof(lab));
	lab.timers.now = 1000 * USEC_PER_SEC;
	lab.channels = (struct channel_table){.timers = &lab.timers,
					      .actions = &lab_channel_actions,
					      .element_size = sizeof(struct channel),
					      .limit = limit};
	channel_table_init(&lab.channels);
	lab.lans = (struct lans){
		.timers = &lab.timers,
		.channels = &lab.channels,
		.actions = &lab_lan_actions,
		.context = &lab,
		.pim = {.neighbors_max = 8,
			.joins_max = 100,
			.require_hello = true,
			.allow = &lab.all,
			.groups = &lab.all,
			.metric = {.preference = 200, .metric = 100},
			.hello_period = 30},
		.hosts = {
			.robustness = 2, .query_interval = 125, .limit = 100, .groups = &lab.all}};
	lans_init(&lab.lans);
	for (unsigned i = 0; i < 2; i++)
		lans_add(&lab.lans)->link = lab_link(i);
}

static inline void lab_begin(void)
{
	lab_begin_with(LAB_CHANNELS);
}

/* Starts the LANs. `asked`: IGMP and MLD are spoken on lan0. */
static inline void lab_start(bool asked)
{
	lab.lans.list[0].asked = asked;
	cr_assert(lans_start(&lab.lans));
	lab_events();
}

static inline void lab_end(void)
{
	lans_stop(&lab.lans);
	for (unsigned i = 0; i < LAB_SOCKETS; i++)
		fini_assert(!lab.sockets[i].open, "a socket was left open");
	channel_table_free(&lab.channels);
	fini_assert(timers_next(&lab.timers) == USEC_NEVER, "a timer was left running");
	timers_free(&lab.timers);
}

/* Packets of routers and hosts */

/* Writes the datagram as a packet. Its header has Router Alert, which does not disturb PIM. */
static inline struct cursor lab_packet(const struct ip_datagram *ip, uint8_t *bytes, size_t size)
{
	struct writer w = writer_over(bytes, size);
	size_t length = cursor_left(&ip->payload);

	ip_write_alert_header(&w, &ip->source, &ip->destination, ip->protocol, (uint16_t)length);
	writer_bytes(&w, ip->payload.at, length);
	cr_assert_not(w.failed);
	return cursor_over(bytes, writer_length(&w));
}

static inline void lab_observe_pim(unsigned lan, const struct ip_datagram *ip)
{
	uint8_t bytes[2048];

	lans_observed_pim(&lab.lans, 10 + lan, lab.timers.now,
			  lab_packet(ip, bytes, sizeof(bytes)));
}

static inline void lab_hello(unsigned lan, const char *from)
{
	struct pim_hello hello = {
		.holdtime = PIM_HOLDTIME_FOREVER, .has_generation_id = true, .generation_id = 1};
	struct ip_datagram ip = {.source = address(from), .protocol = PIM_IP_PROTOCOL};
	uint8_t bytes[256];

	ip.destination = pim_all_routers(ip.source.family);
	ip.payload = cursor_over(bytes, pim_encode_hello(&hello, &ip.source, bytes, sizeof(bytes)));
	lab_observe_pim(lan, &ip);
}

/* A Join or Prune with one entry, to us. */
static inline void lab_join_prune(unsigned lan, const char *from, const char *source,
				  const char *group, bool prune)
{
	struct wire_entry entry = {group, 0, FULL, prune, source, SPARSE, FULL};
	const struct lan_family *is = address(group).family == AF_INET ? &ipv4 : &ipv6;
	uint8_t bytes[256];
	struct ip_datagram ip =
		join_prune(from, lan ? is->ours1 : is->ours, HELD, &entry, 1, bytes, sizeof(bytes));

	lab_observe_pim(lan, &ip);
}

static inline void lab_join(unsigned lan, const char *from, const char *source, const char *group)
{
	lab_join_prune(lan, from, source, group, false);
}

static inline void lab_prune(unsigned lan, const char *from, const char *source, const char *group)
{
	lab_join_prune(lan, from, source, group, true);
}

/* An Assert of the router for the family's channel; a lower preference is better. */
static inline void lab_assert(const struct lan_family *is, uint32_t preference)
{
	struct pim_metric metric = {.preference = preference, .metric = 100};
	struct ip_datagram ip = {.source = address(is->router), .protocol = PIM_IP_PROTOCOL};
	struct sg sg = channel(is->source, is->group);
	uint8_t bytes[256];

	ip.destination = pim_all_routers(ip.source.family);
	ip.payload = cursor_over(bytes,
				 pim_encode_assert(&sg, &metric, &ip.source, bytes, sizeof(bytes)));
	lab_observe_pim(0, &ip);
}

/* A message of IGMP or MLD, with the right checksum. */
static inline struct ip_datagram lab_host_datagram(const char *from, struct writer *w)
{
	struct ip_datagram ip = {.source = address(from)};

	cr_assert_not(w->failed);
	ip.destination = membership_all_routers(ip.source.family);
	ip.protocol = ip.source.family == AF_INET ? MEMBERSHIP_IGMP : MEMBERSHIP_ICMPV6;
	writer_patch_u16(w, 2, 0);
	writer_patch_u16(w, 2,
			 ip_message_checksum(&ip.source, &ip.destination, ip.protocol, w->start,
					     writer_length(w)));
	ip.payload = cursor_over(w->start, writer_length(w));
	return ip;
}

static inline void lab_observe_hosts_of(unsigned lan, const struct ip_datagram *ip)
{
	uint8_t bytes[2048];

	lans_observed_hosts(&lab.lans, 10 + lan, lab.timers.now,
			    lab_packet(ip, bytes, sizeof(bytes)));
}

/* A report of one record: MEMBERSHIP_ALLOW, MEMBERSHIP_BLOCK. */
static inline struct ip_datagram lab_report_datagram(const char *host, unsigned type,
						     const char *source, const char *group,
						     uint8_t *bytes, size_t size)
{
	struct sg sg = channel(source, group);
	struct writer w = writer_over(bytes, size);

	writer_u8(&w, sg.group.family == AF_INET ? 0x22 : 143);
	writer_zero(&w, 5);
	writer_u16(&w, 1);
	writer_u8(&w, (uint8_t)type);
	writer_u8(&w, 0);
	writer_u16(&w, 1);
	writer_addr(&w, &sg.group);
	writer_addr(&w, &sg.source);
	return lab_host_datagram(host, &w);
}

static inline void lab_report(unsigned lan, const char *host, unsigned type, const char *source,
			      const char *group)
{
	uint8_t bytes[128];
	struct ip_datagram ip =
		lab_report_datagram(host, type, source, group, bytes, sizeof(bytes));

	lab_observe_hosts_of(lan, &ip);
}
