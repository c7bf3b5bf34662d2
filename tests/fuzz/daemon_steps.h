/* SPDX-License-Identifier: BSD-2-Clause */
/* What happens around the daemon: each step reads from `input` what is said, and by whom. Most
 * messages are whole, so that a script reaches deep; a_packet() and a_message() bring anything. */
#pragma once

#include "daemon_client.h"
#include "daemon_world.h"
#include "membership/encode.h"

#include <stdlib.h>

#define NEIGHBORS 4
#define RECORDS   4
#define TURNS_MAX 10000 /* timers that may be due in one moment */

static struct cursor input;

static uint8_t next(unsigned count)
{
	return cursor_u8(&input) % count;
}

static bool bit(uint8_t of, unsigned number)
{
	return of >> number & 1;
}

/* What is spoken of */

static struct sg a_channel(int family)
{
	static const char *const sources[][2] = {{"192.0.2.10", "2001:db8:5::10"},
						 {"192.0.2.11", "2001:db8:5::11"},
						 {"198.51.100.77", "2001:db8:77::1"},
						 {"127.0.0.1", "fe80::7"}};
	static const char *const groups[][2] = {{"232.1.1.1", "ff3e::8000:1"},
						{"232.1.1.2", "ff3e::8000:2"},
						{"233.44.15.9", "ff3e::8000:3"},
						{"224.0.0.5", "ff02::5"}};
	uint8_t which = cursor_u8(&input);
	unsigned v6 = family == AF_INET6;

	return (struct sg){address(sources[which % 4][v6]), address(groups[which / 4 % 4][v6])};
}

static struct addr a_relay(void)
{
	static const char *const relays[] = {"203.0.113.1",   "203.0.113.2", "203.0.113.3",
					     "203.0.113.4",   "203.0.113.5", "2001:db8:f::1",
					     "2001:db8:f::2", "0.0.0.0"};

	return address(relays[next(8)]);
}

/* Of the link of a router or a host: its number is the last byte. */
static struct addr a_sender(const struct lan *lan, int family, unsigned number)
{
	struct addr addr = link_of(lan->number).addresses[family == AF_INET6];

	addr.bytes[addr_length(family) - 1] = (uint8_t)(2 + number);
	return addr;
}

struct speaker {
	struct lan *lan;
	int family;
	struct addr from;
};

static struct speaker a_speaker(void)
{
	uint8_t who = cursor_u8(&input);
	struct speaker speaker = {.lan = &world.lans.list[who % LANS],
				  .family = bit(who, 1) ? AF_INET6 : AF_INET};

	speaker.from = a_sender(speaker.lan, speaker.family, who >> 2 & (NEIGHBORS - 1));
	return speaker;
}

/* Packets on the LANs */

static void observe(const struct lan *lan, bool of_hosts, struct cursor packet)
{
	/* Of exactly this size, so that reading beyond the end is seen. */
	size_t length = cursor_left(&packet);
	uint8_t *copy = malloc(length);

	if (length)
		memcpy(copy, packet.at, length);
	if (of_hosts)
		lans_observed_hosts(&world.lans, 10 + lan->number, world.timers.now,
				    cursor_over(copy, length));
	else
		lans_observed_pim(&world.lans, 10 + lan->number, world.timers.now,
				  cursor_over(copy, length));
	free(copy);
}

/* The message that `w` holds, in a datagram with Router Alert. */
static void say(const struct speaker *by, const struct addr *to, uint8_t protocol, struct writer *w)
{
	uint8_t bytes[2048];
	struct writer packet = writer_over(bytes, sizeof(bytes));
	size_t length = writer_length(w);

	must(!w->failed);
	ip_write_alert_header(&packet, &by->from, to, protocol, (uint16_t)length);
	writer_bytes(&packet, w->start, length);
	fuzz_mend(bytes, writer_length(&packet));
	observe(by->lan, protocol != PIM_IP_PROTOCOL, cursor_over(bytes, writer_length(&packet)));
}

static void say_pim(const struct speaker *by, struct writer *w)
{
	struct addr to = pim_all_routers(by->family);

	say(by, &to, PIM_IP_PROTOCOL, w);
}

