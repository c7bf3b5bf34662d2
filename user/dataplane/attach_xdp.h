/* SPDX-License-Identifier: BSD-2-Clause */
/* Attachment by native XDP: beside the programs of others where this process may (xdp_shared.h),
 * else alone (xdp_alone.h).
 *
 * No descriptor stays open: the interface holds the program, and it is recognised there, whichever
 * daemon attached it. */
#pragma once

#include "dataplane/state.h"

/* Attaches our program, or puts it in the place of an earlier one of ours. Returns 0 or a negative
 * errno, with a sentence for dataplane_error() that does not name the interface. A failure may
 * leave an incomplete program there: call xdp_remove(). */
int xdp_attach(struct dataplane *dp, unsigned ifindex);

/* Removes our program, of this process or of a killed daemon. */
void xdp_remove(const struct dataplane *dp, unsigned ifindex);

/* Whether our program is attached; also true if the kernel does not answer. `*id` is the program
 * that was in the driver at the last call, or 0; it is set to the present one. */
bool xdp_is_attached(const struct dataplane *dp, unsigned ifindex, uint32_t *id);

/* Whether programs of others can be on the interface beside ours: by libxdp's dispatcher. */
bool xdp_is_shared(unsigned ifindex);

/* The program in the driver, which may be a dispatcher; 0 if there is none. It is another one after
 * each change of the programs on the interface. */
uint32_t xdp_id(unsigned ifindex);

/* Hands over the name of each program of others, in the order in which they see packets; without
 * CAP_SYS_ADMIN its id. With `until_ours` it stops at our program. */
void xdp_each_other(const struct dataplane *dp, unsigned ifindex, bool until_ours,
		    void (*take)(void *context, const char *name), void *context);
