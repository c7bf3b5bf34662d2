/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/client.h"
#include "base/log.h"
#include "base/memory.h"
#include "control/internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utlist.h>

enum client_state { READING, WAITING, WRITING, STREAMING };

struct control_client {
	struct control_server *server;
	enum client_state state;
	int fd;
	struct loop_watch *watch;
	struct timer deadline;
	char request[CONTROL_REQUEST_MAX + 1]; /* room for the end of the line */
	size_t received;
	char *reply;
	size_t length, sent;
	const struct control_list *list; /* that is being made; NULL if the reply is complete */
	struct control_position position;
	bool is_begun; /* items of the list have been written */
	struct control_client *prev, *next;
};

static void client_free(struct control_client *client)
{
	struct control_server *server = client->server;

	DL_DELETE(server->clients, client);
	server->client_count--;
	server->unread -= client->length;
	timer_stop(server->timers, &client->deadline);
	loop_unwatch(client->watch);
	close(client->fd);
	free(client->reply);
	free(client);
}

void control_client_lost(struct control_client *client)
{
	if (client->state == WAITING || client->state == STREAMING)
		client->server->gone(client->server->owner, client);
	client_free(client);
}

/* Replies */

#define REPLY_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(15))

static char *reply_text(json_t *reply, size_t *length)
{
	char *text = json_dumps(reply, REPLY_FLAGS);

	if (!text)
		text = memory_copy_text("{\"error\":\"the reply is not UTF-8 text\"}");
	*length = strlen(text) + 1;
	text = memory_resize(text, *length + 1);
	strcpy(text + *length - 1, "\n");
	return text;
}

/* Takes over `text` as what is written next; what the client has read is freed. */
static void set_reply(struct control_client *client, char *text, size_t length)
{
	free(client->reply);
	client->server->unread += length - client->length;
	client->reply = text;
	client->length = length;
	client->sent = 0;
}

static void start_writing(struct control_client *client)
{
	client->state = WRITING;
	timer_start(client->server->timers, &client->deadline, CONTROL_CLIENT_TIMEOUT);
	loop_watch_change(client->watch, EPOLLOUT);
}

void control_reply(struct control_client *client, json_t *reply)
{
	struct control_server *server = client->server;
	size_t length;
	char *text;

	if (server->unread > CONTROL_UNREAD_MAX) {
		json_decref(reply);
		reply = json_pack("{s:s}", "error", "too many replies wait to be read");
	}
	text = reply_text(reply, &length);
	json_decref(reply);
	set_reply(client, text, length);
	start_writing(client);
}

void control_refuse(struct control_client *client, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	control_reply(client, json_pack("{s:o}", "error", json_vsprintf(format, args)));
	va_end(args);
}

bool control_may_change(struct control_client *client, const char *command)
{
	struct ucred peer = {.uid = (uid_t)-1};
	socklen_t size = sizeof(peer);
	uid_t own = geteuid();

	getsockopt(client->fd, SOL_SOCKET, SO_PEERCRED, &peer, &size);
	if (peer.uid == 0 || peer.uid == own)
		return true;
	log_warning("control socket: '%s' is refused to process %d of user %u: only root and the "
		    "daemon's own user (%u) may change anything",
		    command, peer.pid, peer.uid, own);
	control_refuse(client,
		       "user %u may look, but not '%s': only root and the daemon's own user (%u) "
		       "may change anything",
		       peer.uid, command, own);
	return false;
}

/* `open` is what comes before the key. */
static void begin_list(struct control_client *client, const struct control_list *list,
		       const char *open)
{
	char *text;
	int length = asprintf(&text, "%s\"%s\":[", open, list->key);

	if (length < 0)
		abort();
	client->list = list;
	client->position = (struct control_position){0};
	client->is_begun = false;
	set_reply(client, text, length);
}

void control_reply_lists(struct control_client *client, const struct control_list *lists)
{
	begin_list(client, lists, "{");
	start_writing(client);
}

void control_stream(struct control_client *client)
{
	client->state = STREAMING;
}

static size_t unsent(const struct control_client *client)
{
	return client->length - client->sent;
}

bool control_stream_has_room(const struct control_client *client)
{
	return unsent(client) < CONTROL_STREAM_MAX && client->server->unread < CONTROL_UNREAD_MAX;
}

