/* SPDX-License-Identifier: BSD-2-Clause */
/* Our program beside those of others in one interface's driver, by libxdp's dispatcher. If the
 * kernel cannot load the dispatcher, libxdp attaches our program alone.
 *
 * libxdp looks programs up by their id, for which the kernel asks for CAP_SYS_ADMIN. A daemon
 * without it attaches by xdp_alone.h. */
#pragma once

#include "dataplane/state.h"

struct ingest_xdp;

/* Whether this process may look programs up by their id. */
bool xdp_shared_is_allowed(void);

/* Loads our program and attaches it, or puts it in the place of an earlier one of ours. Returns 0
 * or a negative errno. */
int xdp_shared_attach(const struct dataplane *dp, struct ingest_xdp *ingest, unsigned ifindex);
void xdp_shared_remove(const struct dataplane *dp, unsigned ifindex);

bool xdp_shared_has_ours(unsigned ifindex);
bool xdp_shared_has_dispatcher(unsigned ifindex);

/* Hands over the name of each program of others, in the order in which they see packets. With
 * `until_ours` it stops at our program. */
void xdp_shared_each_other(unsigned ifindex, bool until_ours,
			   void (*take)(void *context, const char *name), void *context);
