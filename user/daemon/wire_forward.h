/* SPDX-License-Identifier: BSD-2-Clause */
/* Wires forwarding to the dataplane's maps and to packet sockets, and the dataplane's events to the
 * rooms. */
#pragma once

#include <stdbool.h>

struct engine;

/* False after a line in the log. */
bool wire_forward(struct engine *engine);
/* Loads the programs and attaches them to the links. False after a line in the log. */
bool wire_dataplane(struct engine *engine);
