/* SPDX-License-Identifier: BSD-2-Clause */
/* `status`: the daemon on one page. */
#pragma once

#include "control/state.h"

void reply_status(struct requests *requests, struct control_client *client);
