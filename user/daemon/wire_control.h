/* SPDX-License-Identifier: BSD-2-Clause */
/* Wires the control socket to the requests, and those to all rooms. */
#pragma once

#include <stdbool.h>

struct engine;

/* False after a line in the log. */
bool wire_control(struct engine *engine);