static void say_hello(const struct speaker *by, const struct pim_hello *hello)
{
	uint8_t bytes[PIM_MESSAGE_MAX];
	struct writer w = writer_over(bytes, sizeof(bytes));

	w.at += pim_encode_hello(hello, &by->from, bytes, sizeof(bytes));
	say_pim(by, &w);
}

static void a_hello(void)
{
	static const uint16_t holdtimes[] = {105, 0, 1, 30, 3600, PIM_HOLDTIME_FOREVER};
	struct speaker by = a_speaker();
	uint8_t flags = cursor_u8(&input);

	say_hello(&by, &(struct pim_hello){.holdtime = holdtimes[next(6)],
					   .has_generation_id = bit(flags, 0),
					   .generation_id = flags >> 1 & 3,
					   .has_lan_prune_delay = bit(flags, 3),
					   .propagation_delay_ms = 500,
					   .override_interval_ms = 2500,
					   .has_dr_priority = bit(flags, 4),
					   .dr_priority = flags >> 5});
}

static void a_join_prune(void)
{
	static const uint16_t holdtimes[] = {210, 0, 1, 30, 3600, PIM_HOLDTIME_FOREVER};
	struct speaker by = a_speaker();
	uint8_t bytes[PIM_MESSAGE_MAX], flags = cursor_u8(&input);
	struct writer w = pim_begin(PIM_JOIN_PRUNE, bytes, sizeof(bytes));
	struct addr to = a_sender(by.lan, by.family, bit(flags, 7) ? 1 : 3); /* 3: to us */
	unsigned groups = flags % 4;

	pim_write_unicast(&w, &to);
	writer_u8(&w, 0);
	writer_u8(&w, (uint8_t)groups);
	writer_u16(&w, holdtimes[next(6)]);
	for (unsigned i = 0; i < groups; i++) {
		struct sg sg = a_channel(by.family), other = a_channel(by.family);
		uint8_t kind = cursor_u8(&input);

		pim_write_masked(&w, &sg.group, bit(kind, 6) ? PIM_GROUP_BIDIR : 0);
		writer_u16(&w, bit(kind, 0));
		writer_u16(&w, bit(kind, 1));
		if (bit(kind, 0))
			pim_write_masked(&w, &sg.source,
					 PIM_SOURCE_SPARSE | (bit(kind, 5) ? PIM_SOURCE_RPT : 0));
		if (bit(kind, 1))
			pim_write_masked(&w, &other.source, PIM_SOURCE_SPARSE);
	}
	say_pim(&by, &w);
}

static void an_assert(void)
{
	static const uint32_t preferences[] = {0, 199, 200, 201, PIM_PREFERENCE_INFINITE};
	struct speaker by = a_speaker();
	struct sg sg = a_channel(by.family);
	struct pim_metric metric = {.preference = preferences[next(5)], .metric = next(4) * 50u};
	uint8_t bytes[PIM_MESSAGE_MAX];
	struct writer w = writer_over(bytes, sizeof(bytes));

	metric.rpt = metric.preference == PIM_PREFERENCE_INFINITE;
	w.at += pim_encode_assert(&sg, &metric, &by.from, bytes, sizeof(bytes));
	say_pim(&by, &w);
}

static void a_report(void)
{
	struct speaker by = a_speaker();
	unsigned records = next(RECORDS);
	struct addr to = membership_all_routers(by.family);
	uint8_t bytes[512];
	struct writer w = writer_over(bytes, sizeof(bytes));

	writer_u8(&w, by.family == AF_INET ? IGMP_REPORT : MLD_REPORT);
	writer_zero(&w, 5);
	writer_u16(&w, (uint16_t)records);
	for (unsigned i = 0; i < records; i++) {
		uint8_t kind = cursor_u8(&input);
		struct sg sg = a_channel(by.family);

		writer_u8(&w, kind & 7);
		writer_u8(&w, 0);
		writer_u16(&w, !bit(kind, 7));
		writer_addr(&w, &sg.group);
		if (!bit(kind, 7))
			writer_addr(&w, &sg.source);
	}
	say(&by, &to, membership_ip_protocol(by.family), &w);
}

