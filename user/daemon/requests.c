/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log_output.h"
#include "base/memory.h"
#include "control/views.h"
#include "daemon/engine.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utlist.h>

#define CHANNELS_AT_ONCE 64 /* of a reply, at some 20 microseconds each */

/* A client's `lookup`, until DNS has answered. */
struct engine_lookup {
	struct driad_lookup driad;
	struct control_client *client;
	json_t *steps;
	struct engine_lookup *prev, *next;
};

static json_t *status_interface(const struct engine *engine, const struct netlink_interface *link,
				const struct hold *hold, enum role role)
{
	const char *in_front = dataplane_in_front(engine->dataplane, link->ifindex, role);
	const char *mode = dataplane_mode(engine->dataplane, link->ifindex, role);
	const char *why = dataplane_why(engine->dataplane, link->ifindex, role);

	return view_interface(link, role == ROLE_UPSTREAM ? "upstream" : "downstream", mode,
			      !mode && hold->why[0] ? hold->why : why, *in_front ? in_front : NULL);
}

static json_t *refused_by(const struct engine *engine, const struct lan *lan)
{
	uint64_t packets;

	if (!dataplane_refused(engine->dataplane, lan->link.ifindex, &packets))
		return json_null();
	return json_integer((json_int_t)packets);
}

/* Of IPv4 and of IPv6, as far as PIM speaks them. */
static json_t *status_dr(const struct lan *lan)
{
	json_t *list = json_array();

	if (lan->ipv4.socket)
		json_array_append_new(list, view_addr(pim_interface_dr(&lan->ipv4.interface)));
	if (lan->ipv6.socket)
		json_array_append_new(list, view_addr(pim_interface_dr(&lan->ipv6.interface)));
	return list;
}

/* null where hosts are not asked */
static json_t *status_hosts(const struct lan_hosts *hosts)
{
	return hosts->socket ? view_querier(&hosts->querier) : json_null();
}

static json_t *status_interfaces(const struct engine *engine)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < engine->lan_count; i++) {
		const struct lan *lan = &engine->lans[i];
		json_t *view = status_interface(engine, &lan->link, &lan->hold, ROLE_DOWNSTREAM);
		unsigned neighbors = pim_neighbors_count(&lan->ipv4.interface.neighbors) +
				     pim_neighbors_count(&lan->ipv6.interface.neighbors);

		json_object_set_new(view, "neighbors", json_integer(neighbors));
		json_object_set_new(view, "observed", json_boolean(lan->ipv4.interface.observing));
		json_object_set_new(view, "refused", refused_by(engine, lan));
		json_object_set_new(view, "dr", status_dr(lan));
		json_object_set_new(view, "igmp", status_hosts(&lan->igmp));
		json_object_set_new(view, "mld", status_hosts(&lan->mld));
		json_array_append_new(list, view);
	}
	for (unsigned i = 0; i < engine->uplink_count; i++)
		json_array_append_new(list,
				      status_interface(engine, &engine->uplinks[i].link,
						       &engine->uplinks[i].hold, ROLE_UPSTREAM));
	return list;
}

static json_t *status_slow_path(struct engine *engine)
{
	struct view_slow_parts parts = {.received = engine->slow.received,
					.packets = engine->slow.forwarded.packets,
					.packets_per_s = engine->slow.meter.rate.packets_per_s};

	if (dataplane_slow(engine->dataplane, parts.counted))
		log_warning("%s", dataplane_error(engine->dataplane));
	return view_slow(&parts);
}

/* For their turns. */
static json_t *status_waiting(const struct engine *engine)
{
	return json_pack("{s:i, s:i}", "discoveries", (int)engine->sources.pace.waiting,
			 "new_relays", (int)engine->tunnels.pace.waiting);
}

static json_t *status_limits(const struct config *config)
{
	return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "channels",
			 (int)config->max_channels, "tunnels", (int)config->max_tunnels,
			 "discoveries", (int)config->discoveries, "network_discoveries",
			 (int)config->network_discoveries, "new_relays", (int)config->new_relays,
			 "unanswered_relays", (int)config->unanswered, "neighbors",
			 (int)config->max_neighbors, "joins", (int)config->max_joins);
}

static void show_status(struct engine *engine, struct control_client *client)
{
	usec_t now = engine->timers.now, uptime = now - engine->started;
	struct meter_rate total = traffic_total(engine);

	control_reply(
		client,
		json_pack("{s:s, s:i, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:i, s:o, s:f, s:I, s:o}",
			  "version", CONFIG_VERSION, "pid", (int)getpid(), "since",
			  view_time(engine->started, now), "uptime_s",
			  (json_int_t)(uptime / USEC_PER_SEC), "interfaces",
			  status_interfaces(engine), "channels",
			  view_channel_states(&engine->channels), "packets_per_s",
			  view_rate(total.packets_per_s), "bits_per_s", view_rate(total.bits_per_s),
			  "slow_path", status_slow_path(engine), "tunnels",
			  (int)HASH_COUNT(engine->tunnels.by_relay), "waiting",
			  status_waiting(engine), "longest_stall_ms",
			  (double)loop_longest_stall(engine->loop) / USEC_PER_MS, "log_lines_lost",
			  (json_int_t)log_output_lost(), "limits", status_limits(engine->config)));
}

