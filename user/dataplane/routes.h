/* SPDX-License-Identifier: BSD-2-Clause */
/* The map routes: a flow and the LANs of channels that come by it, as the programs need them. All
 * channels of a relay that go to the same LANs share a route, so that it stays in the processor's
 * nearest cache. Places of the tables (fast.h) hold routes by their numbers. */
#pragma once

#include "dataplane/state.h"

/* Makes the routes' memory readable and writable. Returns 0 or a negative errno. */
int routes_open(struct dataplane *dp);
void routes_close(struct dataplane *dp);

/* The number of the route of a channel of this IP version that is not moving, which is held once
 * more; its deadline is at least the channel's. -1 if the channel has no LAN or all routes are
 * held. */
int routes_take(struct dataplane *dp, const struct mci_channel *channel, unsigned version);
void routes_hold(const struct dataplane *dp, uint32_t number);
void routes_release(const struct dataplane *dp, uint32_t number);

/* The LAN with this number has another MTU or address. */
void routes_renew_lan(struct dataplane *dp, unsigned lan);
