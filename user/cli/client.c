/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/client.h"
#include "cli/text.h"

#include <errno.h>
#include <grp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

/* The reply as a stream, for jansson. */
struct source {
	int fd;
	int error;  /* errno of what ended the stream early, else 0 */
	bool began; /* at least one byte has come */
};

static void explain(char **why, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void explain(char **why, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	*why = text_format(format, args);
	va_end(args);
}

static void explain_permission(char **why, const char *path)
{
	struct stat file;
	const struct group *group = stat(path, &file) ? NULL : getgrgid(file.st_gid);

	explain(why,
		"no permission to use %s: it is for root and, to look, for members of the group %s",
		path, group ? group->gr_name : "that owns it");
}

static void explain_connect(char **why, const char *path, int error)
{
	if (error == ENOENT || error == ECONNREFUSED)
		explain(why, "no daemon answers on %s: is mcingestd running?", path);
	else if (error == EACCES || error == EPERM)
		explain_permission(why, path);
	else if (error == EAGAIN)
		explain(why, "the daemon on %s is too busy to answer", path);
	else
		explain(why, "cannot use %s: %s", path, strerror(error));
}

static int connect_daemon(const char *path, unsigned patience, char **why)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct timeval time = {.tv_sec = patience};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(address.sun_path, path); /* main.c has checked the length */
	if (fd >= 0 && !setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time)) &&
	    !setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof(time)) &&
	    !connect(fd, (struct sockaddr *)&address, sizeof(address)))
		return fd;
	explain_connect(why, path, errno);
	if (fd >= 0)
		close(fd);
	return -1;
}

/* A failure to send is no error yet: a daemon that has too many clients answers without reading the
 * request, and its answer is worth showing. */
static void send_request(int fd, json_t *request)
{
	char *text = json_dumps(request, JSON_COMPACT);

	if (text) {
		struct iovec line[] = {{text, strlen(text)}, {"\n", 1}};
		struct msghdr message = {.msg_iov = line, .msg_iovlen = 2};

		sendmsg(fd, &message, MSG_NOSIGNAL);
	}
	free(text);
	json_decref(request);
}

static size_t receive(void *buffer, size_t size, void *owner)
{
	struct source *source = owner;
	ssize_t got = recv(source->fd, buffer, size, 0);

	source->began |= got > 0;
	source->error = got < 0 ? errno : 0;
	return got < 0 ? 0 : got;
}

static json_t *receive_reply(const struct cli *cli, int fd, char **why)
{
	struct source source = {.fd = fd};
	json_error_t wrong;
	json_t *reply = json_load_callback(receive, &source, 0, &wrong);

	if (json_is_object(reply))
		return reply;
	json_decref(reply);
	if (source.error == EAGAIN)
		explain(why, "the daemon on %s does not answer", cli->socket);
	else if (source.error || !source.began ||
		 json_error_code(&wrong) == json_error_premature_end_of_input)
		explain(why,
			"the reply from %s ends early: the daemon has stopped, or this "
			"command was too slow to read; try again",
			cli->socket);
	else
		explain(why, "the reply from %s is not a JSON object", cli->socket);
	return NULL;
}

/* Returns the reply; or NULL if it is an error. */
static json_t *without_error(json_t *reply, char **why)
{
	const json_t *error = json_object_get(reply, "error");

	if (!error)
		return reply;
	explain(why, "%s", json_is_string(error) ? json_string_value(error) : "unknown error");
	json_decref(reply);
	return NULL;
}

json_t *client_try(const struct cli *cli, json_t *request, unsigned patience, char **why)
{
	int fd = connect_daemon(cli->socket, patience, why);
	json_t *reply;

	if (fd < 0) {
		json_decref(request);
		return NULL;
	}
	send_request(fd, request);
	reply = receive_reply(cli, fd, why);
	close(fd);
	return without_error(reply, why);
}

json_t *client_ask(const struct cli *cli, json_t *request, unsigned patience)
{
	char *why = NULL;
	json_t *reply = client_try(cli, request, patience, &why);

	if (!reply)
		text_error("%s", why);
	free(why);
	return reply;
}

static bool hand_over(const char *text, client_line_fn *fn, void *owner, bool *goes_on)
{
	json_t *line = json_loads(text, 0, NULL);
	const json_t *error = json_object_get(line, "error");

	if (error)
		text_error("%s",
			   json_is_string(error) ? json_string_value(error) : "unknown error");
	*goes_on = !error && fn(owner, line);
	json_decref(line);
	return !error;
}

bool client_stream(const struct cli *cli, client_line_fn *fn, void *owner)
{
	char *why = NULL, *text = NULL;
	int fd = connect_daemon(cli->socket, 0, &why);
	bool goes_on = true, fine = true;
	size_t size = 0;
	FILE *stream;

	if (fd < 0) {
		text_error("%s", why);
		free(why);
		return false;
	}
	send_request(fd, json_pack("{s:s}", "command", cli->command));
	stream = fdopen(fd, "r");
	while (goes_on && fine && stream && getline(&text, &size, stream) > 0)
		fine = hand_over(text, fn, owner, &goes_on);
	if (fine && goes_on)
		text_error("the daemon on %s has ended the stream", cli->socket);
	free(text);
	if (stream)
		fclose(stream);
	return fine && !goes_on;
}

bool client_has_daemon(const struct cli *cli)
{
	char *why = NULL;
	int fd = connect_daemon(cli->socket, 1, &why);

	free(why);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

void client_print_json(const json_t *reply)
{
	json_dumpf(reply, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
	putchar('\n');
}
