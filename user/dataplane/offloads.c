/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/offloads.h"

#include "base/log.h"
#include "base/memory.h"
#include "dataplane/error.h"
#include "ingest_tc.skel.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BLOCK_BITS 32 /* features in one block of the ioctl */

/* The names that ethtool uses. */
static const char *const names[MCI_OFFLOADS] = {"rx-udp-gro-forwarding", "rx-gro-list"};

/* The kernel's numbers of the features; -1 if it has none of that name. */
struct numbers {
	unsigned blocks; /* that hold all features of the kernel */
	int of[MCI_OFFLOADS];
};

static int ask(unsigned ifindex, void *command)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), error = 0;
	struct ifreq request = {.ifr_data = command};

	if (fd < 0)
		return -errno;
	if (!if_indextoname(ifindex, request.ifr_name) || ioctl(fd, SIOCETHTOOL, &request) < 0)
		error = -errno;
	close(fd);
	return error;
}

static int count_features(unsigned ifindex, unsigned *count)
{
	struct ethtool_sset_info *info = memory_new(sizeof(*info) + sizeof(info->data[0]));
	int error;

	info->cmd = ETHTOOL_GSSET_INFO;
	info->sset_mask = 1ULL << ETH_SS_FEATURES;
	error = ask(ifindex, info);
	*count = info->data[0];
	free(info);
	return error;
}

static void find_numbers(const struct ethtool_gstrings *strings, struct numbers *numbers)
{
	for (unsigned n = 0; n < MCI_OFFLOADS; n++) {
		numbers->of[n] = -1;
		for (unsigned i = 0; i < strings->len; i++)
			if (!strncmp((const char *)strings->data + i * ETH_GSTRING_LEN, names[n],
				     ETH_GSTRING_LEN))
				numbers->of[n] = (int)i;
	}
}

static int read_numbers(unsigned ifindex, struct numbers *numbers)
{
	struct ethtool_gstrings *strings;
	unsigned count;
	int error = count_features(ifindex, &count);

	if (error)
		return error;
	numbers->blocks = (count + BLOCK_BITS - 1) / BLOCK_BITS;
	strings = memory_new(sizeof(*strings) + (size_t)count * ETH_GSTRING_LEN);
	strings->cmd = ETHTOOL_GSTRINGS;
	strings->string_set = ETH_SS_FEATURES;
	strings->len = count;
	error = ask(ifindex, strings);
	if (!error)
		find_numbers(strings, numbers);
	free(strings);
	return error;
}

/* Sets a bit of `*active` for each feature that is on. */
static int read_active(unsigned ifindex, const struct numbers *numbers, uint32_t *active)
{
	struct ethtool_gfeatures *features =
		memory_new(sizeof(*features) + numbers->blocks * sizeof(features->features[0]));
	int error;

	features->cmd = ETHTOOL_GFEATURES;
	features->size = numbers->blocks;
	error = ask(ifindex, features);
	*active = 0;
	for (unsigned n = 0; !error && n < MCI_OFFLOADS; n++) {
		int number = numbers->of[n];

		if (number >= 0 &&
		    features->features[number / BLOCK_BITS].active & 1u << number % BLOCK_BITS)
			*active |= 1u << n;
	}
	free(features);
	return error;
}

static int write_active(unsigned ifindex, const struct numbers *numbers, uint32_t which, bool on)
{
	struct ethtool_sfeatures *features =
		memory_new(sizeof(*features) + numbers->blocks * sizeof(features->features[0]));
	int error;

	features->cmd = ETHTOOL_SFEATURES;
	features->size = numbers->blocks;
	for (unsigned n = 0; n < MCI_OFFLOADS; n++) {
		struct ethtool_set_features_block *block;

		if (!(which & 1u << n) || numbers->of[n] < 0)
			continue;
		block = &features->features[numbers->of[n] / BLOCK_BITS];
		block->valid |= 1u << numbers->of[n] % BLOCK_BITS;
		if (on)
			block->requested |= 1u << numbers->of[n] % BLOCK_BITS;
	}
	error = ask(ifindex, features);
	free(features);
	return error;
}

static int set(unsigned ifindex, uint32_t which, bool on)
{
	struct numbers numbers;
	int error = read_numbers(ifindex, &numbers);

	return error ? error : write_active(ifindex, &numbers, which, on);
}

static int get(unsigned ifindex, uint32_t *active)
{
	struct numbers numbers;
	int error = read_numbers(ifindex, &numbers);

	return error ? error : read_active(ifindex, &numbers, active);
}

static void log_switched(unsigned ifindex, uint32_t which, const char *how)
{
	char name[MCI_NAME];

	dataplane_interface(ifindex, name);
	for (unsigned n = 0; n < MCI_OFFLOADS; n++)
		if (which & 1u << n)
			log_notice("%s: %s is switched %s", name, names[n], how);
}

static void log_failure(unsigned ifindex, const char *how, int error)
{
	char name[MCI_NAME];

	log_warning("%s: cannot switch %s GRO of forwarded UDP: %s; use `ethtool -K`",
		    dataplane_interface(ifindex, name), how, dataplane_cure(error));
}

/* The features are recorded before they are switched off: a daemon that is killed in between leaves
 * a record by which they can be switched on again. */
void offloads_switch_off(const struct dataplane *dp, unsigned ifindex)
{
	const struct bpf_map *map = dp->ingest->maps.offloads;
	uint32_t active = 0, kept = 0;
	int error;

	if (get(ifindex, &active) || !active)
		return; /* the driver has no such features, or none is on */
	bpf_map__lookup_elem(map, &ifindex, sizeof(ifindex), &kept, sizeof(kept), 0);
	kept |= active;
	error = bpf_map__update_elem(map, &ifindex, sizeof(ifindex), &kept, sizeof(kept), BPF_ANY);
	if (!error)
		error = set(ifindex, active, false);
	if (error)
		log_failure(ifindex, "off", error);
	else
		log_switched(ifindex, active,
			     "off while tunnels arrive here: no program can take apart the "
			     "packets that it merges");
}

void offloads_restore(const struct dataplane *dp, unsigned ifindex)
{
	const struct bpf_map *map = dp->ingest ? dp->ingest->maps.offloads : NULL;
	uint32_t kept;
	int error;

	if (!map || bpf_map__lookup_elem(map, &ifindex, sizeof(ifindex), &kept, sizeof(kept), 0))
		return;
	error = set(ifindex, kept, true);
	bpf_map__delete_elem(map, &ifindex, sizeof(ifindex), 0);
	if (error == -ENODEV)
		return;
	if (error)
		log_failure(ifindex, "on again", error);
	else
		log_switched(ifindex, kept, "on again");
}
