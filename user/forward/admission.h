/* SPDX-License-Identifier: BSD-2-Clause */
/* Limits of what channels bring: all together, on a LAN, and the channels of a policy's prefix
 * (lines.h). What they bring is measured once a second, by the bytes of inner IP packets that came
 * in, those above a channel's own rate included.
 *
 * When a line has too much, channels are stopped, each as a whole (channel/stop.h): those that the
 * fewest LANs want first, then those of the lowest priority, then the youngest; channels without
 * data stay. While it is full, new channels are refused, unless it has less wanted ones.
 *
 *   running --its line has too much--> stopped
 *   new     --its line is full-------> stopped
 *   stopped --ADMISSION_HOLD, and room for what it had--> running
 *
 * Those that come back do so most wanted first. What they had is reserved for ADMISSION_RESERVE;
 * for a channel that was refused, the mean of those that run, or what is left. A channel that is
 * stopped again within ADMISSION_HOLD_MAX waits twice as long as before, up to ADMISSION_HOLD_MAX.
 *
 * The rate of a single channel is kept by the programs, packet by packet; here is only what it is.
 * A daemon without limits has no struct admission, and measures nothing. */
#pragma once

#include "forward/rated.h"

/* Sets forward->rates, NULL if there are no limits. The table of channels is there. */
void admission_start(struct forward *forward, const struct rate_limits *options);
void admission_stop(struct forward *forward);
/* Whether the programs must keep rates of channels. */
bool admission_has_channel_rates(const struct forward *forward);

/* Events */

/* As channel_actions.admit(). */
void admission_admit(struct channel *channel, unsigned interface);
/* The channel's counters as they are now. */
void admission_note(struct channel *channel, const struct dataplane_channel_stats *stats);
void admission_closed(const struct channel *channel);
