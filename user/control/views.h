/* SPDX-License-Identifier: BSD-2-Clause */
/* All views: the daemon's state as JSON. The keys are a contract with `mcingest --json` and with
 * the programs that read it. Each view_*() returns a new reference. */
#pragma once

#include "control/values.h"
#include "control/view_channels.h"
#include "control/view_configuration.h"
#include "control/view_counters.h"
#include "control/view_lans.h"
#include "control/view_lookups.h"
#include "control/view_rates.h"
#include "control/view_tunnels.h"