/* What has been sent makes room for the line. */
void control_stream_line(struct control_client *client, const char *text)
{
	size_t rest = unsent(client), length = strlen(text);
	char *reply = memory_resize(NULL, rest + length + 1);

	if (!rest)
		timer_start(client->server->timers, &client->deadline, CONTROL_CLIENT_TIMEOUT);
	memcpy(reply, client->reply ? client->reply + client->sent : "", rest);
	memcpy(reply + rest, text, length + 1);
	reply[rest + length] = '\n';
	set_reply(client, reply, rest + length + 1);
	loop_watch_change(client->watch, EPOLLOUT);
}

/* Everything has been sent: the client waits for the next line. */
static void rest_of_stream(struct control_client *client)
{
	timer_stop(client->server->timers, &client->deadline);
	loop_watch_change(client->watch, 0);
}

/* The text of the items without the array's brackets: the first becomes a comma if items were
 * written before, the last is cut off. */
static char *items_text(struct control_client *client, const json_t *items, size_t *length)
{
	char *text = json_dumps(items, REPLY_FLAGS);

	if (!text)
		abort();
	text[0] = client->is_begun ? ',' : ' ';
	client->is_begun = true;
	*length = strlen(text) - 1;
	return text;
}

static void end_list(struct control_client *client)
{
	static const char end[] = "]}\n";

	if (client->list[1].key) {
		begin_list(client, client->list + 1, "],");
		return;
	}
	client->list = NULL;
	set_reply(client, memory_copy_text(end), strlen(end));
}

/* Returns false when the reply is complete. */
static bool next_part(struct control_client *client)
{
	json_t *items;
	size_t length;

	if (!client->list)
		return false;
	items = client->list->part(client->server->owner, &client->position);
	if (json_array_size(items)) {
		char *text = items_text(client, items, &length);

		set_reply(client, text, length);
	} else {
		end_list(client);
	}
	json_decref(items);
	return true;
}

static void client_write(struct control_client *client)
{
	ssize_t sent = send(client->fd, client->reply + client->sent, client->length - client->sent,
			    MSG_NOSIGNAL | MSG_DONTWAIT);

	if (sent < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (sent > 0) {
		client->sent += sent;
		timer_start(client->server->timers, &client->deadline, CONTROL_CLIENT_TIMEOUT);
	}
	if (sent < 0)
		control_client_lost(client);
	else if (client->sent == client->length && client->state == STREAMING)
		rest_of_stream(client);
	else if (client->sent == client->length && !next_part(client))
		client_free(client);
}

/* Requests */

static void client_asks(struct control_client *client, size_t length)
{
	struct control_server *server = client->server;
	json_error_t error;
	json_t *request = json_loadb(client->request, length, JSON_REJECT_DUPLICATES, &error);

	client->state = WAITING;
	timer_stop(server->timers, &client->deadline);
	loop_watch_change(client->watch, 0);
	if (json_is_object(request))
		server->fn(server->owner, client, request);
	else
		control_refuse(client, "the request is not a JSON object on a line%s%s",
			       request ? "" : ": ", request ? "" : error.text);
	json_decref(request);
}

static void client_read(struct control_client *client)
{
	size_t room = sizeof(client->request) - client->received;
	ssize_t got = recv(client->fd, client->request + client->received, room, MSG_DONTWAIT);
	const char *end;

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got > 0)
		client->received += got;
	end = memchr(client->request, '\n', client->received);
	if (end)
		client_asks(client, end - client->request);
	else if (got <= 0 && !client->received)
		client_free(client);
	else if (got <= 0)
		client_asks(client, client->received);
	else if (client->received == sizeof(client->request))
		control_refuse(client, "the request is longer than %d bytes", CONTROL_REQUEST_MAX);
}

static void client_ready(void *owner, uint32_t events)
{
	struct control_client *client = owner;

	if (client->state == READING)
		client_read(client);
	else if (events & (EPOLLHUP | EPOLLERR))
		control_client_lost(client);
	else if (client->state == WRITING || client->state == STREAMING)
		client_write(client);
}

static void client_expired(struct timer *timer)
{
	control_client_lost(container_of(timer, struct control_client, deadline));
}

void control_client_new(struct control_server *server, int fd)
{
	struct control_client *client = memory_new(sizeof(*client));

	client->server = server;
	client->fd = fd;
	client->deadline.fn = client_expired;
	DL_APPEND(server->clients, client);
	server->client_count++;
	client->watch = loop_watch(server->loop, fd, EPOLLIN, client_ready, client);
	if (!client->watch) {
		client_free(client);
		return;
	}
	timer_start(server->timers, &client->deadline, CONTROL_CLIENT_TIMEOUT);
}
