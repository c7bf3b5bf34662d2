/* SPDX-License-Identifier: BSD-2-Clause */
/* The requests of control clients on the LANs of lan_lab.h, lan0 and lan1, and on wan0, which is
 * upstream. */
#pragma once

#include "lan_lab.h"
#include "requests_lab.h"

#define REQ_WAN 20 /* its ifindex */

static struct paths req_paths;
static struct forward req_forward;

static int req_read_stats(struct dataplane *dp, uint32_t slot,
			  struct dataplane_channel_stats *stats)
{
	(void)dp;
	(void)slot;
	*stats = (struct dataplane_channel_stats){0};
	return 0;
}

static int req_read_drops(struct dataplane *dp, uint32_t slot, struct mci_channel_drops *drops)
{
	(void)dp;
	(void)slot;
	*drops = (struct mci_channel_drops){0};
	return 0;
}

static int req_read_chunk(struct dataplane *dp, uint32_t first, uint32_t count,
			  struct dataplane_channel_stats stats[])
{
	(void)dp;
	(void)first;
	memset(stats, 0, count * sizeof(*stats));
	return 0;
}

static const struct forward_actions req_forward_actions = {
	.stats = req_read_stats, .chunk_stats = req_read_chunk, .channel_drops = req_read_drops};

/* The LANs' table of channels becomes that of `paths`, which the requests are answered from. */
static inline void req_begin_channels(void)
{
	req_forward = (struct forward){
		.timers = &lab.timers, .paths = &req_paths, .actions = &req_forward_actions};
	req_paths = (struct paths){.timers = &lab.timers,
				   .channels = {.timers = &lab.timers,
						.actions = &lab_channel_actions,
						.context = &req_forward,
						.element_size = sizeof(struct forward_channel),
						.limit = LAB_CHANNELS},
				   .tunnels.timers = &lab.timers};
	channel_table_init(&req_paths.channels);
	lab.lans.channels = &req_paths.channels;
}

static inline void req_add_link(struct link *link, enum role role, const char *name,
				unsigned ifindex)
{
	*link = (struct link){.role = role, .is = {.ifindex = ifindex, .up = true, .mtu = 1500}};
	snprintf(link->is.name, sizeof(link->is.name), "%s", name);
}

static inline void req_begin_links(void)
{
	struct link *wan = &req.links.upstreams[0];

	for (unsigned i = 0; i < 2; i++) {
		struct link *link = &req.links.lans[i];

		req_add_link(link, ROLE_DOWNSTREAM, i ? "lan1" : "lan0", 10 + i);
		link->is.address_count = 2;
		link->is.addresses[0] = address(i ? ipv4.ours1 : ipv4.ours);
		link->is.addresses[1] = address(i ? ipv6.ours1 : ipv6.ours);
	}
	req_add_link(wan, ROLE_UPSTREAM, "wan0", REQ_WAN);
	wan->is.mtu = 9000;
	req.links.lan_count = 2;
	req.links.upstream_count = 1;
	req.programs[0] = (struct req_program){10, ROLE_DOWNSTREAM, "tc", "a LAN", "", true, 7, 5};
	req.programs[1] = (struct req_program){11, ROLE_DOWNSTREAM, "tc", "a LAN", "", true, 0, 0};
	req.programs[2] = (struct req_program){REQ_WAN, ROLE_UPSTREAM, "xdp", "lan0, lan1: veth",
					       "",      false,         0,     0};
}

static inline void req_begin_on_lans(void)
{
	lab_begin();
	req_begin_channels();
	req_begin(&lab.timers, &lab.lans, &req_paths, &req_forward);
	req_begin_links();
}

static inline void req_end_on_lans(void)
{
	req_end();
	lans_stop(&lab.lans);
	channel_table_free(&req_paths.channels);
	lab_end();
}

/* Starts the LANs, of which lan0 has hosts that are asked. Each has a neighbor in each family. */
static inline void req_start_on_lans(void)
{
	lab_start(true);
	for (unsigned lan = 0; lan < 2; lan++) {
		lab_hello(lan, ipv4.router);
		lab_hello(lan, ipv6.router);
	}
}
