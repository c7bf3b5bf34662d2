/* SPDX-License-Identifier: BSD-2-Clause */
/* What replaced maps had counted (takeover.h). The programs count from 0 on in the new maps; a
 * counter is the sum of the two. */
#pragma once

#include "dataplane/state.h"

/* Call it once the maps are there. */
void carried_open(struct dataplane *dp);

/* `key` is a channel's slot, or a reason or cause above MCI_CARRIED_DROPS or MCI_CARRIED_SLOW.
 * Without an entry all counts are 0. */
struct mci_carried carried_get(const struct dataplane *dp, uint32_t key);
void carried_forget(const struct dataplane *dp, uint32_t key);

/* Adds to an entry, and makes it. Returns 0 or a negative errno. */
int carried_add(struct dataplane *dp, uint32_t key, const struct mci_carried *more);
