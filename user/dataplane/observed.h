/* SPDX-License-Identifier: BSD-2-Clause */
/* Hands the records of the ring buffer to the functions of struct dataplane_events. */
#pragma once

#include "dataplane/state.h"

/* Returns 0 or a negative errno, with a sentence for dataplane_error(). */
int observed_open(struct dataplane *dp);
void observed_close(struct dataplane *dp);

/* Ends dataplane_observe_membership() for an interface, or for those that an earlier daemon asked
 * for and this process did not. */
void observed_forget(const struct dataplane *dp, unsigned ifindex);
void observed_forget_leftovers(const struct dataplane *dp);
