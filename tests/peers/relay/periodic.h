/* SPDX-License-Identifier: BSD-2-Clause */
/* The manners of freeRtr's relay. A Request is noted, not answered. In each of the relay's own
 * periods, every gateway that has sent a Request gets a Query with the nonce of its last Request,
 * until it has been silent for 120 s. */
#pragma once

#include "listener.h"
#include "messages.h"

/* Notes a Request. Returns NULL, or why it is not noted. */
const char *periodic_request(const struct path *path, const struct amt_message *m, int64_t now);
/* An Update keeps the tunnel, too. */
void periodic_update(const struct path *path, int64_t now);

typedef void periodic_query(const struct path *path, uint32_t nonce, bool mld);
void periodic_send_due(int64_t now, periodic_query *query);
