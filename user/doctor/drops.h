/* SPDX-License-Identifier: BSD-2-Clause */
/* The reasons of dropped packets (enum mci_drop) for people. */
#pragma once

#include "doctor/state.h"

/* Both return a text for a reason that is not known, too. */
const char *drops_meaning(const char *reason);
/* Where the length is at fault, with the MTUs of the LANs. */
const char *drops_cure(struct doctor *doctor, const char *reason);
/* "100 to 1328 bytes long": the packets of the channel that were dropped for this reason; "" if
 * that is not known. */
const char *drops_sizes(struct doctor *doctor, const json_t *channel, const char *reason);
/* Whether such packets are no sign of a fault: a channel moved, or was left a moment ago. */
bool drops_is_usual(const char *reason);
/* The hop of the path that is to blame. */
const char *drops_hop(const char *reason);
