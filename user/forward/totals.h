/* SPDX-License-Identifier: BSD-2-Clause */
/* What all channels together have carried since the start, closed ones included: what only grows.
 * Each look at a channel's counters adds what has come since the look before. */
#pragma once

#include "channel/meter.h"
#include "channel/table.h"
#include "dataplane/dataplane.h"

struct totals {
	struct meter_count lans[CHANNEL_INTERFACES_MAX]; /* packets sent to each LAN */
	uint64_t rtp_lost;
};

/* What of one channel is in the totals already. */
struct totals_noted {
	struct meter_count count;
	uint32_t egress;   /* the LANs that packets since then go to, a bit each */
	uint64_t rtp_lost; /* of the present stream */
};

/* The channel's counters as they are now; its `rtp` has looked at them. */
void totals_note(struct channel *channel, const struct dataplane_channel_stats *stats);
/* An earlier daemon's channel: what it has carried so far does not count. */
void totals_adopt(struct channel *channel, const struct dataplane_channel_stats *stats);
