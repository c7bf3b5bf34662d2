/* SPDX-License-Identifier: BSD-2-Clause */
/* Handles a message from a gateway, by RFC 7450 sections 5.3.3.1 to 5.3.3.5. */
#pragma once

#include "listener.h"

/* With periodic manners: sends the Queries of a period. */
void control_send_due(int64_t now);

void control_message(const struct path *path, const uint8_t *bytes, size_t length, int64_t now);
