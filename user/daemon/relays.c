/* SPDX-License-Identifier: BSD-2-Clause */
#include "amt/race.h"
#include "base/log.h"
#include "base/memory.h"
#include "daemon/engine.h"

#include <stdlib.h>
#include <string.h>

#define RENEWALS 3 /* of an entry's deadline, before it would have come */

/* A channel's place behind one relay. */
struct place {
	struct amt_member member;
	struct channel *channel;
	struct addr candidate; /* that led to the relay */
};

_Static_assert(DRIAD_RELAYS_MAX <= AMT_RACE_MOST, "all that are found can be tried");

/* The search for one. */
struct search {
	struct amt_race race;
	struct channel *channel;
	struct amt_candidate candidates[];
};

/* What the daemon keeps for a channel. */
struct served {
	struct channel channel;
	struct driad_user source;
	struct search *search;
	struct place *serving, *other; /* the second while it moves, or tries to */
	uint64_t vain_of;              /* number of what was found whose relays, by bits, */
	uint32_t vain;                 /* have been tried in vain */
	usec_t vain_until;
	struct dataplane_flow *left; /* of a move that is draining */
	struct slow_stats slow;
};

const size_t relays_element_size = sizeof(struct served);

static struct served *served_of(const struct channel *channel)
{
	return container_of(channel, struct served, channel);
}

static struct engine *engine_of(const struct channel *channel)
{
	return channel->table->context;
}

/* Searches */

static void free_search(struct search *search)
{
	if (!search)
		return;
	amt_race_end(&search->race);
	free(search);
}

static void end_search(struct served *served)
{
	free_search(served->search);
	served->search = NULL;
}

/* Relays of a source */

static int number_of(const struct driad_found *found, const struct addr *candidate)
{
	for (unsigned i = 0; i < found->count; i++)
		if (addr_equal(&found->relays[i].address, candidate))
			return i;
	return -1;
}

/* The relays of a channel that has one and seeks no other: is its own still among them? */
static void compare(struct served *served)
{
	const struct driad_found *found = served->source.found;

	if (found->count && served->serving)
		channel_relays_renewed(&served->channel, found->count,
				       number_of(found, &served->serving->candidate) >= 0);
}

static void none_found(struct served *served)
{
	end_search(served);
	channel_discovery_failed(&served->channel, served->source.found->reason);
}

static void relays_found(struct driad_user *user)
{
	struct served *served = container_of(user, struct served, source);
	struct channel *channel = &served->channel;

	if (channel->forwarding && channel->move != CHANNEL_SEEKING)
		compare(served);
	else if (served->other || (served->serving && !channel->forwarding))
		return; /* what was found before is being tried */
	else if (user->found->count)
		channel_relays_found(channel, user->found->count);
	else
		none_found(served);
}

static void look_up(struct channel *channel)
{
	driad_sources_want(&engine_of(channel)->sources, &channel->sg.source,
			   &served_of(channel)->source);
}

/* Relays that are known are those to be tried: what DNS says by now comes by itself when their TTL
 * ends. So one that fails under many sources makes no lookup for each, and none is in the way
 * where the resolvers are as far off as the relay. */
static void discover(struct channel *channel)
{
	const struct driad_found *found = served_of(channel)->source.found;

	if (found && found->count)
		channel_relays_found(channel, found->count);
	else
		look_up(channel);
}

/* Relays that have sent nothing, for this channel; others may be served well there. */

static bool is_in_vain(const struct served *served, unsigned number)
{
	return served->vain_of == served->source.found->number &&
	       served->vain_until > engine_of(&served->channel)->timers.now &&
	       served->vain & 1u << number;
}

static void note_in_vain(struct served *served, const struct place *place)
{
	const struct engine *engine = engine_of(&served->channel);
	const struct driad_found *found = served->source.found;
	int number = found ? number_of(found, &place->candidate) : -1;

	if (number < 0)
		return;
	if (served->vain_of != found->number || served->vain_until <= engine->timers.now)
		served->vain = 0;
	served->vain_of = found->number;
	served->vain |= 1u << number;
	served->vain_until = engine->timers.now + engine->config->tunnels.hold_down;
}

