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

int path_search_number(const struct path *path, const struct addr *candidate)
{
	const struct driad_found *found = path->source.found;

	for (unsigned i = 0; found && i < found->count; i++)
		if (addr_equal(&found->relays[i].address, candidate))
			return i;
	return -1;
}

void path_search_in_vain(struct path *path, const struct addr *candidate)
{
	const struct paths *paths = paths_of(&path->channel);
	int number = path_search_number(path, candidate);

	if (number >= 0)
		path_vain_add(&path->vain, path->source.found->number, number, paths->timers->now,
			      paths->tunnels.hold_down);
}

/* Two candidates may lead to one relay. */
static bool is_serving(const struct path *path, const struct addr *relay)
{
	const struct addr *serving = path_place_relay(path->serving);

	return serving && addr_equal(serving, relay);
}

/* The address has led to the serving relay, and no other one is sought by it again for a while; but
 * a relay that DNS named by another address is not homeless. */
static void note_same_relay(struct path *path, const struct addr *candidate)
{
	if (path->channel.protect && !path->channel.homeless)
		path_search_in_vain(path, candidate);
	else
		path->serving->candidate = *candidate;
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
	note_same_relay(path, &by);
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

static bool is_vain(const struct path *path, unsigned number)
{
	return path_vain_has(&path->vain, path->source.found->number, number,
			     paths_of(&path->channel)->timers->now);
}

static bool is_candidate_of_serving(const struct path *path, const struct driad_relay *relay)
{
	return path->serving && addr_equal(&relay->address, &path->serving->candidate);
}

static bool takes_part(const struct path *path, unsigned number)
{
	return !path->serving ||
	       (!is_vain(path, number) &&
		!is_candidate_of_serving(path, &path->source.found->relays[number]));
}

/* Whether we would send to the relay from another address than to the serving one. */
static bool has_route_of_its_own(const struct path *path, const struct driad_relay *relay)
{
	const struct amt_endpoint *serving = &path->serving->member.tunnel->endpoint;
	struct amt_endpoint endpoint = {.actions = serving->actions,
					.context = serving->context,
					.peer = relay->address,
					.local = serving->local};

	return endpoint.actions->moved(&endpoint);
}

static bool has_way_of_its_own(const struct path *path, const struct driad_relay *relay)
{
	const struct driad_found *found = path->source.found;

	for (unsigned i = 0; i < found->count; i++)
		if (is_candidate_of_serving(path, &found->relays[i]))
			return found->relays[i].way != relay->way;
	return true;
}

/* What the relay has in common with the serving one. A channel that is not protected has one at a
 * time, and takes the relays in the order in which they were found. */
static unsigned kinship(const struct path *path, const struct driad_relay *relay)
{
	if (!path->channel.protect || !path->serving || !path->serving->member.tunnel)
		return 0;
	return 2 * !has_route_of_its_own(path, relay) + !has_way_of_its_own(path, relay);
}

#define KINSHIPS 4

static void add_candidates_of(const struct path *path, struct amt_race *race, unsigned kin)
{
	const struct driad_found *found = path->source.found;

	for (unsigned i = 0; i < found->count; i++) {
		const struct driad_relay *relay = &found->relays[i];
		struct amt_candidate candidate = {.address = relay->address,
						  .discover = !relay->discovery_optional,
						  .is_strange = relay->way == DRIAD_SOURCE};

		if (takes_part(path, i) && kinship(path, relay) == kin)
			amt_race_add(race, &candidate);
	}
}

static void add_candidates(const struct path *path, struct amt_race *race)
{
	for (unsigned kin = 0; kin < KINSHIPS; kin++)
		add_candidates_of(path, race, kin);
}

/* A protected channel tries relays again that were tried in vain, if there are no others; the one
 * that was tried last comes last. */
static void find_candidates(struct path *path, struct amt_race *race)
{
	add_candidates(path, race);
	for (unsigned kept = 2; path->channel.protect && !race->count && kept--;) {
		path_vain_forget(&path->vain, kept);
		add_candidates(path, race);
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
	find_candidates(path, &search->race);
	amt_race_start(&search->race);
	release(before);
}
