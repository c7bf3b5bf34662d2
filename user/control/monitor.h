/* SPDX-License-Identifier: BSD-2-Clause */
/* `monitor`: a client is told of events as they happen, one JSON object on a line each.
 *
 * Events are the lines of the log before its limits, with their fields (base/log.h), and each
 * second what was dropped in that second. Nothing is done while nobody monitors. A client that does
 * not read misses events, and is told how many. */
#pragma once

#include "control/state.h"

#define MONITORS_MAX 8 /* so that places are left for other clients */

void monitor_start(struct requests *requests, struct control_client *client);
/* Ends the monitor of a client, or all of them if it is NULL. */
void monitor_end(struct requests *requests, const struct control_client *client);
