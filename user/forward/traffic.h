/* SPDX-License-Identifier: BSD-2-Clause */
/* Counters and rates of channels: the dataplane's and the slow path's together. Rates have one
 * clock, the looks of watch.h; a client's request does not move it. */
#pragma once

#include "channel/meter.h"
#include "dataplane/dataplane.h"

struct channel;
struct forward;

/* The channel's counters as they are now. Zeros if they cannot be read. */
struct dataplane_channel_stats traffic_read(struct channel *channel);
/* The channel's meters look at its counters as they are now, */
void traffic_look(struct channel *channel);
/* or as the dataplane has just told them. */
void traffic_note(struct channel *channel, const struct dataplane_channel_stats *fast);
/* An earlier daemon's channel: its meters begin with what has been counted so far. */
void traffic_adopt(struct channel *channel);
/* The rates of all channels together, as of the last look at each. */
struct meter_rate traffic_total(const struct forward *forward);
/* Packets of all channels, closed ones included, that the programs have forwarded up to now. */
uint64_t traffic_forwarded(struct forward *forward);
