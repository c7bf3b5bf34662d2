/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "control/state.h"

/* `join` and `leave`: static channels. */
void reply_join(struct requests *requests, struct control_client *client, const json_t *request);
void reply_leave(struct requests *requests, struct control_client *client, const json_t *request);
