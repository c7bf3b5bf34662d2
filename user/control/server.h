/* SPDX-License-Identifier: BSD-2-Clause */
/* control: what the daemon shows of its state, and how others ask for it.
 *
 * The control socket is a Unix stream socket. A client sends one JSON object on a line; the daemon
 * sends one JSON object and closes the connection. `mcingest` is such a client; any program may be
 * one, since requests and replies are plain JSON whose keys stay stable.
 *
 *   server.c   the socket: who may connect, how many clients there may be
 *   client.c   one client: reads its request, writes its reply
 *   requests.c which command a request names; reply_*.c and lookups.c answer it
 *   monitor.c  the clients that are told of events
 *   view_*.c   the daemon's state as JSON; values.c has what all views share
 *
 * The life of a client:
 *
 *   READING --a line, or end of stream--> WAITING --control_reply()--> WRITING --all read--> closed
 *
 * A client that monitors goes from WAITING to STREAMING, and stays there until it goes away.
 *
 * No client can hold up the daemon or make it grow. CONTROL_CLIENT_TIMEOUT ends READING, and
 * WRITING without progress. WAITING lasts as long as the owner needs (a DNS lookup, say), and ends
 * early only if the client goes away. One client too many gets an error; no older client is dropped
 * in its favour, because places become free by themselves. Replies that nobody reads are limited to
 * CONTROL_UNREAD_MAX bytes; long lists are made in parts, as the client reads them; events beyond
 * CONTROL_STREAM_MAX bytes that a client has not read are left out for it, and counted.
 *
 * Who can connect may look: the socket's mode (0660) and group decide who that is. Only root and
 * the daemon's own user may change anything, as the kernel knows them (SO_PEERCRED, unix(7)). There
 * is no connection from another host. */
#pragma once

#include "control/client.h"
#include "io/loop.h"

#define CONTROL_CLIENTS_MAX 32

struct control_server;

/* A request, which is a JSON object: the owner answers it by one of client.h's functions. */
typedef void control_fn(void *owner, struct control_client *client, const json_t *request);
/* The client has gone away without an answer; it is freed after the call. */
typedef void control_gone_fn(void *owner, struct control_client *client);

/* Listens on `path` (mode 0660) for the members of `group`, and makes its folder (mode 0755) if
 * there is none. NULL means the group CONFIG_GROUP, or that of the process if there is none. A
 * socket that nobody listens on is replaced. Returns 0 and the server in *opened, which
 * control_close() frees; -EADDRINUSE if a daemon answers on the path, -EEXIST if it is not a
 * socket, -ESRCH if there is no such group, or another negative errno. */
int control_open(struct control_server **opened, struct loop *loop, struct timers *timers,
		 const char *path, const char *group, control_fn *fn, control_gone_fn *gone,
		 void *owner);
/* Drops all clients (with `gone` for those that wait) and removes the socket. NULL is allowed. */
void control_close(struct control_server *server);
