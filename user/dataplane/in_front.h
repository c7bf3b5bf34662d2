/* SPDX-License-Identifier: BSD-2-Clause */
/* Other programs' filters of TC that see a packet before ours does. Programs that are
 * no filters are in programs_in_front.h.
 *
 * The first filter that matches decides. Ours sees the packet only if that decision is "continue":
 * a filter that accepts, redirects (to the ifb of a shaper, say) or mirrors without going on has
 * taken the packet.
 *
 * On a LAN, where we only look, our filter may pass by any other filter. On an upstream it may pass
 * by filters that accept or redirect, but by none that may mean to drop. */
#pragma once

#include "dataplane/dataplane.h"

#include <stddef.h>

/* Writes to `what` which filters in front of ours, which is at `priority`, may take packets: a part
 * of a sentence, or an empty text. Returns the priority from which our filter would see its
 * packets; 0 if it may stay, or if no filter in front may be passed by. */
uint32_t in_front_look(const struct dataplane *dp, unsigned ifindex, enum role role,
		       uint32_t priority, char *what, size_t size);
