/* SPDX-License-Identifier: BSD-2-Clause */
/* Features of an interface that merge received packets for others to forward. With them GRO makes
 * one packet of several packets of a tunnel, which no program can take apart.
 *
 * The features are switched off on an upstream and on again when our program leaves it. Which of
 * them were on stands in a pinned map, so that the successor of a killed daemon can switch them on
 * again. */
#pragma once

#include "dataplane/state.h"

/* Switches the features off on an upstream, and logs it. */
void offloads_switch_off(const struct dataplane *dp, unsigned ifindex);

/* Switches those features on again that this process or an earlier daemon switched off. The
 * interface may be gone. */
void offloads_restore(const struct dataplane *dp, unsigned ifindex);
