/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/path.h"
#include "path/place.h"
#include "path/search.h"
#include "path/warm.h"

/* The relays of the source */

/* Returns -1 if the address has led to none of them. */
static int number_of(const struct path *path, const struct addr *candidate)
{
	const struct driad_found *found = path->source.found;

	for (unsigned i = 0; found && i < found->count; i++)
		if (addr_equal(&found->relays[i].address, candidate))
			return i;
	return -1;
}

/* The channel has a relay and seeks no other: is that relay still one of the source's? */
static void compare(struct path *path)
{
	if (path->source.found->count && path->serving)
		channel_relays_renewed(&path->channel, path->source.found->count,
				       number_of(path, &path->serving->candidate) >= 0);
}

static void none_found(struct path *path)
{
	const struct driad_found *found = path->source.found;

	path_search_end(path);
	channel_discovery_failed(&path->channel, found->reason, found->detail);
}

/* A relay is being tried that an earlier answer had. */
static bool is_trying(const struct path *path)
{
	return path->other || (path->serving && !path->channel.forwarding);
}

static void relays_found(struct driad_user *user)
{
	struct path *path = container_of(user, struct path, source);
	struct channel *channel = &path->channel;

	if (channel->forwarding && channel->move != CHANNEL_SEEKING)
		compare(path);
	else if (is_trying(path))
		return;
	else if (user->found->count)
		channel_relays_found(channel, user->found->count);
	else
		none_found(path);
}

static void look_up(struct path *path)
{
	driad_sources_want(&paths_of(&path->channel)->sources, &path->channel.sg.source,
			   &path->source);
}

/* Relays that are known are tried without another lookup: the source's are looked up again by
 * themselves when their TTL ends. So a relay that fails under many sources causes no flood of
 * lookups, and a channel finds its next relay though DNS cannot be reached. */
void path_discover(struct channel *channel)
{
	struct path *path = path_of(channel);
	const struct driad_found *found = path->source.found;

	if (found && found->count)
		channel_relays_found(channel, found->count);
	else
		look_up(path);
}

/* From one relay to another */

void path_connect(struct channel *channel)
{
	path_search_start(path_of(channel));
}

static void note_in_vain(struct path *path, const struct path_place *place)
{
	const struct paths *paths = paths_of(&path->channel);
	int number = place ? number_of(path, &place->candidate) : -1;

	if (number >= 0)
		path_vain_add(&path->vain, path->source.found->number, number, paths->timers->now,
			      paths->tunnels.hold_down);
}

void path_abandon(struct channel *channel, bool in_vain)
{
	struct path *path = path_of(channel);

	if (in_vain)
		note_in_vain(path, path->other);
	if (!path->source.found)
		driad_sources_leave(&path->source);
	path_search_end(path);
	path_place_leave(&path->other);
}

void path_remind(struct channel *channel)
{
	amt_tunnels_remind(&path_of(channel)->serving->member);
}

void path_switch_over(struct channel *channel)
{
	struct path *path = path_of(channel);

	if (path_place_relay(path->serving))
		path->left = amt_tunnel_flow(path->serving->member.tunnel);
	note_in_vain(path, path->serving);
	path_place_leave(&path->serving);
	path->serving = path->other;
	path->other = NULL;
}

void path_disconnect(struct channel *channel)
{
	struct path *path = path_of(channel);

	driad_sources_leave(&path->source);
	path_search_end(path);
	path_place_leave(&path->other);
	path_place_leave(&path->serving);
}

/* DNS is asked what the source's relays are by now. */
void path_adopt(struct channel *channel, const struct addr *relay)
{
	struct path *path = path_of(channel);

	path_place_take(path, relay, relay);
	look_up(path);
}

/* Data */

void path_probe(struct channel *channel)
{
	struct path_place *serving = path_of(channel)->serving;

	if (serving)
		amt_tunnels_probe(&serving->member);
}

/* While the channel moves nobody can tell which of the two relays has sent the data. */
void path_data_flows(struct channel *channel)
{
	struct path_place *serving = path_of(channel)->serving;

	if (serving && !channel_is_moving(channel))
		amt_tunnels_flows(&serving->member);
}

struct path_flows path_flows(const struct channel *channel)
{
	const struct path *path = path_of(channel);
	struct path_flows flows = {.moving = channel_is_moving(channel)};
	struct amt_flow serving = amt_tunnel_flow(path->serving->member.tunnel);

	flows.from = channel->move == CHANNEL_DRAINING ? path->left : serving;
	if (channel->move == CHANNEL_DRAINING)
		flows.to = serving;
	else if (flows.moving)
		flows.to = amt_tunnel_flow(path->other->member.tunnel);
	return flows;
}

/* What is shown */

const struct addr *path_relay(const struct channel *channel)
{
	return path_place_relay(path_of(channel)->serving);
}

const struct addr *path_other_relay(const struct channel *channel)
{
	return path_place_relay(path_of(channel)->other);
}

const char *path_wait(const struct channel *channel)
{
	const struct path *path = path_of(channel);

	if (!path->source.found && driad_sources_waits(&path->source))
		return "waits for its turn to ask DNS: see 'discoveries' in [limits]";
	if (path_search_waits(path))
		return "waits for its turn to ask a relay: see 'new_relays' and "
		       "'unanswered_relays' in [limits]";
	return NULL;
}

/* All paths */

void paths_init(struct paths *paths)
{
	channel_table_init(&paths->channels);
	paths->sources.found = relays_found;
	driad_sources_init(&paths->sources);
}

void paths_return(struct paths *paths, usec_t asleep)
{
	amt_tunnels_return(&paths->tunnels, asleep);
	path_warm_return(paths);
	driad_sources_age(&paths->sources, asleep);
	channel_table_return(&paths->channels);
}

void paths_free(struct paths *paths)
{
	if (paths->channels.by_slot)
		channel_table_free(&paths->channels);
	driad_sources_free(&paths->sources);
	path_warm_stop(paths);
	amt_tunnels_close(&paths->tunnels);
}
