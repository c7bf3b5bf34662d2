/* SPDX-License-Identifier: BSD-2-Clause */
/* HTTP on real sockets of the loopback interface, driven by the real loop in this thread. */
#include "base/memory.h"
#include "fini.h"
#include "io/http.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define PORT 9268
#define BIG  (8u << 20) /* bytes; no socket buffers so many */

static struct timers timers;
static struct loop *loop;
static struct http *http;
static struct addr address;
static char
	home[32]; /* an address of the loopback interface for each test, as they run side by side */
static struct http_request *waiting; /* for /later */
static struct timer answer_later, patience;

/* The server's owner */

static void answer(struct http_request *request, const char *text)
{
	http_reply(request, 200, "text/plain", memory_copy_text(text), strlen(text));
}

static void later(struct timer *timer)
{
	(void)timer;
	answer(waiting, "late");
}

static void asked(void *owner, struct http_request *request, const char *path)
{
	cr_assert_eq(owner, &timers);
	if (strcmp(path, "/now") == 0) {
		answer(request, "soon");
	} else if (strcmp(path, "/later") == 0) {
		waiting = request;
		timer_start(&timers, &answer_later, 20 * USEC_PER_MS);
	} else if (strcmp(path, "/big") == 0) {
		http_reply(request, 200, "text/plain", memory_new(BIG), BIG);
	} else if (strcmp(path, "/never") == 0) {
		waiting = request;
	} else {
		http_reply(request, 404, "text/plain", memory_copy_text("?"), 1);
	}
}

static int open_on(const char *text, struct http **opened)
{
	addr_parse(text, &address);
	return http_open(opened, loop, &timers, &address, PORT, asked, &timers);
}

static void too_long(struct timer *timer)
{
	(void)timer;
	cr_assert_fail("what the test awaits does not come");
}

static void set_up(void)
{
	loop = loop_new(&timers);
	cr_assert(loop);
	answer_later.fn = later;
	patience.fn = too_long;
	snprintf(home, sizeof(home), "127.%u.%u.%u", 1 + (getpid() >> 16), getpid() >> 8 & 255,
		 getpid() & 255);
	cr_assert_eq(open_on(home, &http), 0);
}

static void tear_down(void)
{
	http_close(http);
	timer_stop(&timers, &answer_later);
	timer_stop(&timers, &patience);
	fini_assert(timers_next(&timers) == USEC_NEVER, "a timer was left running");
	loop_free(loop);
	timers_free(&timers);
}

TestSuite(http, .init = set_up, .fini = tear_down, .timeout = 120);

/* Clients */

struct client {
	int fd;
	struct loop_watch *watch;
	char *got; /* with a NUL */
	size_t length;
	bool ended;
};

static void client_ready(void *owner, uint32_t events)
{
	struct client *client = owner;
	ssize_t got;

	(void)events;
	client->got = memory_resize(client->got, client->length + 65537);
	got = recv(client->fd, client->got + client->length, 65536, MSG_DONTWAIT);
	if (got < 0 && errno == EAGAIN)
		return;
	if (got > 0)
		client->length += got;
	client->got[client->length] = '\0';
	client->ended = got <= 0;
	if (client->ended)
		loop_stop(loop);
}

static struct client *connect_to_server(void)
{
	struct client *client = memory_new(sizeof(*client));
	struct sockaddr_storage to;
	socklen_t length = addr_to_sockaddr(&address, PORT, &to);

	client->fd = socket(address.family, SOCK_STREAM, 0);
	cr_assert_eq(connect(client->fd, (struct sockaddr *)&to, length), 0, "%s", strerror(errno));
	return client;
}

