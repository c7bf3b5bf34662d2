/* SPDX-License-Identifier: BSD-2-Clause */
/* `status`: the daemon on one page. */
#pragma once

#include "control/state.h"

json_t *status_now(struct requests *requests); /* a new reference */
void reply_status(struct requests *requests, struct control_client *client);
