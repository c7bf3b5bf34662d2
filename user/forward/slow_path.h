/* SPDX-License-Identifier: BSD-2-Clause */
/* Data of the tunnels' sockets on its way to the LANs: whose it is, how much of it may go, and its
 * count. The packet's checks and changes are amt/slowpath.h's. */
#pragma once

#include "amt/tunnel.h"
#include "base/cursor.h"

struct forward;

void slow_path_start(struct forward *forward);
/* Takes what follows the AMT header of a packet from a tunnel's socket. */
void slow_path_take(struct forward *forward, const struct amt_tunnel *tunnel, struct cursor data);
