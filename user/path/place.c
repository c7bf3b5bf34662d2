/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/place.h"
#include "base/memory.h"

#include <stdlib.h>

static struct path_place *place_of(struct amt_member *member)
{
	return container_of(member, struct path_place, member);
}

static bool is_other(const struct path_place *place)
{
	return place->path->other == place;
}

static void member_up(struct amt_member *member)
{
	struct path_place *place = place_of(member);

	channel_tunnel_up(&place->path->channel, is_other(place));
}

static void member_reported(struct amt_member *member)
{
	struct path_place *place = place_of(member);

	channel_reported(&place->path->channel, is_other(place));
}

/* A serving place goes with its relay, and the other one serves. A channel that is moving to the
 * other one already says itself when that one is to serve. */
static void member_failed(struct amt_member *member, const char *reason)
{
	struct path_place *place = place_of(member);
	struct path *path = place->path;
	bool other = is_other(place);

	if (!other && !(channel_has_other(&path->channel) && path->other)) {
		path_place_leave(&path->serving);
		path_place_promote(path);
	}
	channel_tunnel_failed(&path->channel, other, reason);
}

static void member_full(struct amt_member *member, bool full)
{
	struct path_place *place = place_of(member);

	if (!is_other(place))
		channel_is_unwelcome(&place->path->channel, full);
	else if (place->path->channel.move == CHANNEL_PROTECTED)
		channel_other_is_unwelcome(&place->path->channel, full);
}

static const struct amt_member_actions member_actions = {
	.up = member_up, .reported = member_reported, .failed = member_failed, .full = member_full};

void path_place_take(struct path *path, const struct addr *relay, const struct addr *candidate)
{
	struct path_place *place = memory_new(sizeof(*place));

	place->path = path;
	place->candidate = *candidate;
	place->member.actions = &member_actions;
	place->member.sg = path->channel.sg;
	*(path->serving ? &path->other : &path->serving) = place;
	amt_tunnels_join(&paths_of(&path->channel)->tunnels, &place->member, relay, false);
}

void path_place_leave(struct path_place **place)
{
	if (!*place)
		return;
	amt_tunnels_leave(&paths_of(&(*place)->path->channel)->tunnels, &(*place)->member);
	free(*place);
	*place = NULL;
}

void path_place_promote(struct path *path)
{
	path->serving = path->other;
	path->other = NULL;
	path->number ^= 1;
}

const struct addr *path_place_relay(const struct path_place *place)
{
	return place && place->member.tunnel ? &place->member.tunnel->relay : NULL;
}
