/* SPDX-License-Identifier: BSD-2-Clause */
/* `tunnels`: every relay that we have to do with. */
#pragma once

#include "control/state.h"

void reply_tunnels(struct requests *requests, struct control_client *client);
