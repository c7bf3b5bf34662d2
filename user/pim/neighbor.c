/* SPDX-License-Identifier: BSD-2-Clause */
#include "pim/neighbor.h"
#include "base/memory.h"

#include <string.h>

static void remove_neighbor(struct pim_neighbors *neighbors, struct pim_neighbor *neighbor)
{
	timer_stop(neighbors->timers, &neighbor->expiry);
	HASH_DEL(neighbors->by_address, neighbor); /* NOLINT: the table has this neighbor */
	free(neighbor);
}

static void expire(struct timer *timer)
{
	struct pim_neighbor *neighbor = container_of(timer, struct pim_neighbor, expiry);

	neighbor->table->expired(neighbor->table, neighbor);
	remove_neighbor(neighbor->table, neighbor);
}

void pim_neighbors_heard(struct pim_neighbors *neighbors, struct pim_neighbor *neighbor)
{
	neighbor->heard = neighbors->timers->now;
	/* A hash keeps the order in which its elements were added. */
	HASH_DEL(neighbors->by_address, neighbor);
	HASH_ADD(hh, neighbors->by_address, address, sizeof(neighbor->address), neighbor);
}

static bool make_room(struct pim_neighbors *neighbors)
{
	struct pim_neighbor *oldest = neighbors->by_address;
	usec_t silent = PIM_HOLDTIME_DEFAULT * USEC_PER_SEC;

	if (pim_neighbors_count(neighbors) < neighbors->limit)
		return true;
	if (neighbors->timers->now - oldest->heard < silent)
		return false;
	neighbors->expired(neighbors, oldest);
	remove_neighbor(neighbors, oldest);
	return true;
}

static struct pim_neighbor *add_neighbor(struct pim_neighbors *neighbors,
					 const struct addr *address)
{
	struct pim_neighbor *neighbor = memory_new(sizeof(*neighbor));

	neighbor->address = *address;
	neighbor->since = neighbors->timers->now;
	neighbor->expiry.fn = expire;
	neighbor->table = neighbors;
	HASH_ADD(hh, neighbors->by_address, address, sizeof(neighbor->address), neighbor);
	return neighbor;
}

static bool restarted(const struct pim_hello *before, const struct pim_hello *now)
{
	return before->has_generation_id != now->has_generation_id ||
	       before->generation_id != now->generation_id;
}

enum pim_neighbor_change pim_neighbors_hello(struct pim_neighbors *neighbors,
					     const struct addr *from, const struct pim_hello *hello)
{
	struct pim_neighbor *neighbor = pim_neighbors_find(neighbors, from);
	enum pim_neighbor_change change = PIM_NEIGHBOR_SAME;

	if (!hello->holdtime) {
		if (!neighbor)
			return PIM_NEIGHBOR_STRANGER;
		remove_neighbor(neighbors, neighbor);
		return PIM_NEIGHBOR_GONE;
	}
	if (!neighbor) {
		if (!make_room(neighbors))
			return PIM_NEIGHBOR_REJECTED;
		neighbor = add_neighbor(neighbors, from);
		change = PIM_NEIGHBOR_NEW;
	} else if (restarted(&neighbor->hello, hello)) {
		neighbor->since = neighbors->timers->now;
		change = PIM_NEIGHBOR_RESTARTED;
	}
	pim_neighbors_heard(neighbors, neighbor);
	neighbor->hello = *hello;
	timer_start(neighbors->timers, &neighbor->expiry,
		    hello->holdtime == PIM_HOLDTIME_FOREVER ? USEC_NEVER
							    : hello->holdtime * USEC_PER_SEC);
	return change;
}

struct pim_neighbor *pim_neighbors_find(struct pim_neighbors *neighbors, const struct addr *address)
{
	struct pim_neighbor *neighbor;

	HASH_FIND(hh, neighbors->by_address, address, sizeof(*address), neighbor);
	return neighbor;
}

unsigned pim_neighbors_count(const struct pim_neighbors *neighbors)
{
	return HASH_COUNT(neighbors->by_address);
}

usec_t pim_neighbors_override_interval(const struct pim_neighbors *neighbors)
{
	unsigned delay = PIM_PROPAGATION_DELAY_MS, interval = PIM_OVERRIDE_INTERVAL_MS;
	const struct pim_neighbor *neighbor;

	for (neighbor = neighbors->by_address; neighbor; neighbor = neighbor->hh.next) {
		if (!neighbor->hello.has_lan_prune_delay)
			return (PIM_PROPAGATION_DELAY_MS + PIM_OVERRIDE_INTERVAL_MS) * USEC_PER_MS;
		if (neighbor->hello.propagation_delay_ms > delay)
			delay = neighbor->hello.propagation_delay_ms;
		if (neighbor->hello.override_interval_ms > interval)
			interval = neighbor->hello.override_interval_ms;
	}
	return (delay + interval) * USEC_PER_MS;
}

static bool all_have_priorities(const struct pim_neighbors *neighbors)
{
	const struct pim_neighbor *neighbor;

	for (neighbor = neighbors->by_address; neighbor; neighbor = neighbor->hh.next)
		if (!neighbor->hello.has_dr_priority)
			return false;
	return true;
}

const struct addr *pim_neighbors_dr(const struct pim_neighbors *neighbors, const struct addr *us,
				    uint32_t priority)
{
	bool by_priority = all_have_priorities(neighbors);
	const struct pim_neighbor *neighbor;
	const struct addr *dr = us;

	for (neighbor = neighbors->by_address; neighbor; neighbor = neighbor->hh.next) {
		uint32_t its = neighbor->hello.dr_priority;

		if (by_priority && its < priority)
			continue;
		if ((by_priority && its > priority) ||
		    memcmp(neighbor->address.bytes, dr->bytes, sizeof(dr->bytes)) > 0) {
			dr = &neighbor->address;
			priority = its;
		}
	}
	return dr;
}

void pim_neighbors_free(struct pim_neighbors *neighbors)
{
	struct pim_neighbor *neighbor, *next;

	HASH_ITER (hh, neighbors->by_address, neighbor, next)
		remove_neighbor(neighbors, neighbor);
}
