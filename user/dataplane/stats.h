/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the counters of the programs: sums over CPUs. */
#pragma once

#include "dataplane/state.h"

/* Makes room to read entries of per-CPU maps. */
void stats_open(struct dataplane *dp);
void stats_close(struct dataplane *dp);