/* Places */

static void leave(struct channel *channel, struct place **place)
{
	if (!*place)
		return;
	amt_tunnels_leave(&engine_of(channel)->tunnels, &(*place)->member);
	free(*place);
	*place = NULL;
}

static void join(struct channel *channel, const struct addr *relay, const struct addr *candidate)
{
	struct served *served = served_of(channel);
	struct place *place = memory_new(sizeof(*place));

	place->channel = channel;
	place->candidate = *candidate;
	place->member.sg = channel->sg;
	*(served->serving ? &served->other : &served->serving) = place;
	amt_tunnels_join(&engine_of(channel)->tunnels, &place->member, relay, false);
}

void relays_adopt(struct channel *channel, const struct addr *relay)
{
	join(channel, relay, relay);
	look_up(channel); /* what DNS says by now */
}

/* Two candidates may lead to one relay. */
static bool is_serving(const struct served *served, const struct addr *relay)
{
	return served->serving && served->serving->member.tunnel &&
	       addr_equal(&served->serving->member.tunnel->relay, relay);
}

static void race_won(struct amt_race *race, const struct addr *candidate, const struct addr *relay)
{
	struct channel *channel = container_of(race, struct search, race)->channel;
	struct served *served = served_of(channel);
	struct addr to = *relay, by = *candidate;

	end_search(served);
	if (is_serving(served, &to)) {
		served->serving->candidate = by;
		channel_relays_renewed(channel, channel->relay_count, true);
		channel_not_connected(channel, "no other relay");
	} else {
		join(channel, &to, &by);
	}
}

/* It goes on, and the channel tries all of them again meanwhile. */
static void race_takes_long(struct amt_race *race, const char *reason)
{
	channel_not_connected(container_of(race, struct search, race)->channel, reason);
}

static void race_lost(struct amt_race *race, const char *reason)
{
	struct channel *channel = container_of(race, struct search, race)->channel;

	end_search(served_of(channel));
	channel_not_connected(channel, reason);
}

static const struct amt_race_actions race_actions = {
	.won = race_won, .lost = race_lost, .takes_long = race_takes_long};

static void add_candidates(const struct served *served, struct amt_race *race)
{
	const struct driad_found *found = served->source.found;

	for (unsigned i = 0; i < found->count; i++) {
		const struct driad_relay *relay = &found->relays[i];

		if (served->serving && (is_in_vain(served, i) ||
					addr_equal(&relay->address, &served->serving->candidate)))
			continue;
		amt_race_add(race,
			     &(struct amt_candidate){relay->address, !relay->discovery_optional,
						     relay->way == DRIAD_SOURCE});
	}
}

static void connect_to_one(struct channel *channel)
{
	struct served *served = served_of(channel);
	unsigned room = served->source.found->count;
	struct search *search = memory_new(sizeof(*search) + room * sizeof(search->candidates[0]));
	struct search *before = served->search;

	search->channel = channel;
	search->race.candidates = search->candidates;
	search->race.room = room;
	search->race.tunnels = &engine_of(channel)->tunnels;
	search->race.actions = &race_actions;
	search->race.source = channel->sg.source;
	served->search = search;
	add_candidates(served, &search->race);
	amt_race_start(&search->race);
	free_search(before); /* not sooner: who is asked by both is asked on */
}

static void abandon(struct channel *channel, bool in_vain)
{
	struct served *served = served_of(channel);

	if (in_vain && served->other)
		note_in_vain(served, served->other);
	if (!served->source.found)
		driad_sources_leave(&served->source);
	end_search(served);
	leave(channel, &served->other);
}

static void remind(struct channel *channel)
{
	amt_tunnels_remind(&served_of(channel)->serving->member);
}

static struct dataplane_flow upstream(const struct place *place)
{
	const struct amt_tunnel *tunnel = place->member.tunnel;

