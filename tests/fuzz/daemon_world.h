/* SPDX-License-Identifier: BSD-2-Clause */
/* The rooms of the daemon, wired as the folder daemon does, in virtual time; and what stands around
 * them: the dataplane, DNS and the sockets write down what they are told. */
#pragma once

#include "base/log.h"
#include "base/rejected.h"
#include "forward/forward.h"
#include "forward/slow_path.h"
#include "forward/traffic.h"
#include "forward/watch.h"
#include "fuzz.h"
#include "lan/lan.h"
#include "path/path.h"
#include "path/warm.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define LANS      2
#define FAMILIES  2
#define CHANNELS  8 /* that there is room for */
#define TUNNELS   4 /* the same; and discovery addresses */
#define QUESTIONS 256
/* One of PIM, one of hosts, one more while it changes */
#define RAW_SOCKETS  (LANS * FAMILIES * 3)
#define HOLD         (60 * USEC_PER_SEC)
#define DNS_PATIENCE (10 * USEC_PER_SEC)

#define EACH(i, table) for (size_t i = 0; i < sizeof(table) / sizeof((table)[0]); i++)

struct raw_socket {
	bool open;
	enum protocol protocol;
	struct addr source;
};

struct udp_socket {
	struct amt_endpoint *endpoint; /* NULL while it is closed */
	uint32_t discovery_nonce, request_nonce;
};

struct question {
	struct driad_question *of; /* NULL if it was answered */
	struct timer timer;
};

struct entry {
	bool there;
	struct sg sg;
	struct dataplane_channel as;
};

struct set_tunnel {
	bool there;
	struct dataplane_flow flow;
};

static struct {
	struct timers timers;
	struct lans lans;
	struct paths paths;
	struct forward forward;
	struct rejected rejected;
	struct driad_options options;
	struct driad_rule rule;
	struct prefixes all; /* empty: all routers, all groups */
	struct raw_socket raws[RAW_SOCKETS];
	struct udp_socket udps[2 * TUNNELS];
	struct question questions[QUESTIONS];
	struct entry entries[CHANNELS];
	struct set_tunnel tunnels[TUNNELS];
	struct dataplane_channel_stats stats[MCI_STATS_CHUNK];
	uint16_t port;
	uint8_t wan;         /* the last byte of our addresses on the WAN */
	bool no_raw, no_udp; /* no socket can be opened */
	bool no_put;         /* the dataplane takes no entry */
	bool put_failed;     /* an entry may be missing or old */
	/* A Request, or a question of DNS, was sent; may be NULL. */
	void (*on_request)(struct udp_socket *socket, bool mld);
	void (*on_question)(struct question *question);
} world;

static struct addr address(const char *text)
{
	struct addr addr;

	must(addr_parse(text, &addr));
	return addr;
}

/* Raw sockets */

static struct raw_socket *raw_open(const struct lan *lan, enum protocol protocol,
				   const struct addr *source)
{
	must(lan->link.up && lan->link.ifindex);
	if (world.no_raw)
		return NULL;
	EACH(i, world.raws)
	{
		if (world.raws[i].open)
			continue;
		world.raws[i] = (struct raw_socket){true, protocol, *source};
		return &world.raws[i];
	}
	fuzz_broken("a raw socket is left", __FILE__, __LINE__);
}

static int raw_send_pim(struct raw_socket *by, const uint8_t *bytes, size_t length)
{
	struct ip_datagram ip = {.source = by->source,
				 .destination = pim_all_routers(by->source.family),
				 .protocol = PIM_IP_PROTOCOL,
				 .payload = cursor_over(bytes, length)};
	struct pim_message message;

	must(by->open && by->protocol == PROTOCOL_PIM);
	must(!pim_decode(&ip, &message));
	return 0;
}

static int raw_send_hosts(struct raw_socket *by, const struct addr *destination,
			  const uint8_t *bytes, size_t length)
{
	struct membership_message message;
	struct ip_datagram ip;

	must(by->open && by->protocol == PROTOCOL_MEMBERSHIP);
	must(!ip_decode(cursor_over(bytes, length), &ip) && !membership_decode(&ip, &message));
	must(addr_equal(&ip.source, &by->source) && addr_equal(&ip.destination, destination));
	return 0;
}

