/* SPDX-License-Identifier: BSD-2-Clause */
/* Attachment by filters of TC on the ingress side of the clsact qdisc. */
#pragma once

#include "dataplane/state.h"

/* Attaches the program of this role, or puts it in the place of an earlier daemon's. Returns 0 or a
 * negative errno, with a sentence for dataplane_error(): -EBUSY if the interface belongs to another
 * instance. */
int tc_attach(struct dataplane *dp, unsigned ifindex, enum role role);

/* Removes our filters of this role, of this process or of a killed daemon. The qdisc goes with them
 * if we added it and no other filter is on it. */
void tc_remove(const struct dataplane *dp, unsigned ifindex, enum role role);

/* Whether our filter of this role is attached. `*priority` is where, or unchanged if the kernel
 * does not answer: then the result is true. */
bool tc_is_attached(const struct dataplane *dp, unsigned ifindex, enum role role,
		    uint32_t *priority);

/* Whether the interface belongs to another instance: one interface has one. */
bool tc_is_of_other(const struct dataplane *dp, unsigned ifindex);

/* Moves our filter of this role to another priority. Returns 0 or a negative errno. */
int tc_move(struct dataplane *dp, unsigned ifindex, enum role role, uint32_t priority);
