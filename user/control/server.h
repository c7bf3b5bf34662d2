/* SPDX-License-Identifier: BSD-2-Clause */
/* The control socket: a client sends one JSON object on a line, gets one JSON object and the end of
 * the stream. A client that is slow, silent or wordy is bounded and dropped; it never holds up the
 * daemon. */
#pragma once

#include "io/loop.h"

#include <jansson.h>

#define CONTROL_CLIENTS_MAX    32
#define CONTROL_REQUEST_MAX    4096
#define CONTROL_UNREAD_MAX     (64u << 20) /* bytes of replies not yet read; then no further ones */
#define CONTROL_CLIENT_TIMEOUT (30 * USEC_PER_SEC) /* to ask, and to take more of the reply */

struct control_server;
struct control_client;

/* Answers with control_reply(), in the call or later. */
typedef void control_fn(void *owner, struct control_client *client, const json_t *request);
/* The client has gone away before it was answered; it must not be answered any more. */
typedef void control_gone_fn(void *owner, struct control_client *client);

/* Listens on `path` (mode 0660), whose folder is made where it is missing (0755). A socket that
 * nobody listens on is replaced; -EADDRINUSE where a daemon answers on it, -EEXIST where something
 * else than a socket is there. Negative errno otherwise. */
int control_open(struct control_server **server, struct loop *loop, struct timers *timers,
		 const char *path, control_fn *fn, control_gone_fn *gone, void *owner);
/* Drops all clients (`gone` for those that wait) and removes the socket. NULL: nothing. */
void control_close(struct control_server *server);

/* Takes over the reference to `reply`; NULL (what json_pack() makes of text that is not UTF-8) is
 * answered as an error. The client is the server's again, and nothing of it is freed in the call.
 */
void control_reply(struct control_client *client, json_t *reply);
/* The next items of a list, as a new array; an empty one, or NULL, after the last. `*position` is 0
 * at first, and the owner's to move on. */
typedef json_t *control_part_fn(void *owner, size_t *position);

/* {"key": [...]}, for a list that is too long to be made in one go: a part is asked for when the
 * client has taken the one before. What changes meanwhile, the parts to come show changed. */
void control_reply_list(struct control_client *client, const char *key, control_part_fn *part);
/* {"error": "..."} */
void control_refuse(struct control_client *client, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