static void raw_close(struct raw_socket *of)
{
	must(of->open);
	of->open = false;
}

static bool observe_hosts(const struct lan *lan)
{
	(void)lan;
	return true;
}

static void rejected(void *context, enum protocol protocol, enum fault fault,
		     const struct addr *from)
{
	must(context == &world && protocol < PROTOCOL_COUNT && from);
	must(fault > FAULT_NONE && fault < FAULT_COUNT);
}

static const struct lan_actions lan_actions = {.open = raw_open,
					       .send_pim = raw_send_pim,
					       .send_datagram = raw_send_hosts,
					       .close = raw_close,
					       .observe_hosts = observe_hosts,
					       .rejected = rejected};

/* DNS: each question has an answer, after DNS_PATIENCE at the latest */

static void answer(struct question *question, const struct dns_answer *by)
{
	struct driad_question *of = question->of;

	timer_stop(&world.timers, &question->timer);
	question->of = NULL;
	driad_answer(of, by);
}

static void question_late(struct timer *timer)
{
	answer(container_of(timer, struct question, timer),
	       &(struct dns_answer){.status = DNS_TIMEOUT});
}

static void *ask(struct driad_question *of)
{
	EACH(i, world.questions)
	{
		struct question *question = &world.questions[i];

		if (question->of)
			continue;
		question->of = of;
		question->timer.fn = question_late;
		timer_start(&world.timers, &question->timer, DNS_PATIENCE);
		if (world.on_question)
			world.on_question(question);
		return question;
	}
	fuzz_broken("the number of questions is bounded", __FILE__, __LINE__);
}

static void cancel(void *query)
{
	struct question *question = query;

	must(question->of);
	question->of = NULL;
	timer_stop(&world.timers, &question->timer);
}

static void refused(struct driad_lookup *lookup, enum fault fault)
{
	must(lookup->context == &world && fault);
}

/* Tunnels */

static struct addr wan_address(int family)
{
	struct addr addr = address(family == AF_INET ? "198.51.100.0" : "2001:db8:1::");

	addr.bytes[addr_length(family) - 1] = world.wan;
	return addr;
}

static bool udp_open(struct amt_endpoint *endpoint, const char **reason)
{
	*reason = "no route to the relay";
	EACH(i, world.udps)
	{
		if (world.no_udp || world.udps[i].endpoint)
			continue;
		world.udps[i] = (struct udp_socket){.endpoint = endpoint};
		endpoint->socket = &world.udps[i];
		endpoint->local = wan_address(endpoint->peer.family);
		if (!endpoint->local_port)
			endpoint->local_port = 40000 + world.port++ % 10000;
		return true;
	}
	must(world.no_udp);
	return false;
}

static void check_report(const uint8_t *bytes, size_t length)
{
	struct membership_message message;
	struct ip_datagram ip;

	must(length > AMT_UPDATE_HEADER);
	must(!ip_decode(cursor_over(bytes + AMT_UPDATE_HEADER, length - AMT_UPDATE_HEADER), &ip));
	must(!membership_decode(&ip, &message) && message.kind == MEMBERSHIP_REPORT);
}

static void take_request(struct udp_socket *socket, const uint8_t *bytes)
{
	memcpy(&socket->request_nonce, bytes + 4, 4);
	if (world.on_request)
		world.on_request(socket, bytes[1]);
}

static void udp_send(struct udp_socket *socket, const uint8_t *bytes, size_t length)
{
	must(socket->endpoint && length >= AMT_REQUEST_LENGTH && length <= AMT_DATAGRAM_MAX);
	if (bytes[0] == AMT_DISCOVERY)
		memcpy(&socket->discovery_nonce, bytes + 4, 4);
	else if (bytes[0] == AMT_REQUEST)
		take_request(socket, bytes);
	else if (bytes[0] == AMT_UPDATE)
		check_report(bytes, length);
	else
		must(bytes[0] == AMT_TEARDOWN && length == AMT_TEARDOWN_LENGTH);
}

