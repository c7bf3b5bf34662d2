/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/routes.h"

#include "base/memory.h"
#include "base/time.h"
#include "dataplane/memory_map.h"
#include "ingest_tc.skel.h"
#include "mcingest/fast.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <uthash.h>

#define LOOKS_MAX 64 /* at routes that nobody holds, for one to be written anew */

struct route_key {
	struct mci_flow from;
	uint8_t version; /* of the channel */
	uint8_t lan_count;
	uint8_t lans[MCI_EGRESS_MAX];
};

struct route {
	struct route_key key;
	uint32_t number, holders;
	usec_t rests_since; /* nobody has held it since then */
	UT_hash_handle hh;
};

struct routes {
	struct mci_route *records; /* the map's memory */
	size_t bytes;
	struct route *by_key, *all; /* the second by number */
	uint32_t count, limit;      /* routes that have been in use */
	uint32_t hand;              /* where the next look begins */
};

int routes_open(struct dataplane *dp)
{
	const struct bpf_map *map = dp->ingest->maps.routes;
	struct routes *routes = memory_new(sizeof(*routes));

	dp->routes = routes;
	routes->limit = bpf_map__max_entries(map);
	routes->bytes = routes->limit * sizeof(*routes->records);
	routes->records = memory_map_open(bpf_map__fd(map), routes->bytes);
	if (!routes->records)
		return -errno;
	routes->all = memory_new(routes->limit * sizeof(*routes->all));
	return 0;
}

void routes_close(struct dataplane *dp)
{
	struct routes *routes = dp->routes;

	if (!routes)
		return;
	HASH_CLEAR(hh, routes->by_key);
	if (routes->records)
		munmap(routes->records, routes->bytes);
	free(routes->all);
	free(routes);
	dp->routes = NULL;
}

/* Records */

static void put_flow(struct mci_route *record, const struct mci_flow *from)
{
	uint8_t ports[] = {from->relay_port >> 8, from->relay_port & 0xff, from->local_port >> 8,
			   from->local_port & 0xff};
	struct addr relay = addr_from_mapped(from->relay), local = addr_from_mapped(from->local);
	size_t bytes = addr_length(relay.family);

	memcpy(record->addresses, relay.bytes, bytes);
	memcpy((uint8_t *)record->addresses + bytes, local.bytes, bytes);
	memcpy(&record->ports, ports, sizeof(ports));
	record->kind = MCI_ROUTE_KIND(relay.family == AF_INET ? 4 : 6, 0);
}

/* RFC 1112 section 6.4, RFC 2464 section 7. */
static void put_lans(struct mci_route *record, const struct mci_lan lans[MCI_LANS_MAX],
		     const struct route_key *key)
{
	static const uint8_t v4[6] = {0x01, 0x00, 0x5e}, v6[6] = {0x33, 0x33};
	const struct mci_lan *first = &lans[key->lans[0]];

	memcpy(&record->frame_head, key->version == 4 ? v4 : v6, 6);
	memcpy((uint8_t *)&record->frame_head + 6, first->mac, 2);
	memcpy(&record->frame_tail, first->mac + 2, 4);
	record->mtu = first->mtu;
	record->lan = key->lans[0];
	for (unsigned i = 0; i < key->lan_count; i++) {
		const struct mci_lan *lan = &lans[key->lans[i]];

		record->out |= 1u << key->lans[i];
		if (lan->mtu < record->mtu)
			record->mtu = lan->mtu;
	}
	if (key->lan_count > 1)
		return;
	record->kind |= MCI_ROUTE_LAN;
	record->out = first->ifindex;
}

/* The words are those that may change while packets use the route. */
static void write_record(struct dataplane *dp, const struct route *route, uint64_t deadline_ns)
{
	struct mci_route record = {.deadline_ns = deadline_ns};

	put_flow(&record, &route->key.from);
	put_lans(&record, dp->lans, &route->key);
	memcpy(&dp->routes->records[route->number], &record, sizeof(record));
}

void routes_renew_lan(struct dataplane *dp, unsigned lan)
{
	struct routes *routes = dp->routes;

	for (uint32_t number = 0; routes && number < routes->count; number++) {
		const struct route *route = &routes->all[number];

		for (unsigned i = 0; i < route->key.lan_count; i++)
			if (route->key.lans[i] == lan)
				write_record(dp, route, routes->records[number].deadline_ns);
	}
}

/* Routes */

static bool has_rested(const struct route *route)
{
	return !route->holders &&
	       time_read(CLOCK_MONOTONIC) - route->rests_since > MCI_ROUTE_REST_NS / 1000;
}

/* A number that is free: one that was never used, or one that has rested (mcingest/fast.h). */
static struct route *find_free(struct routes *routes)
{
	if (routes->count < routes->limit) {
		routes->all[routes->count].number = routes->count;
		return &routes->all[routes->count++];
	}
	for (unsigned i = 0; i < LOOKS_MAX && i < routes->count; i++) {
		struct route *route = &routes->all[routes->hand++ % routes->count];

		if (!has_rested(route))
			continue;
		HASH_DELETE(hh, routes->by_key, route);
		return route;
	}
	return NULL;
}

static struct route_key key_of(const struct mci_channel *channel, unsigned version)
{
	struct route_key key;

	memset(&key, 0, sizeof(key)); /* with the padding, if there is any */
	key.from = channel->from;
	key.version = version;
	key.lan_count = channel->lan_count;
	memcpy(key.lans, channel->lans, channel->lan_count);
	return key;
}

static struct route *find_or_make(struct dataplane *dp, const struct route_key *key)
{
	struct routes *routes = dp->routes;
	struct route *route;

	HASH_FIND(hh, routes->by_key, key, sizeof(*key), route);
	if (route)
		return route;
	route = find_free(routes);
	if (!route)
		return NULL;
	route->key = *key;
	write_record(dp, route, 0);
	HASH_ADD(hh, routes->by_key, key, sizeof(route->key), route);
	return route;
}

int routes_take(struct dataplane *dp, const struct mci_channel *channel, unsigned version)
{
	struct route_key key = key_of(channel, version);
	struct route *route = channel->lan_count ? find_or_make(dp, &key) : NULL;
	uint64_t *deadline;

	if (!route)
		return -1;
	deadline = (uint64_t *)&dp->routes->records[route->number].deadline_ns;
	if (!route->holders++ || *deadline < channel->deadline_ns)
		__atomic_store_n(deadline, channel->deadline_ns, __ATOMIC_RELAXED);
	return (int)route->number;
}

void routes_hold(const struct dataplane *dp, uint32_t number)
{
	dp->routes->all[number].holders++;
}

void routes_release(const struct dataplane *dp, uint32_t number)
{
	struct route *route = &dp->routes->all[number];

	if (!--route->holders)
		route->rests_since = time_read(CLOCK_MONOTONIC);
}