static void a_query(void)
{
	struct speaker by = a_speaker();
	uint8_t flags = cursor_u8(&input), bytes[MEMBERSHIP_QUERY_MAX];
	struct sg sg = a_channel(by.family);
	struct membership_question question = {.from = by.from,
					       .group = {.family = (uint8_t)by.family},
					       .suppress = bit(flags, 1),
					       .max_response_ms = 1000u * (flags >> 5),
					       .robustness = (flags >> 2 & 7) ?: 1,
					       .query_interval = 1u << next(15)};
	struct writer w;

	if (bit(flags, 0))
		question.group = sg.group;
	membership_query_begin(&w, &question, bytes, sizeof(bytes));
	if (bit(flags, 0))
		membership_query_add(&w, &sg.source);
	observe(by.lan, true, cursor_over(bytes, membership_query_end(&w, &question)));
}

static void a_packet(void)
{
	struct speaker by = a_speaker();
	struct cursor packet = cursor_sub(&input, next(255));
	uint8_t bytes[256];
	size_t length = cursor_left(&packet);

	if (packet.failed)
		return;
	memcpy(bytes, packet.at, length);
	fuzz_mend(bytes, length);
	observe(by.lan, length && bit(bytes[0], 0), cursor_over(bytes, length));
}

/* Messages of relays */

/* NULL if we speak with none. */
static struct udp_socket *a_socket(void)
{
	uint8_t which = cursor_u8(&input);

	EACH(i, world.udps)
	{
		struct udp_socket *socket = &world.udps[(which + i) % (2 * TUNNELS)];

		if (socket->endpoint)
			return socket;
	}
	return NULL;
}

static void receive(struct udp_socket *socket, struct cursor message)
{
	size_t length = cursor_left(&message);
	uint8_t *copy = malloc(length);

	if (length)
		memcpy(copy, message.at, length);
	amt_endpoint_receive(socket->endpoint, copy, length, 1);
	free(copy);
}

static void receive_written(struct udp_socket *socket, const struct writer *w)
{
	must(!w->failed);
	receive(socket, cursor_over(w->start, writer_length(w)));
}

static void an_advertisement(void)
{
	struct udp_socket *socket = a_socket();
	struct addr relay = a_relay();
	bool is_right = next(8);
	uint8_t bytes[64];
	struct writer w = writer_over(bytes, sizeof(bytes));

	if (!socket)
		return;
	writer_u8(&w, AMT_ADVERTISEMENT);
	writer_zero(&w, 3);
	writer_bytes(&w, &socket->discovery_nonce, 4);
	if (!is_right)
		bytes[5] ^= 1;
	writer_addr(&w, &relay);
	receive_written(socket, &w);
}

static void a_relays_query(void)
{
	struct udp_socket *socket = a_socket();
	uint8_t flags = cursor_u8(&input), bytes[AMT_UPDATE_HEADER + MEMBERSHIP_QUERY_MAX + 32];
	int family = bit(flags, 0) ? AF_INET6 : AF_INET;
	struct membership_question question = {
		.from = address(family == AF_INET ? "203.0.113.1" : "fe80::1"),
		.group = {.family = (uint8_t)family},
		.max_response_ms = 1000,
		.robustness = (flags >> 1 & 7) ?: 1,
		.query_interval = 1u << next(12)};
	struct writer w = writer_over(bytes, sizeof(bytes)), inner;

	if (!socket)
		return;
	writer_u8(&w, AMT_QUERY);
	writer_u8(&w, (bit(flags, 4) ? 2 : 0) | (bit(flags, 5) ? 1 : 0));
	writer_bytes(&w, "\1\2\3\4\5\6", AMT_MAC_LENGTH);
	writer_bytes(&w, &socket->request_nonce, 4);
	if (flags >> 6 == 3)
		bytes[8] ^= 1;
	membership_query_begin(&inner, &question, w.at, MEMBERSHIP_QUERY_MAX);
	w.at += membership_query_end(&inner, &question);
	if (bit(flags, 5))
		writer_zero(&w, AMT_GATEWAY_FIELDS);
	receive_written(socket, &w);
}