static size_t udp_payload_max(const struct udp_socket *socket)
{
	must(socket->endpoint);
	return AMT_DATAGRAM_MAX;
}

static void udp_close(struct udp_socket *socket)
{
	must(socket->endpoint);
	socket->endpoint = NULL;
}

static bool udp_moved(const struct amt_endpoint *endpoint)
{
	return !world.no_udp &&
	       endpoint->local.bytes[addr_length(endpoint->local.family) - 1] != world.wan;
}

static bool udp_accepts(const struct amt_endpoint *endpoint, unsigned ifindex)
{
	return endpoint && ifindex;
}

static const struct amt_endpoint_actions endpoint_actions = {.open = udp_open,
							     .send = udp_send,
							     .payload_max = udp_payload_max,
							     .close = udp_close,
							     .moved = udp_moved,
							     .accepts = udp_accepts};

static struct dataplane_flow flow_of(const struct amt_tunnel *tunnel)
{
	struct dataplane_flow flow;

	memset(&flow, 0, sizeof(flow));
	flow.relay = tunnel->relay;
	flow.local = tunnel->endpoint.local;
	flow.relay_port = AMT_PORT;
	flow.local_port = tunnel->endpoint.local_port;
	return flow;
}

static bool is_same_flow(const struct dataplane_flow *a, const struct dataplane_flow *b)
{
	return addr_equal(&a->relay, &b->relay) && addr_equal(&a->local, &b->local) &&
	       a->relay_port == b->relay_port && a->local_port == b->local_port;
}

/* NULL if the dataplane does not know the tunnel. */
static struct set_tunnel *find_tunnel(const struct dataplane_flow *flow)
{
	EACH(i, world.tunnels)
	{
		if (world.tunnels[i].there && is_same_flow(&world.tunnels[i].flow, flow))
			return &world.tunnels[i];
	}
	return NULL;
}

static void tunnel_opened(void *context, struct amt_tunnel *tunnel)
{
	struct dataplane_flow flow = flow_of(tunnel);

	must(context == &world && !find_tunnel(&flow));
	EACH(i, world.tunnels)
	{
		if (world.tunnels[i].there)
			continue;
		world.tunnels[i] = (struct set_tunnel){true, flow};
		return;
	}
	fuzz_broken("tunnels keep their limit", __FILE__, __LINE__);
}

static void tunnel_closed(void *context, struct amt_tunnel *tunnel)
{
	struct dataplane_flow flow = flow_of(tunnel);
	struct set_tunnel *set = find_tunnel(&flow);

	must(context == &world && set);
	set->there = false;
}

static void tunnel_data(void *context, struct amt_tunnel *tunnel, struct cursor data)
{
	must(context == &world);
	slow_path_take(&world.forward, tunnel, data);
}

static void amt_rejected(void *context, const struct addr *peer, enum protocol protocol,
			 enum fault fault)
{
	rejected(context, protocol, fault, peer);
}

static const struct amt_tunnels_actions tunnels_actions = {.opened = tunnel_opened,
							   .closed = tunnel_closed,
							   .data = tunnel_data,
							   .rejected = amt_rejected};

/* The dataplane. Nobody looks into it. */
#define DATAPLANE ((struct dataplane *)&world)

/* NULL if there is none. */
static struct entry *find_entry(const struct sg *sg)
{
	EACH(i, world.entries)
	{
		if (world.entries[i].there && !memcmp(&world.entries[i].sg, sg, sizeof(*sg)))
			return &world.entries[i];
	}
	return NULL;
}

static int put_entry(struct dataplane *dp, const struct sg *sg, const struct dataplane_channel *as)
{
	struct entry *entry = find_entry(sg);

	must(dp == DATAPLANE && as->slot < CHANNELS && sg_is_forwardable(sg));
	if (world.no_put) {
		world.put_failed = true;
		return -ENOMEM;
	}
	for (size_t i = 0; !entry; i++) {
		must(i < CHANNELS);
		if (!world.entries[i].there)
			entry = &world.entries[i];
	}
	*entry = (struct entry){true, *sg, *as};
	return 0;
}