	return (struct dataplane_flow){.relay = tunnel->relay,
				       .local = tunnel->endpoint.local,
				       .relay_port = AMT_PORT,
				       .local_port = tunnel->endpoint.local_port};
}

static void forget_left(struct served *served)
{
	free(served->left);
	served->left = NULL;
}

static void switch_over(struct channel *channel)
{
	struct served *served = served_of(channel);

	if (served->serving && served->serving->member.tunnel) {
		forget_left(served);
		served->left = memory_new(sizeof(*served->left));
		*served->left = upstream(served->serving);
	}
	if (served->serving)
		note_in_vain(served, served->serving);
	leave(channel, &served->serving);
	served->serving = served->other;
	served->other = NULL;
}

static void disconnect(struct channel *channel)
{
	struct served *served = served_of(channel);

	driad_sources_leave(&served->source);
	end_search(served);
	forget_left(served);
	leave(channel, &served->other);
	leave(channel, &served->serving);
}

/* What the tunnels say: to a search, or to a place */

static struct place *place_of(struct amt_member *member)
{
	return container_of(member, struct place, member);
}

static bool is_other(const struct place *place)
{
	return served_of(place->channel)->other == place;
}

void relays_member_up(void *context, struct amt_member *member)
{
	if (member->connection) {
		if (!warm_up(context, member))
			amt_race_up(member);
		return;
	}
	channel_tunnel_up(place_of(member)->channel, is_other(place_of(member)));
}

void relays_member_reported(void *context, struct amt_member *member)
{
	(void)context;
	channel_reported(place_of(member)->channel, is_other(place_of(member)));
}

/* The place of a relay that serves goes with it. A channel that is moving to another says itself
 * what shall be; where it is on the way there only, that one is to serve. */
static void fail_place(struct place *place, const char *reason)
{
	struct channel *channel = place->channel;
	struct served *served = served_of(channel);
	bool other = is_other(place);

	if (!other && !(channel_is_moving(channel) && served->other)) {
		leave(channel, &served->serving);
		served->serving = served->other;
		served->other = NULL;
	}
	channel_tunnel_failed(channel, other, reason);
}

void relays_member_failed(void *context, struct amt_member *member, const char *reason)
{
	if (!member->connection)
		fail_place(place_of(member), reason);
	else if (!warm_failed(context, member, reason))
		amt_race_failed(member, reason);
}

void relays_member_full(void *context, struct amt_member *member, bool full)
{
	(void)context;
	if (!is_other(place_of(member)))
		channel_is_unwelcome(place_of(member)->channel, full);
}

/* Entries */

static void add_egress(struct dataplane_channel *entry, const struct netlink_interface *link)
{
	struct mci_lan *egress = &entry->egress[entry->egress_count++];

	memcpy(egress->interface, link->name, sizeof(egress->interface));
	memcpy(egress->mac, link->mac, sizeof(egress->mac));
	egress->ifindex = link->ifindex;
	egress->mtu = link->mtu < UINT16_MAX ? link->mtu : UINT16_MAX;
}

static void add_upstreams(const struct channel *channel, struct dataplane_channel *entry)
{
	const struct served *served = served_of(channel);
	bool is_draining = channel->move == CHANNEL_DRAINING;

	entry->from = is_draining ? *served->left : upstream(served->serving);
	if (entry->moving)
		entry->to = upstream(is_draining ? served->serving : served->other);
}

static void forward(struct channel *channel)
{
	struct engine *engine = engine_of(channel);
	struct dataplane_channel entry = {
		.moving = channel_is_moving(channel),
		.slot = channel->slot,
		.deadline_ns = (engine->timers.now + engine->config->hold) * 1000,
	};

	add_upstreams(channel, &entry);
	for (unsigned i = 0; i < engine->lan_count; i++)
		if (channel_egress(channel) & 1u << i)
			add_egress(&entry, &engine->lans[i].link);
	if (dataplane_set_channel(engine->dataplane, &channel->sg, &entry))
		log_warning("%s", dataplane_error(engine->dataplane));
	if (!entry.moving)
		forget_left(served_of(channel));
}

