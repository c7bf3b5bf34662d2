/* SPDX-License-Identifier: BSD-2-Clause */
/* The manners of Linux's own relay (drivers/net/amt.c of 6.1). A tunnel is known by the gateway's
 * address alone; it keeps the first port that the gateway used and the nonce of the last Request,
 * and ends only by time. The P flag of a Request is read at 0x80; a Request with other bits set is
 * silently dropped. */
#pragma once

#include "listener.h"
#include "messages.h"

/* Returns NULL, or why the Request is dropped. Makes a tunnel if there is none, and changes the
 * path to the tunnel's. */
const char *kernel_request(struct path *path, struct amt_message *m, int64_t now);
/* The same for an Update. */
const char *kernel_update(struct path *path, const struct amt_message *m, int64_t now);