static void relays_data(void)
{
	struct udp_socket *socket = a_socket();
	uint8_t flags = cursor_u8(&input), bytes[2048];
	struct sg sg = a_channel(bit(flags, 0) ? AF_INET6 : AF_INET);
	unsigned length = (flags >> 1 & 15) * 100u;
	struct writer w = writer_over(bytes, sizeof(bytes));

	if (!socket)
		return;
	writer_u8(&w, AMT_DATA);
	writer_u8(&w, 0);
	if (sg.source.family == AF_INET) {
		writer_u16(&w, 0x4500);
		writer_u16(&w, (uint16_t)(20 + length));
		writer_u32(&w, bit(flags, 5) ? 0x4000 : 0);
		writer_u32(&w, 64u << 24 | 17 << 16);
	} else {
		writer_u32(&w, 6u << 28);
		writer_u32(&w, length << 16 | 17 << 8 | 64);
	}
	writer_addr(&w, &sg.source);
	writer_addr(&w, &sg.group);
	fuzz_mend(bytes + AMT_DATA_HEADER, writer_length(&w) - AMT_DATA_HEADER);
	writer_zero(&w, length);
	receive_written(socket, &w);
}

static void a_message(void)
{
	struct udp_socket *socket = a_socket();
	struct cursor message = cursor_sub(&input, next(255));

	if (socket && !message.failed)
		receive(socket, message);
}

static void unreachable(void)
{
	struct udp_socket *socket = a_socket();

	if (socket)
		amt_endpoint_receive(socket->endpoint, NULL, 0, 0);
}

/* DNS */

/* NULL if none was asked. */
static struct question *a_question(void)
{
	uint8_t which = cursor_u8(&input), asked = 0;

	EACH(i, world.questions)
	{
		asked += world.questions[i].of != NULL;
	}
	for (unsigned i = 0, seen = 0; asked; i++)
		if (world.questions[i].of && seen++ == which % asked)
			return &world.questions[i];
	return NULL;
}

static size_t a_record(const struct driad_question *of, uint8_t rdata[AMTRELAY_MAX])
{
	uint8_t kind = cursor_u8(&input);
	struct amtrelay record = {.precedence = kind & 3,
				  .discovery_optional = bit(kind, 2),
				  .relay = a_relay(),
				  .name = "relay.example."};

	if (of->type != DNS_TYPE_AMTRELAY) {
		memcpy(rdata, record.relay.bytes, 16);
		return of->type == DNS_TYPE_A ? 4 : 16;
	}
	record.type = record.relay.family == AF_INET ? AMTRELAY_IPV4 : AMTRELAY_IPV6;
	if (kind >> 5 == 7)
		record.type = AMTRELAY_NAME;
	else if (kind >> 5 == 6)
		record.type = AMTRELAY_NONE;
	return amtrelay_encode(&record, rdata);
}

static void an_answer(void)
{
	static const uint32_t ttls[] = {0, 1, 60, 300};
	struct question *question = a_question();
	uint8_t rdata[RECORDS][AMTRELAY_MAX], flags = cursor_u8(&input);
	struct dns_record records[RECORDS];
	struct dns_answer by = {.ttl = ttls[flags & 3], .records = records};

	if (!question)
		return;
	by.status = bit(flags, 7) ? (flags >> 2) % (DNS_BOGUS + 1) : DNS_OK;
	by.count = by.status == DNS_OK ? 1 + next(RECORDS) : 0;
	for (unsigned i = 0; i < by.count; i++)
		records[i] = (struct dns_record){rdata[i], a_record(question->of, rdata[i])};
	answer(question, &by);
}

/* The kernel, and the machine */

static void a_link(void)
{
	uint8_t how = cursor_u8(&input);
	unsigned number = how % LANS;
	struct lan_link link = link_of(number), gone = world.lans.list[number].link;

	if (bit(how, 1))
		link.addresses[0] = address("10.0.0.9");
	if (bit(how, 2))
		link.address_count = 1;
	link.up = !bit(how, 3);
	if (bit(how, 4))
		link.ifindex = 0;
	link.up &= link.ifindex != 0;
	if (link.ifindex != gone.ifindex) {
		gone.up = false;
		tell_link(number, &gone, 1500);
	}
	tell_link(number, &link, bit(how, 5) ? 1500 : 600);
}

