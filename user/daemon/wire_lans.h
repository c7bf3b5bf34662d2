/* SPDX-License-Identifier: BSD-2-Clause */
/* Wires the links to the kernel's news and to the LANs, and the LANs to raw sockets. */
#pragma once

#include <stdbool.h>

struct engine;

/* Finds the links, and makes a LAN of each downstream interface. False after a line in the log. */
bool wire_lans(struct engine *engine);
/* Follows the kernel's news of links, addresses, routes and clocks. False after a line in the log.
 */
bool wire_news(struct engine *engine);
