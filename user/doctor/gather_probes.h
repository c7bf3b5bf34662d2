/* SPDX-License-Identifier: BSD-2-Clause */
/* The window between the two looks at the daemon: resolvers and relays are asked, while libpcap
 * watches the WANs. */
#pragma once

#include "doctor/state.h"

/* Fills in servers, relays, pim_sender and what libpcap could see. Takes one to three seconds. */
void gather_probes(struct doctor *doctor);
