/* SPDX-License-Identifier: BSD-2-Clause */
/* The manners of Linux's own relay (drivers/net/amt.c of 6.1): a tunnel is a gateway's address
 * alone, and has the first port that it came from, one nonce, that of the last Request, and no end
 * but by time. P of a Request is at 0x80; what has other bits set is dropped without a word. */
#pragma once

#include "listener.h"
#include "messages.h"

/* NULL, or why the Request is dropped. The path becomes that of the tunnel, which is made where
 * there is none. */
const char *kernel_request(struct path *path, struct amt_message *m, int64_t now);
/* The same for an Update. */
const char *kernel_update(struct path *path, const struct amt_message *m, int64_t now);
