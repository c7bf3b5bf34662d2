/* SPDX-License-Identifier: BSD-2-Clause */
/* Counts the packets that our programs sent to a LAN and that its queue or driver did not take, by
 * programs on tracepoints.
 *
 * The links of these programs are pinned, so they go on counting for a killed daemon; its successor
 * replaces them. A kernel without these tracepoints forwards as well, but does not count. */
#pragma once

#include "dataplane/state.h"

/* Attaches the programs. A failure is logged, and nothing is counted. */
void refused_open(struct dataplane *dp);

/* The programs go on counting until their pins are removed. */
void refused_close(struct dataplane *dp);

/* Begins to count the packets from this upstream that the LAN does not take. An earlier daemon's
 * count of the same pair goes on. */
void refused_watch(const struct dataplane *dp, unsigned upstream, unsigned lan);

/* Forgets the pairs of interfaces of which this process is not attached to both. */
void refused_forget_leftovers(const struct dataplane *dp);
