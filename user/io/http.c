/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/http.h"
#include "base/log.h"
#include "base/memory.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utlist.h>

#define ACCEPT_PAUSE (1 * USEC_PER_SEC)
#define MEMORY_MAX   (size_t)16384 /* bytes of one connection, for its request's head */

/* One that libmicrohttpd serves. */
struct client {
	struct http *http;
	int fd; /* libmicrohttpd's */
	struct timer deadline;
	struct client *prev, *next;
};

struct http_request {
	struct http *http;
	struct MHD_Connection *connection;
	struct MHD_Response *response; /* NULL until it is answered */
	unsigned status;
	bool asked;     /* the owner knows of it */
	bool suspended; /* nothing happens on its connection until it is answered */
	struct http_request *prev, *next;
};

struct http {
	struct loop *loop;
	struct timers *timers;
	int fd;
	struct loop_watch *listening, *serving;
	struct MHD_Daemon *daemon;
	struct timer run;   /* libmicrohttpd has more to do without an event */
	struct timer pause; /* before the next accept(), when the process has no descriptor left */
	http_fn *fn;
	void *owner;
	struct client *clients; /* the oldest first */
	unsigned client_count;
	struct http_request *requests;
};

/* libmicrohttpd's turns. One turn does what can be done at once for each client that is ready. */

static void run(struct http *http)
{
	MHD_UNSIGNED_LONG_LONG ms;

	MHD_run(http->daemon);
	if (MHD_get_timeout(http->daemon, &ms) == MHD_YES)
		timer_start(http->timers, &http->run, ms * USEC_PER_MS);
	else
		timer_stop(http->timers, &http->run);
}

static void more_to_do(struct timer *timer)
{
	run(container_of(timer, struct http, run));
}

static void serving_ready(void *owner, uint32_t events)
{
	(void)events;
	run(owner);
}

/* Clients. libmicrohttpd tells when it has taken one, and when it has closed its socket. */

/* libmicrohttpd sees the end of the stream, and closes the socket. */
static void drop(const struct client *client)
{
	shutdown(client->fd, SHUT_RDWR);
}

static void deadline_over(struct timer *timer)
{
	drop(container_of(timer, struct client, deadline));
}

static void *client_new(struct http *http, int fd)
{
	struct client *client = memory_new(sizeof(*client));

	client->http = http;
	client->fd = fd;
	client->deadline.fn = deadline_over;
	DL_APPEND(http->clients, client);
	http->client_count++;
	timer_start(http->timers, &client->deadline, HTTP_DEADLINE);
	return client;
}

static void client_free(struct client *client)
{
	struct http *http = client->http;

	DL_DELETE(http->clients, client);
	http->client_count--;
	timer_stop(http->timers, &client->deadline);
	free(client);
	if (!http->pause.slot)
		loop_watch_change(http->listening, EPOLLIN);
}

static void notify_connection(void *owner, struct MHD_Connection *connection, void **context,
			      enum MHD_ConnectionNotificationCode what)
{
	if (what == MHD_CONNECTION_NOTIFY_CLOSED)
		client_free(*context);
	else
		*context = client_new(owner, MHD_get_connection_info(
						     connection, MHD_CONNECTION_INFO_CONNECTION_FD)
						     ->connect_fd);
}

/* A socket that stays ready must not keep the loop busy. */
static void take_pause(struct http *http)
{
	log_error("http: accept: %s", strerror(errno));
	loop_watch_change(http->listening, 0);
	timer_start(http->timers, &http->pause, ACCEPT_PAUSE);
}

static void pause_over(struct timer *timer)
{
	loop_watch_change(container_of(timer, struct http, pause)->listening, EPOLLIN);
}

static void accept_client(struct http *http)
{
	struct sockaddr_storage from;
	socklen_t length = sizeof(from);
	int fd = accept4(http->fd, (struct sockaddr *)&from, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0) {
		/* On failure the socket has been closed, and the client asks again. */
		MHD_add_connection(http->daemon, fd, (const struct sockaddr *)&from, length);
		run(http);
	} else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
		take_pause(http);
	}
}

static void listening_ready(void *owner, uint32_t events)
{
	struct http *http = owner;

	(void)events;
	if (http->client_count < HTTP_CLIENTS_MAX) {
		accept_client(http);
		return;
	}
	drop(http->clients);
	loop_watch_change(http->listening, 0); /* until it has been closed */
}

/* Requests */

const char *http_header(struct http_request *request, const char *name)
{
	return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

const char *http_argument(struct http_request *request, const char *name)
{
	return MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, name);
}

void http_add_header(struct http_request *request, const char *name, const char *value)
{
	MHD_add_response_header(request->response, name, value);
}

