/* SPDX-License-Identifier: BSD-2-Clause */
/* `channels`: every channel, with who wants it and by which relay it comes. */
#pragma once

#include "control/state.h"

json_t *channel_now(struct requests *requests, struct channel *channel); /* a new reference */
void reply_channels(struct requests *requests, struct control_client *client);
