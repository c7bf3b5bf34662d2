/* SPDX-License-Identifier: BSD-2-Clause */
/* Life of a client:
 *
 *   READING  until a line or the end of its stream is there
 *   WAITING  for control_reply(), however long the owner takes; only that it goes away is noticed
 *   WRITING  until it has taken the reply
 *
 * READING lasts CONTROL_CLIENT_TIMEOUT at most, and so does WRITING without progress. A client that
 * is one too many is told so and let go, rather than another one in its favour: places come free by
 * themselves. */
#include "control/server.h"
#include "base/log.h"
#include "base/memory.h"

#include <errno.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utlist.h>

#define ACCEPT_PAUSE (1 * USEC_PER_SEC)

enum client_state { READING, WAITING, WRITING };

struct control_client {
	struct control_server *server;
	enum client_state state;
	int fd;
	struct loop_watch *watch;
	struct timer deadline;
	char request[CONTROL_REQUEST_MAX + 1]; /* and the end of the line */
	size_t received;
	char *reply;
	size_t length, sent;
	control_part_fn *part; /* of the list whose end is yet to come; NULL: none */
	size_t position;       /* of the owner in it */
	bool is_begun;         /* it has items */
	struct control_client *prev, *next;
};

struct control_server {
	struct loop *loop;
	struct timers *timers;
	char *path;
	int fd;
	struct loop_watch *watch;
	struct timer pause; /* of accepting, while the process has no descriptor left */
	control_fn *fn;
	control_gone_fn *gone;
	void *owner;
	struct control_client *clients;
	unsigned client_count;
	size_t unread;
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

static void client_lost(struct control_client *client)
{
	if (client->state == WAITING)
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

/* Takes over the memory of `text`, in place of what the client has taken. */
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

void control_reply_list(struct control_client *client, const char *key, control_part_fn *part)
{
	char *text;
	int length = asprintf(&text, "{\"%s\":[", key);

	if (length < 0)
		abort();
	client->part = part;
	set_reply(client, text, length);
	start_writing(client);
}

/* The array's own brackets give way: to a comma, where items went before, and to the end. */
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

/* False where all is said. */
static bool next_part(struct control_client *client)
{
	static const char end[] = "]}\n";
	size_t length = strlen(end);
	json_t *items;

	if (!client->part)
		return false;
	items = client->part(client->server->owner, &client->position);
	if (json_array_size(items)) {
		char *text = items_text(client, items, &length);

		set_reply(client, text, length);
	} else {
		client->part = NULL;
		set_reply(client, memory_copy_text(end), length);
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
	if (sent < 0 || (client->sent == client->length && !next_part(client)))
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
		client_lost(client);
	else if (client->state == WRITING)
		client_write(client);
}

static void client_expired(struct timer *timer)
{
	client_lost(container_of(timer, struct control_client, deadline));
}

/* Connections */

static void client_new(struct control_server *server, int fd)
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

static void turn_away(int fd)
{
	static const char text[] = "{\"error\":\"too many clients\"}\n";

	/* Fits any socket's buffer; a client that is gone already does not matter. */
	(void)!send(fd, text, sizeof(text) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	close(fd);
}

static void server_ready(void *owner, uint32_t events)
{
	struct control_server *server = owner;
	int fd = accept4(server->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)events;
	if (fd >= 0 && server->client_count < CONTROL_CLIENTS_MAX) {
		client_new(server, fd);
	} else if (fd >= 0) {
		turn_away(fd);
	} else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
		/* The socket stays ready for what cannot be accepted: do not spin on it. */
		log_error("control socket: accept: %s", strerror(errno));
		loop_watch_change(server->watch, 0);
		timer_start(server->timers, &server->pause, ACCEPT_PAUSE);
	}
}

static void pause_over(struct timer *timer)
{
	struct control_server *server = container_of(timer, struct control_server, pause);

	loop_watch_change(server->watch, EPOLLIN);
}

/* The socket */

static int make_folder(const char *path)
{
	char *copy = memory_copy_text(path);
	int error = mkdir(dirname(copy), 0755) && errno != EEXIST ? -errno : 0;

	free(copy);
	return error;
}

/* Whether `address` can be bound: 0 after what a dead daemon left there has been removed. */
static int make_way(const struct sockaddr_un *address)
{
	struct stat there;
	int fd, error;

	if (lstat(address->sun_path, &there))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(there.st_mode))
		return -EEXIST;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	error = connect(fd, (const struct sockaddr *)address, sizeof(*address)) ? errno : 0;
	close(fd);
	if (error == 0 || error == EAGAIN) /* EAGAIN: its queue is full */
		return -EADDRINUSE;
	if (error != ECONNREFUSED)
		return -error;
	return unlink(address->sun_path) ? -errno : 0;
}

static int server_bind(struct control_server *server)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int error;

	if (strlen(server->path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, server->path);
	error = make_folder(server->path);
	if (!error)
		error = make_way(&address);
	if (error)
		return error;
	/* bind() gives the file the mode of the socket, less the umask: never more than is meant.
	 */
	if (fchmod(server->fd, 0660) ||
	    bind(server->fd, (const struct sockaddr *)&address, sizeof(address)))
		return -errno;
	if (chmod(server->path, 0660) || listen(server->fd, CONTROL_CLIENTS_MAX)) {
		error = -errno;
		unlink(server->path);
	}
	return error;
}

static int server_start(struct control_server *server)
{
	int error;

	server->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (server->fd < 0)
		return -errno;
	error = server_bind(server);
	if (error)
		return error;
	server->watch = loop_watch(server->loop, server->fd, EPOLLIN, server_ready, server);
	if (!server->watch) {
		error = -errno;
		unlink(server->path);
	}
	return error;
}

static void server_free(struct control_server *server)
{
	timer_stop(server->timers, &server->pause);
	loop_unwatch(server->watch);
	if (server->fd >= 0)
		close(server->fd);
	free(server->path);
	free(server);
}

int control_open(struct control_server **opened, struct loop *loop, struct timers *timers,
		 const char *path, control_fn *fn, control_gone_fn *gone, void *owner)
{
	struct control_server *server = memory_new(sizeof(*server));
	int error;

	server->loop = loop;
	server->timers = timers;
	server->path = memory_copy_text(path);
	server->pause.fn = pause_over;
	server->fn = fn;
	server->gone = gone;
	server->owner = owner;
	error = server_start(server);
	if (error)
		server_free(server);
	else
		*opened = server;
	return error;
}

void control_close(struct control_server *server)
{
	if (!server)
		return;
	while (server->clients)
		client_lost(server->clients);
	unlink(server->path);
	server_free(server);
}
