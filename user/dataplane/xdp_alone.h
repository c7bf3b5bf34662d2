/* SPDX-License-Identifier: BSD-2-Clause */
/* Our program alone in an interface's driver, without libxdp: for a daemon that may not look
 * programs up by their id (xdp_shared.h). What is ours is pinned for each interface, and a program
 * in the driver is ours if it is the pinned one, whichever daemon attached it. */
#pragma once

#include "dataplane/state.h"

struct ingest_xdp;

/* `id` is that of the program in the driver; 0 if there is none. */

/* Loads our program and attaches it, or puts it in the place of an earlier one of ours, so that no
 * packet passes between the two. Returns 0 or a negative errno: -EBUSY if somebody else's program
 * is there. */
int xdp_alone_attach(const struct dataplane *dp, struct ingest_xdp *ingest, unsigned ifindex,
		     uint32_t id);
void xdp_alone_remove(const struct dataplane *dp, unsigned ifindex, uint32_t id);
bool xdp_alone_is_ours(const struct dataplane *dp, unsigned ifindex, uint32_t id);

/* Pins a program that is in the driver and ours; or removes the pin. */
void xdp_alone_remember(const struct dataplane *dp, unsigned ifindex, int program);
void xdp_alone_forget(const struct dataplane *dp, unsigned ifindex);
