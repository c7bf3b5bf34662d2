/* SPDX-License-Identifier: BSD-2-Clause */
/* The answer to `counters`. */
#pragma once

#include "control/state.h"

void reply_counters(struct requests *requests, struct control_client *client);