typedef void pim_view_fn(const struct pim_interface *pim, json_t *list);

static json_t *for_each_pim(const struct engine *engine, pim_view_fn *view)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < engine->lan_count; i++) {
		if (engine->lans[i].ipv4.socket)
			view(&engine->lans[i].ipv4.interface, list);
		if (engine->lans[i].ipv6.socket)
			view(&engine->lans[i].ipv6.interface, list);
	}
	return list;
}

/* interfaces */

static json_t *pim_views(const struct lan *lan)
{
	json_t *list = json_array();

	if (lan->ipv4.socket)
		json_array_append_new(list, view_pim(&lan->ipv4.interface));
	if (lan->ipv6.socket)
		json_array_append_new(list, view_pim(&lan->ipv6.interface));
	return list;
}

static json_t *interface_now(const struct engine *engine, const struct netlink_interface *link,
			     const struct hold *hold, enum role role)
{
	json_t *view = status_interface(engine, link, hold, role);

	json_object_set_new(view, "up", json_boolean(link->ifindex && link->up));
	json_object_set_new(view, "mtu", json_integer(link->mtu));
	return view;
}

static void show_interfaces(struct engine *engine, struct control_client *client)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < engine->lan_count; i++) {
		const struct lan *lan = &engine->lans[i];
		json_t *view = interface_now(engine, &lan->link, &lan->hold, ROLE_DOWNSTREAM);

		json_object_set_new(view, "refused", refused_by(engine, lan));
		json_object_set_new(view, "pim", pim_views(lan));
		json_object_set_new(view, "igmp", status_hosts(&lan->igmp));
		json_object_set_new(view, "mld", status_hosts(&lan->mld));
		json_array_append_new(list, view);
	}
	for (unsigned i = 0; i < engine->uplink_count; i++)
		json_array_append_new(list, interface_now(engine, &engine->uplinks[i].link,
							  &engine->uplinks[i].hold, ROLE_UPSTREAM));
	control_reply(client, json_pack("{s:o}", "interfaces", list));
}

static void show_neighbors(struct engine *engine, struct control_client *client)
{
	control_reply(client,
		      json_pack("{s:o}", "neighbors", for_each_pim(engine, view_neighbors)));
}

/* channels */

static json_t *channel_asserts(struct engine *engine, const struct sg *sg)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < engine->lan_count; i++) {
		const struct pim_interface *pim = lan_pim_of(&engine->lans[i], sg);

		if (pim && pim_asserts_find(&pim->asserts, sg))
			json_array_append_new(list, view_assert(pim, sg));
	}
	return list;
}

/* Why it is kept. */
static json_t *channel_wanted(struct engine *engine, const struct sg *sg)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < engine->lan_count; i++) {
		struct lan *lan = &engine->lans[i];
		const struct lan_hosts *hosts =
			sg->group.family == AF_INET ? &lan->igmp : &lan->mld;
		const struct pim_interface *pim = lan_pim_of(lan, sg);

		if (pim)
			view_joined(pim, sg, list);
		if (hosts->socket)
			view_membership(&hosts->querier, sg, list);
	}
	return list;
}

static json_t *channel_now(struct engine *engine, struct channel *channel)
{
	struct dataplane_channel_stats stats = traffic_read(engine, channel);
	const char *names[CHANNEL_INTERFACES_MAX] = {0};
	struct view_channel_parts parts = {.wait = relays_wait(channel),
					   .relay = relays_serving(channel),
					   .other = relays_other(channel),
					   .interfaces = names,
					   .stats = &stats,
					   .slow_packets = relays_slow_stats(channel)->packets,
					   .wanted = channel_wanted(engine, &channel->sg),
					   .asserts = channel_asserts(engine, &channel->sg)};

	for (unsigned i = 0; i < engine->lan_count; i++)
		names[i] = engine->lans[i].link.name;
	return view_channel(channel, &parts);
}

/* By slot: whatever comes and goes meanwhile, a channel that stays is there once. */
static json_t *next_channels(void *owner, size_t *slot)
{
	struct engine *engine = owner;
	json_t *list = json_array();

	for (; *slot < engine->channels.slots && json_array_size(list) < CHANNELS_AT_ONCE;
	     ++*slot) {
		struct channel *channel = channel_table_at(&engine->channels, *slot);

		if (channel)
			json_array_append_new(list, channel_now(engine, channel));
	}
	return list;
}

static void show_channels(struct engine *engine, struct control_client *client)
{
	(void)engine;
	control_reply_list(client, "channels", next_channels);
}