static void remove_entry(struct dataplane *dp, const struct sg *sg)
{
	struct entry *entry = find_entry(sg);

	must(dp == DATAPLANE && (entry || world.put_failed));
	if (entry)
		entry->there = false;
}

static int read_stats(struct dataplane *dp, uint32_t slot, struct dataplane_channel_stats *stats)
{
	must(dp == DATAPLANE && slot < CHANNELS);
	*stats = world.stats[slot];
	return 0;
}

static int read_chunk(struct dataplane *dp, uint32_t first, uint32_t count,
		      struct dataplane_channel_stats stats[])
{
	must(dp == DATAPLANE && !first && count <= sizeof(world.stats) / sizeof(*world.stats));
	memcpy(stats, world.stats, count * sizeof(*stats));
	return 0;
}

static int read_drops_of(struct dataplane *dp, uint32_t slot, struct mci_channel_drops *drops)
{
	must(dp == DATAPLANE && slot < CHANNELS);
	*drops = (struct mci_channel_drops){0};
	return 0;
}

static int clear_stats(struct dataplane *dp, uint32_t slot)
{
	must(dp == DATAPLANE && slot < CHANNELS);
	world.stats[slot] = (struct dataplane_channel_stats){0};
	return 0;
}

/* Nothing is kept of an earlier daemon, and for no later one. */

static void no_kept(struct dataplane *dp, struct mci_kept *kept)
{
	must(dp == DATAPLANE);
	memset(kept, 0, sizeof(*kept));
}

static int keep_none(struct dataplane *dp, const struct mci_kept *kept)
{
	must(dp == DATAPLANE && kept);
	return 0;
}

static void no_kept_slow(struct dataplane *dp, uint32_t slot, struct mci_kept_slow *kept)
{
	must(dp == DATAPLANE && slot < CHANNELS);
	memset(kept, 0, sizeof(*kept));
}

static int keep_none_slow(struct dataplane *dp, uint32_t slot, const struct mci_kept_slow *kept)
{
	must(dp == DATAPLANE && slot < CHANNELS && kept);
	return 0;
}

static const char *dataplane_says(const struct dataplane *dp)
{
	must(dp == DATAPLANE);
	return "there is no room";
}

/* A packet of the slow path goes only where one of the fast path would. */
static int send_frame(void *context, const struct mci_lan *lan, const uint8_t destination[6],
		      const struct slowpath_packet *packet)
{
	const struct channel *of = channel_table_find(&world.paths.channels, &packet->sg);
	unsigned number = lan->ifindex % 10;

	must(context == &world && of && of->forwarding && destination[0] & 1);
	must(number < LANS && channel_egress(of) & 1u << number);
	must(slowpath_length(packet) <= lan->mtu);
	return packet->payload_length % 7 ? 0 : -ENETDOWN;
}

static const struct forward_actions forward_actions = {.put = put_entry,
						       .remove = remove_entry,
						       .stats = read_stats,
						       .chunk_stats = read_chunk,
						       .channel_drops = read_drops_of,
						       .clear_stats = clear_stats,
						       .kept = no_kept,
						       .keep = keep_none,
						       .kept_slow = no_kept_slow,
						       .keep_slow = keep_none_slow,
						       .error = dataplane_says,
						       .send = send_frame};

/* Channels */

static void channel_changed(const struct channel *channel)
{
	must(channel->state < CHANNEL_STATES);
	must(channel->state != CHANNEL_FAILED || channel->reason);
	watch_changed(channel);
	lans_interest_changed(&world.lans, &channel->sg);
}

static const struct channel_actions channel_actions = {
	PATH_CHANNEL_ACTIONS, .forward = forward_put, .stop_forwarding = forward_remove,
	.changed = channel_changed, .closed = forward_closed};

/* LANs. lan0 asks its hosts. */

static struct lan_link link_of(unsigned number)
{
	static const char *const addresses[LANS][FAMILIES] = {{"10.0.0.5", "fe80::5"},
							      {"10.1.0.5", "fe80::1:5"}};
	struct lan_link link = {.ifindex = 10 + number, .up = true, .address_count = FAMILIES};

