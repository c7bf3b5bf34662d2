/* SPDX-License-Identifier: BSD-2-Clause */
/* The rates of channels, which the programs keep: mcingest/rate.h. The map is one entry if there
 * are none. */
#pragma once

#include "dataplane/state.h"

/* Maps the entries into our memory. */
int policers_open(struct dataplane *dp);
void policers_close(struct dataplane *dp);
/* Bits a second; 0: none. What the channel has used of its rate stays as it is. */
void policers_set(struct dataplane *dp, uint32_t slot, uint64_t rate);
/* The slot's next channel begins anew. */
void policers_clear(struct dataplane *dp, uint32_t slot);
