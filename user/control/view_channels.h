/* SPDX-License-Identifier: BSD-2-Clause */
/* Channels: one object each, and how many there are in each state. */
#pragma once

#include "channel/table.h"
#include "dataplane/dataplane.h"

#include <jansson.h>

/* {state: channels} */
json_t *view_channel_states(const struct channel_table *channels);

/* What the channel itself does not know, from its owner. */
struct view_channel_parts {
	const char *wait;              /* what it waits for, shown if it has no reason; or NULL */
	const struct addr *relay;      /* that serves it; NULL if none does */
	const struct addr *other;      /* that it moves to; NULL if it does not move */
	const char *const *interfaces; /* names, by the bits of the channel's interfaces */
	const struct dataplane_channel_stats *stats;
	const struct mci_channel_drops *drops;
	uint64_t slow_packets;    /* those of `stats` that took the slow path */
	uint64_t rate;            /* that the programs keep; 0: none */
	json_t *stopped;          /* as the next ones */
	json_t *wanted, *asserts; /* references that view_channel() takes over */
};

/* One of the latest joins; `relay` is the one that serves the channel, or NULL. The state of a
 * channel that has been closed since is "closed". */
json_t *view_join(const struct join *join, const struct addr *relay, usec_t now);
json_t *view_channel(const struct channel *channel, const struct view_channel_parts *parts);
