/* SPDX-License-Identifier: BSD-2-Clause */
/* Whose channels they are when there is room for no more. Each PIM neighbour, and the hosts of each
 * LAN together, are one party; a party's share is all places divided by the parties that have some.
 * As long as places are free, anyone takes as many as its own limit allows. When they are all
 * taken, a party below its share takes one of the party that has the most, the latest that this has
 * joined: so nobody keeps others out, however early it came, and what runs longest runs on. */
#include "base/log.h"
#include "daemon/engine.h"

struct parties {
	unsigned count;
	unsigned most; /* channels of the largest, which is one of these two */
	struct pim_interface *pim;
	struct membership_querier *querier;
};

static void add_neighbors(struct parties *parties, struct lan_pim *pim)
{
	const struct pim_joiner *largest = NULL;

	if (pim->socket)
		largest = pim_downstream_largest(&pim->interface.downstream);
	if (!largest)
		return;
	parties->count += HASH_COUNT(pim->interface.downstream.joiners);
	if (largest->entries <= parties->most)
		return;
	parties->most = largest->entries;
	parties->pim = &pim->interface;
	parties->querier = NULL;
}

static void add_hosts(struct parties *parties, struct lan_hosts *hosts)
{
	unsigned count = hosts->socket ? membership_querier_count(&hosts->querier) : 0;

	parties->count += count > 0;
	if (count <= parties->most)
		return;
	parties->most = count;
	parties->pim = NULL;
	parties->querier = &hosts->querier;
}

static struct parties find_parties(struct engine *engine)
{
	struct parties parties = {0};

	for (unsigned i = 0; i < engine->lan_count; i++) {
		add_neighbors(&parties, &engine->lans[i].ipv4);
		add_neighbors(&parties, &engine->lans[i].ipv6);
		add_hosts(&parties, &engine->lans[i].igmp);
		add_hosts(&parties, &engine->lans[i].mld);
	}
	return parties;
}

static void neighbor_yields(struct pim_interface *pim)
{
	struct pim_joiner *joiner = pim_downstream_largest(&pim->downstream);
	char text[ADDR_TEXT];

	log_warning(
		"pim: neighbor %s on %s has joined the most channels, %u: it loses the latest to "
		"others (limit 'channels')",
		addr_format(&joiner->address, text), pim->name, joiner->entries);
	pim->counters.joins_yielded++;
	pim_downstream_yield(&pim->downstream, joiner);
}

static void hosts_yield(struct membership_querier *querier)
{
	log_warning("hosts on %s have joined the most channels, %u: they lose the latest to others "
		    "(limit 'channels')",
		    querier->name, membership_querier_count(querier));
	membership_querier_yield(querier);
}

bool shares_make_room(struct engine *engine, unsigned joined)
{
	struct parties parties = find_parties(engine);
	unsigned count = parties.count + !joined;

	if (joined >= engine->channels.limit / count || parties.most <= joined + 1)
		return false;
	if (parties.pim)
		neighbor_yields(parties.pim);
	else
		hosts_yield(parties.querier);
	return true;
}