void http_reply(struct http_request *request, unsigned status, const char *type, char *body,
		size_t length)
{
	request->status = status;
	request->response = MHD_create_response_from_buffer(length, body, MHD_RESPMEM_MUST_FREE);
	if (!request->response)
		abort();
	http_add_header(request, "Content-Type", type);
	http_add_header(request, "X-Content-Type-Options", "nosniff");
	http_add_header(request, "Connection", "close");
	if (!request->suspended)
		return;
	request->suspended = false;
	MHD_resume_connection(request->connection);
	timer_start(request->http->timers, &request->http->run, 0);
}

static struct http_request *request_new(struct http *http, struct MHD_Connection *connection)
{
	struct http_request *request = memory_new(sizeof(*request));

	request->http = http;
	request->connection = connection;
	DL_APPEND(http->requests, request);
	return request;
}

static void notify_completed(void *owner, struct MHD_Connection *connection, void **context,
			     enum MHD_RequestTerminationCode why)
{
	struct http_request *request = *context;
	struct http *http = owner;

	(void)connection;
	(void)why;
	if (!request)
		return;
	DL_DELETE(http->requests, request);
	if (request->response)
		MHD_destroy_response(request->response);
	free(request);
}

static void refuse_method(struct http_request *request)
{
	static const char text[] = "only GET and HEAD\n";

	http_reply(request, MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain", memory_copy_text(text),
		   strlen(text));
	http_add_header(request, "Allow", "GET, HEAD");
}

static void ask(struct http_request *request, const char *path, const char *method)
{
	struct http *http = request->http;

	request->asked = true;
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		refuse_method(request);
	else
		http->fn(http->owner, request, path);
	if (request->response)
		return;
	request->suspended = true;
	MHD_suspend_connection(request->connection);
}

/* Called again and again for one request, until a response is queued: `*context` is the request
 * from the first call on. Whatever body the client sends is not read. */
static enum MHD_Result serve(void *owner, struct MHD_Connection *connection, const char *path,
			     const char *method, const char *version, const char *body,
			     size_t *body_length, void **context)
{
	struct http_request *request = *context;

	(void)version;
	(void)body;
	if (!request)
		*context = request = request_new(owner, connection);
	*body_length = 0;
	if (!request->asked)
		ask(request, path, method);
	if (!request->response)
		return MHD_YES;
	return MHD_queue_response(connection, request->status, request->response);
}

/* The server */

static int listen_on(const struct addr *address, uint16_t port)
{
	struct sockaddr_storage storage;
	socklen_t length = addr_to_sockaddr(address, port, &storage);
	int fd = socket(address->family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), error;

	if (fd < 0)
		return -errno;
	if (!setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)) &&
	    !bind(fd, (const struct sockaddr *)&storage, length) && !listen(fd, HTTP_CLIENTS_MAX))
		return fd;
	error = -errno;
	close(fd);
	return error;
}

static bool start_daemon(struct http *http)
{
	const union MHD_DaemonInfo *info;

	http->daemon = MHD_start_daemon(
		MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL,
		serve, http, MHD_OPTION_CONNECTION_LIMIT, HTTP_CLIENTS_MAX + 1u,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, MEMORY_MAX, MHD_OPTION_NOTIFY_COMPLETED,
		notify_completed, http, MHD_OPTION_NOTIFY_CONNECTION, notify_connection, http,
		MHD_OPTION_END);
	if (!http->daemon)
		return false;
	info = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	http->serving = loop_watch(http->loop, info->epoll_fd, EPOLLIN, serving_ready, http);
	http->listening = loop_watch(http->loop, http->fd, EPOLLIN, listening_ready, http);
	return http->serving && http->listening;
}

int http_open(struct http **opened, struct loop *loop, struct timers *timers,
	      const struct addr *address, uint16_t port, http_fn *fn, void *owner)
{
	int fd = listen_on(address, port), error;
	struct http *http;

	if (fd < 0)
		return fd;
	http = memory_new(sizeof(*http));
	http->loop = loop;
	http->timers = timers;
	http->fd = fd;
	http->run.fn = more_to_do;
	http->pause.fn = pause_over;
	http->fn = fn;
	http->owner = owner;
	errno = ENOMEM;
	if (start_daemon(http)) {
		*opened = http;
		return 0;
	}
	error = -errno;
	http_close(http);
	return error;
}

void http_close(struct http *http)
{
	struct http_request *request;

	if (!http)
		return;
	DL_FOREACH (http->requests, request)
		if (request->suspended)
			MHD_resume_connection(request->connection);
	if (http->daemon)
		MHD_stop_daemon(http->daemon);
	timer_stop(http->timers, &http->run);
	timer_stop(http->timers, &http->pause);
	loop_unwatch(http->serving);
	loop_unwatch(http->listening);
	close(http->fd);
	free(http);
}
