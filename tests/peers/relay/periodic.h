/* SPDX-License-Identifier: BSD-2-Clause */
/* The manners of freeRtr's relay: a Request is noted and not answered. In each period of the
 * relay's own, whoever has asked gets a Query with the nonce of his last Request, until he has said
 * nothing for 120 s. */
#pragma once

#include "listener.h"
#include "messages.h"

/* Of a Request. NULL, or why it is not noted. */
const char *periodic_request(const struct path *path, const struct amt_message *m, int64_t now);
/* An Update keeps the tunnel, too. */
void periodic_update(const struct path *path, int64_t now);

typedef void periodic_query(const struct path *path, uint32_t nonce, bool mld);
void periodic_send_due(int64_t now, periodic_query *query);
