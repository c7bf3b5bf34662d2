/* SPDX-License-Identifier: BSD-2-Clause */
/* Tunnels as the daemon shows them. */
#pragma once

#include "doctor/state.h"

/* Whether a tunnel to a relay of the channel's source is up. */
bool tunnels_serve(const struct doctor *doctor);
