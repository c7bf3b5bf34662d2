/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/path.h"
#include "path/place.h"
#include "path/search.h"
#include "path/warm.h"

/* The relays of the source */

/* The channel has a relay and seeks no other: is that relay still one of the source's? And the
 * other one of a protected channel? That one may go in the call. */
static void compare(struct path *path)
{
	if (!path->source.found->count || !path->serving)
		return;
	if (path->other && path->channel.move == CHANNEL_PROTECTED)
		channel_other_is_unwelcome(&path->channel,
					   path_search_number(path, &path->other->candidate) < 0);
	channel_relays_renewed(&path->channel, path->source.found->count,
			       path_search_number(path, &path->serving->candidate) >= 0);
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

void path_abandon(struct channel *channel, bool in_vain)
{
	struct path *path = path_of(channel);

	if (in_vain && path->other)
		path_search_in_vain(path, &path->other->candidate);
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
	if (path->serving)
		path_search_in_vain(path, &path->serving->candidate);
	path_place_leave(&path->serving);
	path_place_promote(path);
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

void path_adopt_protected(struct channel *channel, const struct addr *relay,
			  const struct addr *other, unsigned number)
{
	struct path *path = path_of(channel);

	path->number = number;
	path_place_take(path, relay, relay);
	if (channel->protect && path->serving)
		path_place_take(path, other, other);
	if (path->other)
		channel_adopt_protected(channel);
	look_up(path);
}

/* Protection */

bool path_protects(const struct channel *channel)
{
	const struct prefixes *protect = &paths_of(channel)->protect;

	return protect->count && (prefixes_allow(protect, &channel->sg.source) ||
				  prefixes_allow(protect, &channel->sg.group));
}

/* Data */

void path_probe(struct channel *channel)
{
	struct path_place *serving = path_of(channel)->serving;

	if (serving)
		amt_tunnels_probe(&serving->member);
}

/* While there are two relays nobody can tell here which of them has sent the data. */
void path_data_flows(struct channel *channel)
{
	struct path_place *serving = path_of(channel)->serving;

	if (serving && !channel_has_other(channel))
		amt_tunnels_flows(&serving->member);
}

static struct path_place *place_at(struct channel *channel, bool other)
{
	return other ? path_of(channel)->other : path_of(channel)->serving;
}

void path_probe_relay(struct channel *channel, bool other)
{
	if (place_at(channel, other))
		amt_tunnels_probe(&place_at(channel, other)->member);
}

void path_relay_flows(struct channel *channel, bool other)
{
	if (place_at(channel, other))
		amt_tunnels_flows(&place_at(channel, other)->member);
}

struct path_flows path_flows(const struct channel *channel)
{
	const struct path *path = path_of(channel);
	struct path_flows flows = {.moving = channel_has_other(channel), .number = path->number};
	struct amt_flow serving = amt_tunnel_flow(path->serving->member.tunnel);
	bool drains = channel->move == CHANNEL_DRAINING;

	flows.from = drains ? path->left : serving;
	flows.number ^= drains;
	if (drains)
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
