/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/lans.h"

#include "dataplane/error.h"
#include "dataplane/lan_sets.h"
#include "dataplane/routes.h"
#include "ingest_tc.skel.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>

#define NO_LAN (-ENOENT)

static bool is_there(const struct mci_lan *lan)
{
	char name[IF_NAMESIZE];

	return lan->ifindex && if_indextoname(lan->ifindex, name);
}

void lans_open(struct dataplane *dp)
{
	const struct bpf_map *map = dp->ingest->maps.lans;

	for (uint32_t number = 0; number < MCI_LANS_MAX; number++)
		if (bpf_map__lookup_elem(map, &number, sizeof(number), &dp->lans[number],
					 sizeof(dp->lans[number]), 0) ||
		    !is_there(&dp->lans[number]))
			memset(&dp->lans[number], 0, sizeof(dp->lans[number]));
}

int lans_find(const struct dataplane *dp, uint32_t ifindex)
{
	for (int number = 0; number < MCI_LANS_MAX; number++)
		if (dp->lans[number].ifindex == ifindex)
			return number;
	return NO_LAN;
}

int lans_number(struct dataplane *dp, uint32_t ifindex)
{
	int number = lans_find(dp, ifindex);

	if (number == NO_LAN)
		number = lans_find(dp, 0);
	if (number == NO_LAN)
		return dataplane_fail(dp, -ENOSPC, "cannot serve more than %d LANs", MCI_LANS_MAX);
	dp->lans[number].ifindex = ifindex;
	return number;
}

int lans_put(struct dataplane *dp, const struct mci_lan *lan)
{
	int number = lans_number(dp, lan->ifindex), error;

	if (number < 0 || !memcmp(&dp->lans[number], lan, sizeof(*lan)))
		return number;
	error = bpf_map__update_elem(dp->ingest->maps.lans, &(uint32_t){number}, sizeof(uint32_t),
				     lan, sizeof(*lan), BPF_ANY);
	if (error)
		return dataplane_fail(dp, error, "cannot write to map lans: %s", strerror(-error));
	if (dp->lans[number].interface[0])
		lan_sets_forget(dp); /* the sets hold its old ifindex and MAC address */
	dp->lans[number] = *lan;
	routes_renew_lan(dp, number);
	return number;
}

void lans_remove(struct dataplane *dp, uint32_t ifindex)
{
	const struct mci_lan none = {0};
	int number = lans_find(dp, ifindex);

	if (number < 0)
		return;
	bpf_map__update_elem(dp->ingest->maps.lans, &(uint32_t){number}, sizeof(uint32_t), &none,
			     sizeof(none), BPF_ANY);
	dp->lans[number] = none;
	lan_sets_forget(dp); /* another LAN may get this number */
}