static void a_route(void)
{
	world.wan = 1 + next(3);
	amt_tunnels_route_changed(&world.paths.tunnels);
}

static void want_of_sockets(void)
{
	uint8_t what = cursor_u8(&input);

	world.no_raw = bit(what, 0);
	world.no_udp = bit(what, 1);
	world.no_put = bit(what, 2);
}

static void away(void)
{
	paths_return(&world.paths, next(2) * 3600 * USEC_PER_SEC);
	lans_return(&world.lans);
	forward_renew_all(&world.forward);
}

static void first_packet(struct channel *channel)
{
	channel_first_packet(channel, world.timers.now);
	traffic_look(channel);
}

/* The programs forward a packet, and may tell of it. */
static void fast_data(void)
{
	uint8_t how = cursor_u8(&input);
	struct channel *channel = channel_table_at(&world.paths.channels, how % CHANNELS);

	if (!channel || !channel->forwarding)
		return;
	world.stats[channel->slot].packets += 1 + (how >> 5);
	world.stats[channel->slot].bytes += 100;
	world.stats[channel->slot].last_ns = world.timers.now * 1000;
	if (bit(how, 3))
		first_packet(channel);
	if (bit(how, 4))
		channel_moved(channel);
}

/* An earlier daemon has left a tunnel, and a channel in it: as adopt.c takes them over. */
static void leftovers(void)
{
	uint8_t how = cursor_u8(&input), slot = how >> 3 & (CHANNELS - 1);
	struct addr relay = a_relay(), local = wan_address(relay.family);
	struct sg sg = a_channel(bit(how, 0) ? AF_INET6 : AF_INET);
	struct channel_table *channels = &world.paths.channels;
	uint32_t bits = 0;

	if (addr_is_martian(&relay) || !sg_is_forwardable(&sg) ||
	    channel_table_find(channels, &sg) || channel_table_at(channels, slot))
		return;
	amt_tunnels_adopt(&world.paths.tunnels, &relay, &local, 30000 + slot);
	for (unsigned i = 0; i < LANS; i++)
		if (bit(how, 1 + i) && lan_adopt(&world.lans.list[i], &sg))
			bits |= 1u << i;
	if (!bits)
		return;
	put_entry(DATAPLANE, &sg, &(struct dataplane_channel){.slot = slot});
	must(channel_table_adopt(channels, &sg, bits, slot, bit(how, 7)));
	traffic_adopt(channel_table_at(channels, slot));
	path_adopt(channel_table_at(channels, slot), &relay);
	forward_renew_all(&world.forward);
}

static void a_rival(void)
{
	uint8_t how = cursor_u8(&input);
	struct channel *channel = channel_table_at(&world.paths.channels, how % CHANNELS);

	if (channel)
		lans_observed_rival(&world.lans, 10 + (how >> 3) % LANS, &channel->sg);
}

/* What is due now is done now, and is no circle. */
static void settle(void)
{
	for (unsigned turns = 0; timers_run_one(&world.timers, world.timers.now); turns++)
		must(turns < TURNS_MAX);
}

static void pass(double seconds)
{
	usec_t until = world.timers.now + (usec_t)(seconds * USEC_PER_SEC);

	while (timers_next(&world.timers) <= until) {
		timers_run_one(&world.timers, timers_next(&world.timers));
		settle();
	}
	timers_run(&world.timers, until);
}

/* Up to 6.4 seconds, or half an hour. */
static void some_time(void)
{
	uint8_t how = cursor_u8(&input);

	pass(how < 128 ? how / 20.0 : (how - 127) * (how - 127) / 10.0);
}

/* All of them, by the number that a script has for each. */
static void (*const steps[])(void) __attribute__((unused)) = {
	some_time, a_hello,     a_join_prune, an_assert,      a_report,         a_query,
	a_packet,  some_time,   an_answer,    a_relays_query, an_advertisement, relays_data,
	a_message, unreachable, a_link,       a_route,        want_of_sockets,  away,
	fast_data, a_rival,     ask_for_all,  leftovers,
};