static void stop_forwarding(struct channel *channel)
{
	dataplane_remove_channel(engine_of(channel)->dataplane, &channel->sg);
}

const struct addr *relays_serving(const struct channel *channel)
{
	const struct place *serving = served_of(channel)->serving;

	return serving && serving->member.tunnel ? &serving->member.tunnel->relay : NULL;
}

const char *relays_wait(const struct channel *channel)
{
	const struct served *served = served_of(channel);

	if (!served->source.found && driad_sources_waits(&served->source))
		return "waits for its turn to ask DNS: see 'discoveries' in [limits]";
	if (served->search && amt_race_waits(&served->search->race))
		return "waits for its turn to ask a relay: see 'new_relays' and "
		       "'unanswered_relays' in [limits]";
	return NULL;
}

const struct addr *relays_other(const struct channel *channel)
{
	const struct place *other = served_of(channel)->other;

	return other && other->member.tunnel ? &other->member.tunnel->relay : NULL;
}

/* While it moves nobody can tell by which of the two. */
void relays_flows(struct channel *channel)
{
	struct place *serving = served_of(channel)->serving;

	if (serving && !channel_is_moving(channel))
		amt_tunnels_flows(&serving->member);
}

void relays_probe(struct channel *channel)
{
	struct place *serving = served_of(channel)->serving;

	if (serving)
		amt_tunnels_probe(&serving->member);
}

struct slow_stats *relays_slow_stats(struct channel *channel)
{
	return &served_of(channel)->slow;
}

static void log_change(const struct channel *channel)
{
	const struct addr *relay = relays_serving(channel);
	char sg[SG_TEXT], text[ADDR_TEXT];

	if (channel->reason)
		log_warning("%s %s: %s", sg_format(&channel->sg, sg),
			    channel_state_name(channel->state), channel->reason);
	else if (relay)
		log_notice("%s %s, relay %s", sg_format(&channel->sg, sg),
			   channel_state_name(channel->state), addr_format(relay, text));
	else
		log_notice("%s %s", sg_format(&channel->sg, sg),
			   channel_state_name(channel->state));
}

static void changed(const struct channel *channel)
{
	log_change(channel);
	lan_interest_changed(engine_of(channel), &channel->sg);
}

static void closed(const struct channel *channel)
{
	char text[SG_TEXT];

	dataplane_clear_channel_stats(engine_of(channel)->dataplane, channel->slot);
	log_notice("%s closed", sg_format(&channel->sg, text));
}

const struct channel_actions relays_channel_actions = {.discover = discover,
						       .connect = connect_to_one,
						       .abandon = abandon,
						       .remind = remind,
						       .switch_over = switch_over,
						       .disconnect = disconnect,
						       .forward = forward,
						       .stop_forwarding = stop_forwarding,
						       .changed = changed,
						       .closed = closed};

static void renew(struct engine *engine, struct channel *channel)
{
	(void)engine;
	if (channel->forwarding)
		forward(channel);
}

void relays_renew(struct engine *engine)
{
	struct channel *channel, *next;

	HASH_ITER (hh, engine->channels.by_sg, channel, next)
		renew(engine, channel);
}

void relays_start(struct engine *engine)
{
	engine->sources = (struct driad_sources){.timers = &engine->timers,
						 .actions = {.ask = engine_ask,
							     .cancel = engine_cancel,
							     .refused = engine_lookup_refused},
						 .options = &engine->driad_options,
						 .context = engine,
						 .pace.rate = engine->config->discoveries,
						 .pace.share = engine->config->network_discoveries,
						 .limit = engine->config->max_channels,
						 .found = relays_found};
	driad_sources_init(&engine->sources);
	round_start(&engine->renewal, engine, engine->config->hold / RENEWALS, renew);
}
