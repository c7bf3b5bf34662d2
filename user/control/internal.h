/* SPDX-License-Identifier: BSD-2-Clause */
/* What server.c and client.c share: the server, and where its clients begin and end. */
#pragma once

#include "control/server.h"

struct control_server {
	struct loop *loop;
	struct timers *timers;
	char *path;
	int fd;
	struct loop_watch *watch;
	struct timer pause; /* before the next accept(), when the process has no descriptor left */
	control_fn *fn;
	control_gone_fn *gone;
	void *owner;
	struct control_client *clients;
	unsigned client_count;
	size_t unread; /* bytes of all replies, CONTROL_UNREAD_MAX at most */
};

/* Takes over the connection `fd`; closes it if the loop cannot watch it. */
void control_client_new(struct control_server *server, int fd);
/* Ends the connection; tells the owner if the client still waits for its answer. */
void control_client_lost(struct control_client *client);