static void say(const struct client *client, const char *text)
{
	cr_assert_eq(send(client->fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

static void watch(struct client *client)
{
	client->watch = loop_watch(loop, client->fd, EPOLLIN, client_ready, client);
}

static void wait_for(struct client *client)
{
	timer_start(&timers, &patience, 60 * USEC_PER_SEC);
	if (!client->watch)
		watch(client);
	while (!client->ended)
		cr_assert_eq(loop_run(loop), 0);
}

static void leave(struct client *client)
{
	loop_unwatch(client->watch);
	close(client->fd);
	free(client->got);
	free(client);
}

static struct client *ask(const char *method, const char *path)
{
	struct client *client = connect_to_server();
	char text[128];

	snprintf(text, sizeof(text), "%s %s HTTP/1.1\r\nHost: box\r\n\r\n", method, path);
	say(client, text);
	return client;
}

static void expect_start(const struct client *client, const char *start)
{
	cr_expect_eq(strncmp(client->got, start, strlen(start)), 0, "%s", client->got);
}

static void expect_end(const struct client *client, const char *end)
{
	size_t length = strlen(end);

	cr_assert_geq(client->length, length);
	cr_expect_str_eq(client->got + client->length - length, end, "%s", client->got);
}

/* Requests and answers */

Test(http, a_request_is_answered_and_the_connection_ends)
{
	struct client *client = ask("GET", "/now");

	wait_for(client);
	expect_start(client, "HTTP/1.1 200 OK\r\n");
	cr_expect(strstr(client->got, "\r\nContent-Type: text/plain\r\n"));
	cr_expect(strstr(client->got, "\r\nX-Content-Type-Options: nosniff\r\n"));
	cr_expect(strstr(client->got, "\r\nContent-Length: 4\r\n"));
	expect_end(client, "\r\n\r\nsoon");
	leave(client);
}

Test(http, a_query_is_no_part_of_the_path)
{
	struct client *client = ask("GET", "/now?a=b");

	wait_for(client);
	expect_end(client, "\r\n\r\nsoon");
	leave(client);
}

Test(http, an_answer_may_come_later)
{
	struct client *client = ask("GET", "/later");

	wait_for(client);
	expect_end(client, "\r\n\r\nlate");
	leave(client);
}

Test(http, the_status_is_the_owners)
{
	struct client *client = ask("GET", "/elsewhere");

	wait_for(client);
	expect_start(client, "HTTP/1.1 404 Not Found\r\n");
	leave(client);
}

Test(http, head_has_no_body)
{
	struct client *client = ask("HEAD", "/now");

	wait_for(client);
	expect_start(client, "HTTP/1.1 200 OK\r\n");
	expect_end(client, "\r\n\r\n");
	leave(client);
}

Test(http, nothing_can_be_changed)
{
	static const char *const methods[] = {"POST", "PUT", "DELETE", "TRACE", "X"};

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		struct client *client = ask(methods[i], "/now");

		wait_for(client);
		expect_start(client, "HTTP/1.1 405 Method Not Allowed\r\n");
		cr_expect(strstr(client->got, "\r\nAllow: GET, HEAD\r\n"));
		leave(client);
	}
}

Test(http, a_body_is_not_taken)
{
	struct client *client = connect_to_server();

	say(client, "POST /now HTTP/1.1\r\nHost: box\r\nContent-Length: 1000000000\r\n\r\nabc");
	wait_for(client);
	expect_start(client, "HTTP/1.1 405 ");
	leave(client);
}

/* At once, or at its deadline: the time is moved on. */
Test(http, what_is_no_request_ends)
{
	static const char *const texts[] = {"\r\n\r\n\r\n", "GET\r\n\r\n", "\xff\xfe\r\n\r\n",
					    "GET /now HTTP/9.9\r\n\r\n"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct client *client = connect_to_server(), *other = ask("GET", "/now");

		say(client, texts[i]);
		wait_for(other);
		leave(other);
		timers.now += HTTP_DEADLINE + 1;
		wait_for(client);
		cr_expect_not(client->got && strstr(client->got, "soon"), "%s", client->got);
		leave(client);
	}
}

/* The head of a request has a limit. */
Test(http, a_request_without_end_ends)
{
	struct client *client = connect_to_server();
	char line[1024];

	memset(line, 'x', sizeof(line) - 3);
	memcpy(line, "X-A: ", 5);
	strcpy(line + sizeof(line) - 3, "\r\n");
	say(client, "GET /now HTTP/1.1\r\nHost: box\r\n");
	for (unsigned i = 0; i < 64; i++)
		say(client, line);
	wait_for(client);
	cr_expect_not(client->got && strstr(client->got, " 200 "), "%s", client->got);
	leave(client);
}

/* Clients that hold up nobody */

Test(http, who_does_not_read_holds_up_nobody)
{
	struct client *slow = ask("GET", "/big"), *other;

	for (unsigned i = 0; i < 3; i++) {
		other = ask("GET", "/now");
		wait_for(other);
		expect_end(other, "\r\n\r\nsoon");
		leave(other);
	}
	wait_for(slow);
	cr_expect_gt(slow->length, BIG);
	leave(slow);
}

Test(http, a_new_client_takes_the_place_of_the_oldest)
{
	struct client *silent[HTTP_CLIENTS_MAX], *last;

	for (unsigned i = 0; i < HTTP_CLIENTS_MAX; i++)
		silent[i] = connect_to_server();
	last = ask("GET", "/now");
	wait_for(last);
	expect_end(last, "\r\n\r\nsoon");
	wait_for(silent[0]);
	cr_expect_eq(silent[0]->length, 0);
	say(silent[1], "GET /now HTTP/1.1\r\nHost: box\r\n\r\n");
	wait_for(silent[1]);
	expect_end(silent[1], "\r\n\r\nsoon");
	for (unsigned i = 0; i < HTTP_CLIENTS_MAX; i++)
		leave(silent[i]);
	leave(last);
}

/* The time is moved on, as if the client had been silent so long. */
Test(http, a_connection_has_a_deadline)
{
	struct client *silent = connect_to_server(), *other = ask("GET", "/now");

	say(silent, "GET /now HTT");
	wait_for(other);
	leave(other);
	cr_assert_not(silent->ended);
	timers.now += HTTP_DEADLINE + 1;
	wait_for(silent);
	cr_expect_eq(silent->length, 0);
	leave(silent);
}

Test(http, a_client_that_goes_before_its_answer_is_forgotten)
{
	struct client *gone = ask("GET", "/later"), *other;

	while (!waiting) {
		other = ask("GET", "/now");
		wait_for(other);
		leave(other);
	}
	leave(gone);
	other = ask("GET", "/now");
	wait_for(other);
	leave(other);
	while (timers_next(&timers) < timers.now + HTTP_DEADLINE / 2) {
		other = ask("GET", "/now");
		wait_for(other);
		timer_stop(&timers, &patience);
		leave(other);
	}
}

/* The server */

Test(http, closing_ends_those_that_wait)
{
	struct client *client = ask("GET", "/never"), *other = ask("GET", "/now");

	wait_for(other);
	leave(other);
	http_close(http);
	http = NULL;
	wait_for(client);
	cr_expect_eq(client->length, 0);
	leave(client);
}

Test(http, ipv6)
{
	struct client *client;

	http_close(http);
	cr_assert_eq(open_on("::1", &http), 0);
	client = ask("GET", "/now");
	wait_for(client);
	expect_end(client, "\r\n\r\nsoon");
	leave(client);
}

Test(http, an_address_that_cannot_be_had)
{
	struct http *other = NULL;

	cr_expect_eq(open_on(home, &other), -EADDRINUSE);
	cr_expect_eq(open_on("192.0.2.1", &other), -EADDRNOTAVAIL);
	cr_expect_null(other);
}
