/* SPDX-License-Identifier: BSD-2-Clause */
/* A client of the control socket, on a real one: whatever it says, in two parts, the owner gets the
 * JSON object on its line, or none; and the client gets one object on one line, and the end. */
#include "base/addr.h"
#include "base/checksum.h"
#include "control/server.h"
#include "fuzz.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define REPLY_MAX 4096
#define A_FEW     8 /* rounds of the loop, in which the server takes what is there */

static struct timers timers;
static struct loop *loop;
static struct loop_watch *always; /* ready: the client's turn in each round */
static struct control_server *server;
static struct sockaddr_un address = {.sun_family = AF_UNIX};
static char folder[] = "/tmp/mcingest-fuzz-XXXXXX";

/* Of one input */
static int client;
static struct cursor first, second; /* the request's parts */
static unsigned rounds;
static char reply[REPLY_MAX + 1];
static size_t received;
static bool ended;
static json_t *expected; /* the object on the line; NULL: there is none */
static unsigned asked_count, left_count, gone_count;

/* The server's owner: `leave` is never answered, an address with its text. */

static void answer(struct control_client *from, const char *text)
{
	struct addr source, again;
	char written[ADDR_TEXT];

	if (!addr_parse(text, &source)) {
		control_refuse(from, "'%s' is no address", text);
		return;
	}
	must(addr_parse(addr_format(&source, written), &again) && addr_equal(&again, &source));
	control_reply(from, json_pack("{s:s}", "source", written));
}

static void handle(void *owner, struct control_client *from, const json_t *request)
{
	const char *command = json_string_value(json_object_get(request, "command"));
	const char *source = json_string_value(json_object_get(request, "source"));

	must(owner == &timers && expected && json_equal(request, expected));
	asked_count++;
	if (command && strcmp(command, "leave") == 0) {
		shutdown(client, SHUT_RDWR);
		left_count++;
	} else if (source) {
		answer(from, source);
	} else {
		control_refuse(from, "unknown command '%s'", command ? command : "");
	}
}

static void gone(void *owner, struct control_client *from)
{
	must(owner == &timers && from);
	gone_count++;
}

/* The client */

/* What cannot be sent goes to a server that has heard enough. */
static void say(struct cursor bytes)
{
	size_t length = cursor_left(&bytes);

	if (length)
		(void)!send(client, bytes.at, length, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void read_reply(void)
{
	ssize_t got = recv(client, reply + received, REPLY_MAX - received, MSG_DONTWAIT);

	if (got > 0)
		received += got;
	must(received < REPLY_MAX);
	/* A reset, where the server has left bytes unread. */
	ended = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
}

static void each_round(void *owner, uint32_t events)
{
	(void)owner;
	(void)events;
	if (!rounds)
		say(first);
	if (++rounds == A_FEW) {
		say(second);
		shutdown(client, SHUT_WR);
	}
	if (rounds >= A_FEW && !ended)
		read_reply();
	if (ended && !timers.count && gone_count == left_count)
		loop_stop(loop);
}

/* What the server is to understand */

static bool is_too_long(const uint8_t *bytes, size_t size)
{
	return size > CONTROL_REQUEST_MAX && !memchr(bytes, '\n', CONTROL_REQUEST_MAX + 1);
}

static json_t *object_in(const uint8_t *bytes, size_t size)
{
	const uint8_t *end = size ? memchr(bytes, '\n', size) : NULL;
	size_t length = end ? (size_t)(end - bytes) : size;
	json_t *value;

	if (is_too_long(bytes, size))
		return NULL;
	value = json_loadb((const char *)bytes, length, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(value))
		return value;
	json_decref(value);
	return NULL;
}

static void check_reply(bool silent)
{
	json_t *object;

	if (silent) {
		must(!received);
		return;
	}
	must(received && memchr(reply, '\n', received) == reply + received - 1);
	object = json_loadb(reply, received, JSON_REJECT_DUPLICATES, NULL);
	must(json_is_object(object));
	must(expected || json_is_string(json_object_get(object, "error")));
	json_decref(object);
}

/* The server lives as long as the process, and removes its socket at the end. */

static void tear_down(void)
{
	control_close(server);
	loop_unwatch(always);
	loop_free(loop);
	timers_free(&timers);
	rmdir(folder);
}

static void set_up(void)
{
	sigset_t none;

	must(mkdtemp(folder));
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/control.sock", folder);
	loop = loop_new(&timers);
	must(loop);
	must(!control_open(&server, loop, &timers, address.sun_path, NULL, handle, gone, &timers));
	always = loop_watch(loop, eventfd(1, EFD_CLOEXEC), EPOLLIN, each_round, NULL);
	must(always);
	/* Signals are the fuzzer's. */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	atexit(tear_down);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	size_t cut = checksum_fold(checksum_add(0, bytes, size)) % (size + 1);

	if (!server)
		set_up();
	first = cursor_over(bytes, cut);
	second = cursor_over(bytes + cut, size - cut);
	rounds = asked_count = left_count = gone_count = 0;
	received = 0;
	ended = false;
	expected = object_in(bytes, size);
	client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(client >= 0 && !connect(client, (struct sockaddr *)&address, sizeof(address)));
	must(!loop_run(loop));
	close(client);
	must(asked_count == (expected != NULL));
	check_reply(!size || left_count);
	json_decref(expected);
	return 0;
}
