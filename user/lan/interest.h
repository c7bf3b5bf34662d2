/* SPDX-License-Identifier: BSD-2-Clause */
/* Who wants a channel on a LAN: its routers and its hosts together. */
#pragma once

#include "lan/state.h"

/* Routers or hosts of the LAN want (S,G); the one who asks has joined `joined` other channels.
 * False if there is no room for one more channel. */
bool lan_joined(struct lan *lan, const struct sg *sg, unsigned joined);
/* A router or the hosts want (S,G) no longer. If nobody else on the LAN wants it, it is left. */
void lan_left(struct lan *lan, const struct sg *sg);
/* Ends what nobody wants any more, since nobody is listened to any more in this family. */
void lan_end_joins(struct lan *lan, int family);
