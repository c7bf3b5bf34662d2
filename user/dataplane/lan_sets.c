/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/lan_sets.h"

#include "dataplane/attachments.h"
#include "dataplane/pins.h"
#include "depart_xdp.skel.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <string.h>
#include <unistd.h>

/* Loads a copy of the program with the LAN's MAC address. Returns its descriptor or a negative
 * errno. */
static int load_depart(const struct mci_lan *lan)
{
	struct depart_xdp *depart = depart_xdp__open();
	int fd;

	if (!depart)
		return -errno;
	memcpy((void *)depart->rodata->interface_mac, lan->mac, sizeof(lan->mac));
	fd = depart_xdp__load(depart);
	if (!fd)
		fd = fcntl(bpf_program__fd(depart->progs.depart_xdp), F_DUPFD_CLOEXEC, 0);
	depart_xdp__destroy(depart);
	return fd;
}

static int depart_of(struct dataplane *dp, unsigned number)
{
	if (dp->departs[number] <= 0)
		dp->departs[number] = load_depart(&dp->lans[number]);
	return dp->departs[number];
}

static int add_member(struct dataplane *dp, int set, uint32_t place, unsigned number)
{
	struct bpf_devmap_val port = {.ifindex = dp->lans[number].ifindex,
				      .bpf_prog.fd = depart_of(dp, number)};

	return port.bpf_prog.fd < 0 ? port.bpf_prog.fd
				    : bpf_map_update_elem(set, &place, &port, BPF_ANY);
}

static int make_set(struct dataplane *dp, const struct mci_channel *entry)
{
	int set = bpf_map_create(BPF_MAP_TYPE_DEVMAP, "lan_set", sizeof(uint32_t),
				 sizeof(struct bpf_devmap_val), MCI_EGRESS_MAX, NULL);
	int error = set < 0 ? set : 0;

	for (uint32_t i = 0; !error && i < entry->lan_count; i++)
		error = add_member(dp, set, i, entry->lans[i]);
	if (!error)
		error = bpf_map_update_elem(dp->lan_sets, &entry->lan_set, &set, BPF_ANY);
	if (set >= 0)
		close(set);
	return error;
}

void lan_sets_open(struct dataplane *dp)
{
	char path[PINS_PATH];

	if (dp->lan_sets <= 0)
		dp->lan_sets = bpf_obj_get(pins_path(dp->pins, "lan_sets", path));
	lan_sets_forget(dp); /* the LANs of an earlier daemon's sets may have changed */
}

static bool takes_xdp(const struct dataplane *dp, unsigned ifindex)
{
	const struct attachment *lan = attachments_find(dp, ifindex, ROLE_DOWNSTREAM);

	return lan && lan->takes_xdp;
}

void lan_sets_provide(struct dataplane *dp, const struct mci_channel *entry)
{
	uint32_t id;

	if (dp->lan_sets <= 0 || !bpf_map_lookup_elem(dp->lan_sets, &entry->lan_set, &id))
		return;
	for (uint32_t i = 0; i < entry->lan_count; i++)
		if (!takes_xdp(dp, dp->lans[entry->lans[i]].ifindex))
			return;
	make_set(dp, entry); /* if this fails, TC goes on to copy the packets */
}

static void close_departs(struct dataplane *dp)
{
	for (unsigned number = 0; number < MCI_LANS_MAX; number++) {
		if (dp->departs[number] > 0)
			close(dp->departs[number]);
		dp->departs[number] = 0;
	}
}

void lan_sets_forget(struct dataplane *dp)
{
	uint32_t key;

	close_departs(dp);
	while (dp->lan_sets > 0 && !bpf_map_get_next_key(dp->lan_sets, NULL, &key))
		if (bpf_map_delete_elem(dp->lan_sets, &key))
			break;
}

void lan_sets_close(struct dataplane *dp)
{
	close_departs(dp);
	if (dp->lan_sets > 0)
		close(dp->lan_sets);
	dp->lan_sets = 0;
}
