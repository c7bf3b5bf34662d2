/* SPDX-License-Identifier: BSD-2-Clause */
/* The reasons of dropped packets (enum mci_drop) for people. */
#pragma once

#include <stdbool.h>

/* Both return a text for a reason that is not known, too. */
const char *drops_meaning(const char *reason);
const char *drops_cure(const char *reason);
/* Whether such packets are no sign of a fault: a channel moved, or was left a moment ago. */
bool drops_is_usual(const char *reason);
/* The hop of the path that is to blame. */
const char *drops_hop(const char *reason);