	snprintf(link.name, sizeof(link.name), "lan%u", number);
	for (unsigned i = 0; i < FAMILIES; i++) {
		struct addr own = address(addresses[number][i]);

		link.addresses[i] = own;
		link.subnets.list[link.subnets.count++] = (struct prefix){own, i ? 64 : 24};
	}
	return link;
}

static void tell_link(unsigned number, const struct lan_link *link, uint16_t mtu)
{
	struct mci_lan entry = {.ifindex = link->ifindex, .mtu = mtu, .mac = {2, 0, 0, 0, 0, 1}};

	memcpy(entry.interface, link->name, sizeof(link->name));
	forward_set_lan(&world.forward, number, &entry);
	lan_follow(&world.lans.list[number], link);
	channel_table_interface_changed(&world.paths.channels, number);
}

/* Begin and end */

static void wire_paths(void)
{
	world.options = (struct driad_options){
		.ways = {DRIAD_SOURCE}, .way_count = 1, .rules = &world.rule, .renew = 60};
	world.paths = (struct paths){
		.timers = &world.timers,
		.channels = {.timers = &world.timers,
			     .actions = &channel_actions,
			     .context = &world.forward,
			     .element_size = sizeof(struct forward_channel),
			     .limit = CHANNELS,
			     .linger = 3 * USEC_PER_SEC},
		.sources = {.timers = &world.timers,
			    .actions = {.ask = ask, .cancel = cancel, .refused = refused},
			    .options = &world.options,
			    .context = &world,
			    .pace = {.rate = 20, .share = 5},
			    .limit = CHANNELS},
		.tunnels = {.timers = &world.timers,
			    .actions = &tunnels_actions,
			    .endpoint_actions = &endpoint_actions,
			    .context = &world,
			    .limit = TUNNELS,
			    .hold_down = 180 * USEC_PER_SEC,
			    .pace = {.timers = &world.timers, .rate = 10, .unanswered = 4}},
	};
	paths_init(&world.paths);
}

static void wire_lans(void)
{
	world.lans = (struct lans){
		.timers = &world.timers,
		.channels = &world.paths.channels,
		.actions = &lan_actions,
		.context = &world,
		.pim = {.neighbors_max = 4,
			.joins_max = 6,
			.require_hello = true,
			.allow = &world.all,
			.groups = &world.all,
			.metric = {.preference = 200, .metric = 100},
			.hello_period = 30},
		.hosts = {
			.robustness = 2, .query_interval = 125, .limit = 6, .groups = &world.all}};
	lans_init(&world.lans);
	for (unsigned i = 0; i < LANS; i++)
		lans_add(&world.lans)->link = link_of(i);
	world.lans.list[0].asked = true;
}

static void world_begin(usec_t now)
{
	log_set_level(LOG_LEVEL_ERROR);
	fuzz_restart_random();
	memset(&world, 0, sizeof(world));
	world.wan = 1;
	world.timers.now = now;
	wire_paths();
	world.forward = (struct forward){.timers = &world.timers,
					 .paths = &world.paths,
					 .actions = &forward_actions,
					 .dataplane = DATAPLANE,
					 .context = &world,
					 .rejected = &world.rejected,
					 .hold = HOLD,
					 .slow_rate = 1000};
	wire_lans();
	must(lans_start(&world.lans));
	for (unsigned i = 0; i < LANS; i++) {
		struct lan_link link = link_of(i);

		tell_link(i, &link, 1500);
	}
	forward_start(&world.forward);
}

static void world_end(void)
{
	lans_stop(&world.lans);
	paths_free(&world.paths);
	forward_stop(&world.forward);
	must(!world.timers.count);
	EACH(i, world.raws)
	{
		must(!world.raws[i].open);
	}
	EACH(i, world.udps)
	{
		must(!world.udps[i].endpoint);
	}
	EACH(i, world.entries)
	{
		must(!world.entries[i].there);
	}
	EACH(i, world.questions)
	{
		must(!world.questions[i].of);
	}
	timers_free(&world.timers);
}
