/* SPDX-License-Identifier: BSD-2-Clause */
#include "lan/shares.h"
#include "base/log.h"

struct parties {
	unsigned count;
	unsigned max; /* channels of the largest party, which is one of these two */
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
	if (largest->entries <= parties->max)
		return;
	parties->max = largest->entries;
	parties->pim = &pim->interface;
	parties->querier = NULL;
}

static void add_hosts(struct parties *parties, struct lan_hosts *hosts)
{
	unsigned count = hosts->socket ? membership_querier_count(&hosts->querier) : 0;

	parties->count += count > 0;
	if (count <= parties->max)
		return;
	parties->max = count;
	parties->pim = NULL;
	parties->querier = &hosts->querier;
}

static struct parties find_parties(struct lans *lans)
{
	struct parties parties = {0};

	for (unsigned i = 0; i < lans->count; i++) {
		add_neighbors(&parties, &lans->list[i].ipv4);
		add_neighbors(&parties, &lans->list[i].ipv6);
		add_hosts(&parties, &lans->list[i].igmp);
		add_hosts(&parties, &lans->list[i].mld);
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

bool shares_make_room(struct lans *lans, unsigned joined)
{
	struct parties parties = find_parties(lans);
	unsigned count = parties.count + !joined;

	if (!count || joined >= lans->channels->limit / count || parties.max <= joined + 1)
		return false;
	if (parties.pim)
		neighbor_yields(parties.pim);
	else
		hosts_yield(parties.querier);
	return true;
}
