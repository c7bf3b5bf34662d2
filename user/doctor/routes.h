/* SPDX-License-Identifier: BSD-2-Clause */
/* Where packets to relays leave. */
#pragma once

#include "doctor/state.h"

/* Whether there is a route to the relay, and it leaves by a WAN. */
bool routes_reach(const struct doctor *doctor, const struct addr *relay);
