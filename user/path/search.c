/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/search.h"
#include "amt/race.h"
#include "base/memory.h"
#include "path/place.h"

#include <stdlib.h>

_Static_assert(DRIAD_RELAYS_MAX <= AMT_RACE_MAX, "all relays that are found can be tried");

struct path_search {
	struct amt_race race;
	struct path *path;
	struct amt_candidate candidates[];
};

static void release(struct path_search *search)
{
	if (!search)
		return;
	amt_race_end(&search->race);
	free(search);
}

void path_search_end(struct path *path)
{
	release(path->search);
	path->search = NULL;
}

bool path_search_waits(const struct path *path)
{
	return path->search && amt_race_waits(&path->search->race);
}

/* Two candidates may lead to one relay. */
static bool is_serving(const struct path *path, const struct addr *relay)
{
	const struct addr *serving = path_place_relay(path->serving);

	return serving && addr_equal(serving, relay);
}

static void race_won(struct amt_race *race, const struct addr *candidate, const struct addr *relay)
{
	struct path *path = container_of(race, struct path_search, race)->path;
	struct addr to = *relay, by = *candidate;

	path_search_end(path);
	if (!is_serving(path, &to)) {
		path_place_take(path, &to, &by);
		return;
	}
	path->serving->candidate = by;
	channel_relays_renewed(&path->channel, path->channel.relay_count, true);
	channel_not_connected(&path->channel, "no other relay");
}

/* The race goes on, and the channel tries all relays again meanwhile. */
static void race_takes_long(struct amt_race *race, const char *reason)
{
	channel_not_connected(&container_of(race, struct path_search, race)->path->channel, reason);
}

static void race_lost(struct amt_race *race, const char *reason)
{
	struct path *path = container_of(race, struct path_search, race)->path;

	path_search_end(path);
	channel_not_connected(&path->channel, reason);
}

static const struct amt_race_actions race_actions = {
	.won = race_won, .lost = race_lost, .takes_long = race_takes_long};

static bool takes_part(const struct path *path, unsigned number)
{
	const struct driad_found *found = path->source.found;
	usec_t now = paths_of(&path->channel)->timers->now;

	return !path->serving ||
	       (!path_vain_has(&path->vain, found->number, number, now) &&
		!addr_equal(&found->relays[number].address, &path->serving->candidate));
}

static void add_candidates(const struct path *path, struct amt_race *race)
{
	const struct driad_found *found = path->source.found;

	for (unsigned i = 0; i < found->count; i++) {
		const struct driad_relay *relay = &found->relays[i];
		struct amt_candidate candidate = {.address = relay->address,
						  .discover = !relay->discovery_optional,
						  .is_strange = relay->way == DRIAD_SOURCE};

		if (takes_part(path, i))
			amt_race_add(race, &candidate);
	}
}

/* The race before ends after the new one has begun, so that relays that are in both are asked on.
 */
void path_search_start(struct path *path)
{
	unsigned room = path->source.found->count;
	struct path_search *search =
		memory_new(sizeof(*search) + room * sizeof(search->candidates[0]));
	struct path_search *before = path->search;

	search->path = path;
	search->race.candidates = search->candidates;
	search->race.room = room;
	search->race.tunnels = &paths_of(&path->channel)->tunnels;
	search->race.actions = &race_actions;
	search->race.source = path->channel.sg.source;
	path->search = search;
	add_candidates(path, &search->race);
	amt_race_start(&search->race);
	release(before);
}
