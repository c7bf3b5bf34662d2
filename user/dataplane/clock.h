/* SPDX-License-Identifier: BSD-2-Clause */
/* What the programs need to tell the time: how long a tick is, and when the count of ticks was 0.
 * Both stay the same until the kernel boots again. */
#pragma once

#include "mcingest/maps.h"

/* Returns 0 or a negative errno. */
int clock_get(struct mci_clock *clock);
