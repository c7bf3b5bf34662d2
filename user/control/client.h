/* SPDX-License-Identifier: BSD-2-Clause */
/* One client of the control socket, from its request to the end of its reply. */
#pragma once

#include "base/hash.h"
#include "base/timers.h"

#include <jansson.h>

#define CONTROL_REQUEST_MAX    4096                /* bytes, without the end of the line */
#define CONTROL_UNREAD_MAX     (64u << 20)         /* bytes of replies that clients have not read */
#define CONTROL_STREAM_MAX     (256u << 10)        /* bytes that one client may leave unread */
#define CONTROL_CLIENT_TIMEOUT (30 * USEC_PER_SEC) /* to ask, and to read more of the reply */

struct control_client;

/* Each client gets exactly one of the following answers, in the call of the owner's control_fn or
 * later. No client is freed in these calls: the loop frees it when the reply has been read. */

/* Takes over the reference to `reply`. NULL, which jansson returns for text that is not UTF-8, is
 * answered as an error; so is any reply while CONTROL_UNREAD_MAX is exceeded. */
void control_reply(struct control_client *client, json_t *reply);

/* How far a list has come: zeroed at its begin, then the owner's to advance. */
struct control_position {
	size_t slot;
	struct hash_walk walk;
};

/* Returns the next items of a list as a new array; an empty array or NULL after the last item. */
typedef json_t *control_part_fn(void *owner, struct control_position *position);

struct control_list {
	const char *key; /* NULL behind the last list */
	control_part_fn *part;
};

/* Replies {"key": [...], ...}, for lists that would take too long to make at once. The next part is
 * made when the client has read the one before, so that later parts show later states. `lists` are
 * constant. */
void control_reply_lists(struct control_client *client, const struct control_list *lists);

/* Whether the client may change anything: it is root's, or of the daemon's own user. If not, it has
 * had its answer, and the log says who has asked for the command. */
bool control_may_change(struct control_client *client, const char *command);

/* The client gets lines from now on, until it goes away: the owner is told by control_gone_fn. */
void control_stream(struct control_client *client);
/* Whether the client has room for more. One that has read nothing for CONTROL_CLIENT_TIMEOUT is
 * ended. */
bool control_stream_has_room(const struct control_client *client);
/* Sends a line as soon as the client reads; `text` has no end of line. */
void control_stream_line(struct control_client *client, const char *text);

/* Replies {"error": "..."}. */
void control_refuse(struct control_client *client, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
