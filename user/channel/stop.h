/* SPDX-License-Identifier: BSD-2-Clause */
/* A channel that is stopped on some LANs, or on all, so that others have room: none of its packets
 * goes there. If no LAN is left that wants it, the channel leaves its relay and fails; it is not
 * tried again until it may go on. Who is stopped, and when that ends, is the owner's decision. */
#pragma once

#include <stdint.h>

struct channel;

#define CHANNEL_STOP_ALL UINT32_MAX /* also on LANs that join later */

/* Adds to the interfaces on which the channel is stopped, a bit each; it takes effect with the next
 * event of the channel. For channel_actions.admit(). `reason` is a string constant. */
void channel_refuse(struct channel *channel, uint32_t interfaces, const char *reason);
/* The same, at once. */
void channel_stop(struct channel *channel, uint32_t interfaces, const char *reason);
/* Ends all stops of the channel. */
void channel_go_on(struct channel *channel);
