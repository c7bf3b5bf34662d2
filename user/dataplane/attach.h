/* SPDX-License-Identifier: BSD-2-Clause */
/* Which program is attached to which interface, and in which order.
 *
 * TC is attached to every upstream. Where it is of use, XDP is attached in front of it: XDP takes
 * the packets that it can bring to their end, and TC all others, so each packet is handled once. */
#pragma once

#include "dataplane/state.h"

/* Removes all programs of ours from all interfaces, whether this process or an earlier daemon
 * attached them. */
void attach_remove_all(struct dataplane *dp);

/* Removes the programs that an earlier daemon left on interfaces where this process has attached
 * none. */
void attach_remove_leftovers(struct dataplane *dp);
