/* SPDX-License-Identifier: BSD-2-Clause */
/* `channels`: every channel, with who wants it and by which relay it comes. */
#pragma once

#include "control/state.h"

void reply_channels(struct requests *requests, struct control_client *client);