static void show_tunnels(struct engine *engine, struct control_client *client)
{
	control_reply(client, view_tunnels(&engine->tunnels));
}

static void lift_hold(struct engine *engine, struct control_client *client, const json_t *request)
{
	const char *text = json_string_value(json_object_get(request, "relay"));
	struct addr relay;

	if (!text || !addr_parse(text, &relay))
		control_refuse(client, "'relay' must be the address of a relay");
	else if (!amt_holds_lift(&engine->tunnels.holds, &relay))
		control_refuse(client, "%s is not held down; `mcingest tunnels` shows what is",
			       text);
	else
		control_reply(client, json_pack("{s:o}", "lifted", view_addr(&relay)));
}

static void show_counters(struct engine *engine, struct control_client *client)
{
	uint64_t drops[MCI_DROP_COUNT] = {0};

	if (dataplane_drops(engine->dataplane, drops)) {
		control_refuse(client, "%s", dataplane_error(engine->dataplane));
		return;
	}
	for (int reason = 0; reason < MCI_DROP_COUNT; reason++)
		drops[reason] += engine->slow.drops[reason];
	control_reply(client, json_pack("{s:o, s:o, s:o}", "drops", view_drops(drops), "refused",
					view_refused(engine->refused), "pim",
					for_each_pim(engine, view_pim_counters)));
}

/* lookup */

static void lookup_free(struct engine *engine, struct engine_lookup *lookup)
{
	DL_DELETE(engine->lookups, lookup);
	driad_stop(&lookup->driad);
	json_decref(lookup->steps);
	free(lookup);
}

static void lookup_answered(const struct driad_question *question, const struct dns_answer *answer)
{
	struct engine_lookup *lookup = container_of(question->lookup, struct engine_lookup, driad);

	json_array_append_new(lookup->steps, view_lookup_step(question, answer));
}

static void lookup_done(struct driad_lookup *driad)
{
	struct engine_lookup *lookup = container_of(driad, struct engine_lookup, driad);
	struct engine *engine = driad->context;
	char source[ADDR_TEXT], owner[DNS_NAME_TEXT];

	amtrelay_owner(&driad->source, owner);
	control_reply(lookup->client,
		      json_pack("{s:s, s:s, s:o, s:s?, s:s, s:O, s:o, s:s?}", "source",
				addr_format(&driad->source, source), "owner", owner, "ways",
				view_ways(driad->options), "domain", driad->options->domain,
				"dnssec", config_dnssec_name(engine->config), "steps",
				lookup->steps, "relays", view_lookup_relays(driad), "reason",
				driad->reason));
	lookup_free(engine, lookup);
}

static const struct driad_actions lookup_actions = {.ask = engine_ask,
						    .cancel = engine_cancel,
						    .answered = lookup_answered,
						    .refused = engine_lookup_refused,
						    .done = lookup_done};

static void start_lookup(struct engine *engine, struct control_client *client,
			 const json_t *request)
{
	const char *text = json_string_value(json_object_get(request, "source"));
	struct engine_lookup *lookup;
	struct addr source;

	if (!text || !addr_parse(text, &source) || addr_is_martian(&source)) {
		control_refuse(client, "'source' must be the unicast address of a source");
		return;
	}
	lookup = memory_new(sizeof(*lookup));
	lookup->client = client;
	lookup->steps = json_array();
	lookup->driad = (struct driad_lookup){.timers = &engine->timers,
					      .actions = &lookup_actions,
					      .options = &engine->driad_options,
					      .context = engine,
					      .source = source,
					      .patient = true};
	DL_APPEND(engine->lookups, lookup);
	driad_start(&lookup->driad);
}

void requests_gone(void *owner, struct control_client *client)
{
	struct engine *engine = owner;
	struct engine_lookup *lookup, *next;

	DL_FOREACH_SAFE (engine->lookups, lookup, next)
		if (lookup->client == client)
			lookup_free(engine, lookup);
}

void requests_cancel_all(struct engine *engine)
{
	while (engine->lookups)
		lookup_free(engine, engine->lookups);
}

/* Dispatch */

static const struct {
	const char *name;
	void (*show)(struct engine *engine, struct control_client *client);
} commands[] = {
	{"status", show_status},     {"interfaces", show_interfaces}, {"neighbors", show_neighbors},
	{"channels", show_channels}, {"tunnels", show_tunnels},       {"counters", show_counters},
};

void requests_handle(void *owner, struct control_client *client, const json_t *request)
{
	const char *name = json_string_value(json_object_get(request, "command"));

	for (size_t i = 0; name && i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(name, commands[i].name) == 0) {
			commands[i].show(owner, client);
			return;
		}
	}
	if (name && strcmp(name, "lookup") == 0)
		start_lookup(owner, client, request);
	else if (name && strcmp(name, "lift") == 0)
		lift_hold(owner, client, request);
	else
		control_refuse(client, "unknown command '%s'", name ? name : "");
}
