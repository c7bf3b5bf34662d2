/* SPDX-License-Identifier: BSD-2-Clause */
/* The server on a real socket, driven by the real loop in this thread. */
#include "base/log.h"
#include "base/memory.h"
#include "control/server.h"
#include "fini.h"
#include "log_file.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE 60 /* seconds, on the busiest machine */
#define BIG      (4u << 20)

static struct timers timers;
static struct loop *loop;
static struct control_server *server;
static char folder[] = "/tmp/mcingest-control-XXXXXX", path[128];

static struct control_client *waiting; /* those of the command "wait": the last, and how many */
static unsigned wait_count, gone_count;

#define PART_SIZE 1000 /* items; each is 100 bytes long */

static size_t list_length; /* of what the command "list" answers */
static unsigned parts_made;

static json_t *next_items(void *owner, struct control_position *position)
{
	json_t *items = json_array();

	cr_assert_eq(owner, &timers);
	for (; position->slot < list_length && json_array_size(items) < PART_SIZE; position->slot++)
		json_array_append_new(items, json_sprintf("%098zu", position->slot));
	parts_made++;
	return items;
}

/* The second list has no items. */
static json_t *no_items(void *owner, struct control_position *position)
{
	cr_assert_eq(owner, &timers);
	cr_expect_eq(position->slot, 0);
	return json_array();
}

static const struct control_list lists[] = {{"items", next_items}, {"others", no_items}, {0}};

static void handle(void *owner, struct control_client *client, const json_t *request)
{
	const char *command = json_string_value(json_object_get(request, "command"));

	cr_assert_eq(owner, &timers);
	if (command && strcmp(command, "wait") == 0) {
		waiting = client;
		wait_count++;
	} else if (command && strcmp(command, "big") == 0) {
		char *text = memory_new(BIG + 1);

		memset(text, 'x', BIG);
		control_reply(client, json_pack("{s:s}", "big", text));
		free(text);
	} else if (command && strcmp(command, "list") == 0) {
		control_reply_lists(client, lists);
	} else if (command && strcmp(command, "change") == 0) {
		if (control_may_change(client, command))
			control_reply(client, json_pack("{s:b}", "changed", true));
	} else if (command && strcmp(command, "real") == 0) {
		control_reply(client, json_pack("{s:f}", "real", 21.4));
	} else {
		control_refuse(client, "unknown command '%s'", command ? command : "");
	}
}

static void gone(void *owner, struct control_client *client)
{
	cr_assert_eq(owner, &timers);
	cr_expect_eq(client, waiting);
	gone_count++;
}

static int open_for(const char *group, struct control_server **opened)
{
	return control_open(opened, loop, &timers, path, group, handle, gone, &timers);
}

static int open_server(struct control_server **opened)
{
	return open_for(NULL, opened);
}

static void set_up(void)
{
	cr_assert(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/run/control.sock", folder);
	loop = loop_new(&timers);
	cr_assert(loop);
	cr_assert_eq(open_server(&server), 0);
}

static void tear_down(void)
{
	control_close(server);
	fini_assert(access(path, F_OK) == -1, "the socket is removed");
	loop_free(loop);
	timers_free(&timers);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	rmdir(folder);
}

TestSuite(control, .init = set_up, .fini = tear_down, .timeout = 120);

/* Runs the loop, round by round, until a condition holds */

struct wish {
	bool (*holds)(void *context);
	void *context;
	time_t until;
};

static void each_round(void *owner, uint32_t events)
{
	struct wish *wish = owner;

	(void)events;
	if (wish->holds(wish->context))
		loop_stop(loop);
	cr_assert_lt(time(NULL), wish->until, "what the test awaits does not come");
}

static void run_until(bool (*holds)(void *context), void *context)
{
	struct wish wish = {.holds = holds, .context = context, .until = time(NULL) + PATIENCE};
	int always = eventfd(1, 0);
	struct loop_watch *watch = loop_watch(loop, always, EPOLLIN, each_round, &wish);

	cr_assert(watch);
	cr_assert_eq(loop_run(loop), 0);
	loop_unwatch(watch);
	close(always);
}

static bool rounds_over(void *context)
{
	unsigned *left = context;

	return !(*left)--;
}

/* Rounds enough for all that is ready to be dealt with. */
static void settle(void)
{
	unsigned rounds = 400;

	run_until(rounds_over, &rounds);
}

/* Clients */

struct peer {
	int fd;
	char *text;
	size_t length, room;
	bool ended;
};

static int new_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	cr_assert_geq(fd, 0);
	return fd;
}

static void connect_socket(int fd)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	strcpy(address.sun_path, path);
	cr_assert_eq(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0, "%m");
}

static int connect_client(void)
{
	int fd = new_socket();

	connect_socket(fd);
	return fd;
}

static void say(int fd, const void *bytes, size_t length)
{
	cr_assert_eq(send(fd, bytes, length, MSG_NOSIGNAL), (ssize_t)length, "%m");
}

static bool take(void *context)
{
	struct peer *peer = context;
	ssize_t got;

	if (peer->room - peer->length < 65536)
		peer->text = memory_resize(peer->text, peer->room += 1 << 20);
	got = recv(peer->fd, peer->text + peer->length, peer->room - peer->length - 1, 0);
	if (got < 0 && errno == EAGAIN)
		return false;
	peer->length += got > 0 ? got : 0;
	peer->text[peer->length] = '\0';
	peer->ended = got <= 0;
	return peer->ended;
}

/* All that comes until the end of the stream; freed by the caller. */
static char *hear(int fd)
{
	struct peer peer = {.fd = fd};

	run_until(take, &peer);
	close(fd);
	return peer.text;
}

static void expect_reply(int fd, const char *reply)
{
	char *text = hear(fd);

	cr_expect_str_eq(text, reply);
	free(text);
}

/* A client that says so many bytes, and ends its stream where it is to. */
static int client_saying(const void *bytes, size_t length, bool end)
{
	int fd = connect_client();

	say(fd, bytes, length);
	if (end)
		shutdown(fd, SHUT_WR);
	return fd;
}

static int asking(const char *line)
{
	return client_saying(line, strlen(line), false);
}

static bool somebody_waits(void *context)
{
	return wait_count == *(unsigned *)context;
}

static int client_that_waits(void)
{
	unsigned count = wait_count + 1;
	int fd = asking("{\"command\":\"wait\"}\n");

	run_until(somebody_waits, &count);
	return fd;
}

static bool somebody_is_gone(void *context)
{
	(void)context;
	return gone_count > 0;
}

/* The socket */

Test(control, socket_is_for_owner_and_group)
{
	struct stat socket_file, folder_file;

	cr_assert_eq(stat(path, &socket_file), 0);
	cr_expect_eq(socket_file.st_mode, S_IFSOCK | 0660, "%o", socket_file.st_mode);
	*strrchr(path, '/') = '\0';
	cr_assert_eq(stat(path, &folder_file), 0);
	cr_expect_eq(folder_file.st_mode, S_IFDIR | 0755, "%o", folder_file.st_mode);
	path[strlen(path)] = '/';
}

Test(control, second_daemon_is_refused_and_the_first_stays)
{
	struct control_server *second = NULL;

	cr_expect_eq(open_server(&second), -EADDRINUSE);
	cr_expect_null(second);
	expect_reply(asking("{\"command\":\"real\"}\n"), "{\"real\":21.4}\n");
}

/* Who may look, and who may change something */

#define USER 4711

/* A client of another user, who is of the socket's group, which is ours. */
static int user_asking(uid_t user, const char *line)
{
	int fd;

	cr_assert_eq(chmod(folder, 0755) | seteuid(user), 0, "needs root: %m");
	fd = asking(line);
	cr_assert_eq(seteuid(0), 0);
	return fd;
}

Test(control, a_user_of_the_group_may_look)
{
	expect_reply(user_asking(USER, "{\"command\":\"real\"}\n"), "{\"real\":21.4}\n");
}

Test(control, only_root_and_the_own_user_may_change_anything)
{
	const char *change = "{\"command\":\"change\"}\n";
	struct log_file log = log_file_begin();
	char *said;

	expect_reply(
		user_asking(USER, change),
		"{\"error\":\"user 4711 may look, but not 'change': only root and the daemon's "
		"own user (0) may change anything\"}\n");
	expect_reply(user_asking(0, change), "{\"changed\":true}\n");
	log_catch_up(USEC_NEVER);
	said = log_file_end(&log);
	cr_expect(strstr(said, "control socket: 'change' is refused to process "));
	cr_expect(strstr(said, " of user 4711: only root and the daemon's own user (0) may "));
	free(said);
}

Test(control, the_daemons_own_user_may_change_something)
{
	int fd = user_asking(USER, "{\"command\":\"change\"}\n");

	cr_assert_eq(seteuid(USER), 0);
	expect_reply(fd, "{\"changed\":true}\n");
	cr_assert_eq(seteuid(0), 0);
}

Test(control, the_socket_is_given_to_the_group_that_is_named)
{
	struct stat socket_file;

	control_close(server);
	cr_assert_eq(open_for("daemon", &server), 0);
	cr_assert_eq(stat(path, &socket_file), 0);
	cr_expect_eq(socket_file.st_gid, getgrnam("daemon")->gr_gid);
	cr_expect_eq(socket_file.st_mode, S_IFSOCK | 0660, "%o", socket_file.st_mode);
}

Test(control, a_group_that_is_not_there)
{
	struct control_server *second = NULL;

	control_close(server);
	server = NULL;
	cr_expect_eq(open_for("no-such-group", &second), -ESRCH);
	cr_expect_eq(access(path, F_OK), -1);
}

/* Puts a socket of this type in the server's place. When it is closed, its file stays. */
static int replace_server(int type)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, type, 0);

	control_close(server);
	server = NULL;
	strcpy(address.sun_path, path);
	cr_assert_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

Test(control, socket_of_a_dead_daemon_is_replaced)
{
	close(replace_server(SOCK_STREAM));
	cr_assert_eq(open_server(&server), 0);
	expect_reply(asking("{\"command\":\"real\"}\n"), "{\"real\":21.4}\n");
}

/* Without a descriptor to look at it, the socket file stays, and so it can be replaced later. */
Test(control, socket_of_a_dead_daemon_stays_if_no_descriptor_is_left)
{
	struct rlimit kept, limit;
	int error;

	close(replace_server(SOCK_STREAM));
	cr_assert_eq(getrlimit(RLIMIT_NOFILE, &kept), 0);
	limit = kept;
	for (limit.rlim_cur = 0;; limit.rlim_cur++) {
		cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
		error = open_server(&server);
		if (!error)
			break;
		cr_assert_eq(error, -EMFILE, "%s", strerror(-error));
		cr_assert_eq(access(path, F_OK), 0);
	}
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &kept), 0);
	expect_reply(asking("{\"command\":\"real\"}\n"), "{\"real\":21.4}\n");
}

Test(control, socket_of_another_kind_is_left_alone)
{
	int datagrams = replace_server(SOCK_DGRAM);

	cr_expect_eq(open_server(&server), -EPROTOTYPE);
	cr_expect_eq(unlink(path), 0, "still there");
	close(datagrams);
}

Test(control, folder_in_which_no_socket_can_be)
{
	char kept[sizeof(path)];
	struct control_server *second = NULL;

	strcpy(kept, path);
	strcpy(path, "/proc/mcingest.sock");
	cr_expect_lt(open_server(&second), 0);
	cr_expect_null(second);
	strcpy(path, kept);
}

Test(control, file_that_is_no_socket_is_left_alone)
{
	FILE *file;

	control_close(server);
	server = NULL;
	file = fopen(path, "w");
	cr_assert(file);
	fclose(file);
	cr_expect_eq(open_server(&server), -EEXIST);
	cr_expect_eq(unlink(path), 0, "still there");
}

Test(control, path_that_does_not_fit)
{
	char kept[sizeof(path)];
	struct control_server *second = NULL;

	strcpy(kept, path);
	memset(path, 'x', 108);
	path[108] = '\0';
	cr_expect_eq(open_server(&second), -ENAMETOOLONG);
	strcpy(path, kept);
}

/* Requests and replies */

Test(control, answers_a_line)
{
	expect_reply(asking("{\"command\":\"real\"}\n"), "{\"real\":21.4}\n");
	expect_reply(asking("{\"command\":\"frob\"}\n"),
		     "{\"error\":\"unknown command 'frob'\"}\n");
}

Test(control, what_follows_the_line_is_left_out)
{
	char *text = hear(asking("{\"command\":\"real\"}\n{\"command\":\"frob\"}\n"));

	cr_expect_str_eq(text, "{\"real\":21.4}\n");
	free(text);
}

Test(control, end_of_stream_ends_a_line)
{
	static const char request[] = "{\"command\":\"real\"}";

	expect_reply(client_saying(request, strlen(request), true), "{\"real\":21.4}\n");
}

Test(control, request_in_pieces)
{
	int fd = asking("{\"comm");

	settle();
	say(fd, "and\":\"re", 8);
	settle();
	say(fd, "al\"}\n", 5);
	expect_reply(fd, "{\"real\":21.4}\n");
}

Test(control, what_is_no_object_is_refused)
{
	static const struct {
		const char *bytes;
		size_t length;
	} cases[] = {
		{"frob\n", 5},
		{"\n", 1},
		{"[1]\n", 4},
		{"\"text\"\n", 7},
		{"{\"a\":1,\"a\":2}\n", 14},
		{"{\"a\":1} x\n", 10},
		{"{\"a\":\"\xff\"}\n", 10},
		{"{\"a\"\0:1}\n", 9},
		{"{\"a\":\n", 6},
	};
	static const char refusal[] = "{\"error\":\"the request is not a JSON object on a line";

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *text = hear(client_saying(cases[i].bytes, cases[i].length, false));
		json_t *reply = json_loads(text, 0, NULL);

		cr_expect_eq(strncmp(text, refusal, strlen(refusal)), 0, "%s%s", cases[i].bytes,
			     text);
		cr_expect(json_is_object(reply), "%s", text);
		json_decref(reply);
		free(text);
	}
}

static int client_with_line(size_t length)
{
	char *line = memory_new(length + 1);
	int fd;

	memset(line, ' ', length);
	memcpy(line, "{\"command\":\"real\"}", 18);
	line[length] = '\n';
	fd = client_saying(line, length + 1, false);
	free(line);
	return fd;
}

Test(control, longest_line_is_read_and_a_longer_one_refused)
{
	expect_reply(client_with_line(CONTROL_REQUEST_MAX), "{\"real\":21.4}\n");
	expect_reply(client_with_line(CONTROL_REQUEST_MAX + 1),
		     "{\"error\":\"the request is longer than 4096 bytes\"}\n");
	expect_reply(client_with_line(100000),
		     "{\"error\":\"the request is longer than 4096 bytes\"}\n");
}

Test(control, deep_nesting_is_refused)
{
	char line[CONTROL_REQUEST_MAX];

	memset(line, '[', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	expect_reply(
		client_saying(line, sizeof(line), false),
		"{\"error\":\"the request is not a JSON object on a line: maximum parsing depth "
		"reached near '['\"}\n");
}

Test(control, later_answer)
{
	int fd = client_that_waits();

	settle();
	control_reply(waiting, json_pack("{s:i}", "late", 1));
	expect_reply(fd, "{\"late\":1}\n");
	cr_expect_eq(gone_count, 0);
}

Test(control, reply_that_could_not_be_made)
{
	int fd = client_that_waits();

	control_reply(waiting, json_pack("{s:s}", "bad", "\xff"));
	expect_reply(fd, "{\"error\":\"the reply is not UTF-8 text\"}\n");
	fd = client_that_waits();
	control_refuse(waiting, "%s", "\xff");
	expect_reply(fd, "{\"error\":\"the reply is not UTF-8 text\"}\n");
}

static void stop(struct timer *timer)
{
	(void)timer;
	loop_stop(loop);
}

/* The share of 100 ms that the loop works while nothing is to be done. */
static double share_of_work(void)
{
	struct timer timer = {.fn = stop};
	clock_t before = clock();

	timer_start(&timers, &timer, 100 * USEC_PER_MS);
	cr_assert_eq(loop_run(loop), 0);
	return (double)(clock() - before) / CLOCKS_PER_SEC / 0.1;
}

Test(control, client_that_half_closes_gets_its_late_answer)
{
	int fd = client_that_waits();

	shutdown(fd, SHUT_WR);
	settle();
	cr_expect_lt(share_of_work(), 0.5, "the loop spins on it");
	cr_expect_eq(gone_count, 0);
	control_reply(waiting, json_pack("{s:i}", "late", 1));
	expect_reply(fd, "{\"late\":1}\n");
}

Test(control, client_that_leaves_before_the_answer_is_gone)
{
	close(client_that_waits());
	run_until(somebody_is_gone, NULL);
	settle();
	cr_expect_eq(gone_count, 1);
}

Test(control, closing_tells_who_still_waits)
{
	int fd = client_that_waits();

	control_close(server);
	server = NULL;
	cr_expect_eq(gone_count, 1);
	close(fd);
}

Test(control, client_that_leaves_without_a_word)
{
	close(connect_client());
	settle();
	expect_reply(asking("{\"command\":\"real\"}\n"), "{\"real\":21.4}\n");
	cr_expect_eq(gone_count, 0);
}

/* Lists */

static void expect_list(size_t length)
{
	char *text;
	json_t *reply, *items;

	list_length = length;
	text = hear(asking("{\"command\":\"list\"}\n"));
	reply = json_loads(text, 0, NULL);
	items = json_object_get(reply, "items");
	cr_expect_eq(text[strlen(text) - 1], '\n');
	cr_expect_eq(json_object_size(reply), 2);
	cr_expect_eq(json_array_size(json_object_get(reply, "others")), 0);
	cr_assert(json_is_array(items));
	cr_assert_eq(json_array_size(items), length, "%zu", json_array_size(items));
	for (size_t i = 0; i < length; i++)
		cr_assert_eq(strtoul(json_string_value(json_array_get(items, i)), NULL, 10), i);
	json_decref(reply);
	free(text);
}

Test(control, list_in_parts)
{
	static const size_t lengths[] = {0, 1, PART_SIZE, PART_SIZE + 1, 20 * PART_SIZE};

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		parts_made = 0;
		expect_list(lengths[i]);
		cr_expect_eq(parts_made, (lengths[i] + PART_SIZE - 1) / PART_SIZE + 1);
	}
}

Test(control, parts_are_made_as_the_client_takes_them)
{
	unsigned made;
	char *text;
	int slow;

	list_length = 100 * PART_SIZE;
	slow = asking("{\"command\":\"list\"}\n");
	settle();
	made = parts_made;
	cr_expect_lt(made, 20, "%u parts made for one who does not read", made);
	expect_reply(asking("{\"command\":\"real\"}\n"), "{\"real\":21.4}\n");
	cr_expect_eq(parts_made, made);
	text = hear(slow);
	cr_expect_eq(parts_made, 101);
	free(text);
}

Test(control, client_that_leaves_in_the_middle_of_a_list)
{
	int slow;

	list_length = 100 * PART_SIZE;
	slow = asking("{\"command\":\"list\"}\n");
	settle();
	close(slow);
	settle();
	cr_expect_lt(parts_made, 20);
	expect_reply(asking("{\"command\":\"real\"}\n"), "{\"real\":21.4}\n");
	cr_expect_eq(gone_count, 0);
}

/* Bounds */

Test(control, client_that_does_not_read_holds_up_nobody)
{
	int slow = asking("{\"command\":\"big\"}\n");
	char *text;

	settle();
	expect_reply(asking("{\"command\":\"real\"}\n"), "{\"real\":21.4}\n");
	text = hear(slow);
	cr_expect_eq(strlen(text), BIG + strlen("{\"big\":\"\"}\n"));
	free(text);
}

Test(control, client_that_leaves_in_the_middle_of_its_reply)
{
	int slow = asking("{\"command\":\"big\"}\n");

	settle();
	close(slow);
	settle();
	expect_reply(asking("{\"command\":\"real\"}\n"), "{\"real\":21.4}\n");
	cr_expect_eq(gone_count, 0);
}

Test(control, replies_that_nobody_reads_are_bounded)
{
	int slow[CONTROL_UNREAD_MAX / BIG + 1];
	size_t count = sizeof(slow) / sizeof(slow[0]);

	for (size_t i = 0; i < count; i++)
		slow[i] = asking("{\"command\":\"big\"}\n");
	settle();
	expect_reply(asking("{\"command\":\"real\"}\n"),
		     "{\"error\":\"too many replies wait to be read\"}\n");
	close(slow[0]);
	close(slow[1]);
	settle();
	expect_reply(asking("{\"command\":\"real\"}\n"), "{\"real\":21.4}\n");
	for (size_t i = 2; i < count; i++)
		close(slow[i]);
}

Test(control, one_client_too_many)
{
	int silent[CONTROL_CLIENTS_MAX], late;

	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
		silent[i] = connect_client();
	settle();
	expect_reply(connect_client(), "{\"error\":\"too many clients\"}\n");
	close(silent[0]);
	settle();
	late = asking("{\"command\":\"real\"}\n");
	expect_reply(late, "{\"real\":21.4}\n");
	for (int i = 1; i < CONTROL_CLIENTS_MAX; i++)
		close(silent[i]);
}

/* The time moves at once; the clock catches up with it only after the test. */
static void pass(usec_t time)
{
	timers.now += time;
	settle();
}

static bool has_ended(int fd)
{
	char byte;

	return recv(fd, &byte, 1, 0) == 0;
}

Test(control, silent_client_is_dropped_in_time)
{
	int fd = connect_client();

	settle();
	pass(CONTROL_CLIENT_TIMEOUT - 5 * USEC_PER_SEC);
	say(fd, "{", 1);
	settle();
	cr_expect_not(has_ended(fd));
	pass(5 * USEC_PER_SEC);
	cr_expect(has_ended(fd), "a byte now and then does not keep it");
	close(fd);
}

Test(control, client_that_does_not_read_is_dropped_in_time)
{
	int fd = asking("{\"command\":\"big\"}\n");
	char *text;

	settle();
	pass(CONTROL_CLIENT_TIMEOUT);
	text = hear(fd);
	cr_expect_lt(strlen(text), BIG, "the stream ends early");
	free(text);
	cr_expect_eq(gone_count, 0);
}

Test(control, client_that_does_not_read_a_list_is_dropped_in_time)
{
	char *text;
	int fd;

	list_length = 100 * PART_SIZE;
	fd = asking("{\"command\":\"list\"}\n");
	settle();
	pass(CONTROL_CLIENT_TIMEOUT);
	text = hear(fd);
	cr_expect_null(strstr(text, "]}"), "the stream ends early");
	cr_expect_lt(parts_made, 20);
	free(text);
}

Test(control, client_that_reads_on_is_not_dropped)
{
	static char some[256 << 10];
	char last[3] = "";
	ssize_t got;
	int fd;

	list_length = 100 * PART_SIZE;
	fd = asking("{\"command\":\"list\"}\n");
	settle();
	for (int i = 0; (got = recv(fd, some, sizeof(some), MSG_DONTWAIT)) > 0; i++) {
		cr_assert_lt(i, 1000);
		if (got >= 3)
			memcpy(last, some + got - 3, 3);
		pass(CONTROL_CLIENT_TIMEOUT - 5 * USEC_PER_SEC);
	}
	cr_expect_eq(got, 0, "the stream is still there");
	cr_expect_arr_eq(last, "]}\n", 3);
	close(fd);
}

Test(control, client_that_waits_is_not_dropped)
{
	int fd = client_that_waits();

	pass(10 * CONTROL_CLIENT_TIMEOUT);
	cr_expect_eq(gone_count, 0);
	control_reply(waiting, json_pack("{s:i}", "late", 1));
	expect_reply(fd, "{\"late\":1}\n");
}

struct hunger {
	int fd;
	unsigned rounds;
	struct rlimit kept;
};

/* In its first round takes all descriptors away, and connects. */
static bool starve(void *context)
{
	struct hunger *hunger = context;
	struct rlimit none = {.rlim_max = hunger->kept.rlim_max};

	if (hunger->rounds == 400) {
		cr_assert_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
		connect_socket(hunger->fd);
	}
	return rounds_over(&hunger->rounds);
}

static char *log_of_hunger(struct hunger *hunger)
{
	struct log_file log = log_file_begin();

	run_until(starve, hunger);
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &hunger->kept), 0);
	return log_file_end(&log);
}

Test(control, no_descriptor_left)
{
	struct hunger hunger = {.fd = new_socket(), .rounds = 400};
	char *log;

	cr_assert_eq(getrlimit(RLIMIT_NOFILE, &hunger.kept), 0);
	log = log_of_hunger(&hunger);
	cr_expect(strstr(log, "accept: Too many open files"), "%s", log);
	cr_expect_eq(strchr(log, '\n'), log + strlen(log) - 1, "it spins on it: %s", log);
	free(log);
	say(hunger.fd, "{\"command\":\"real\"}\n", 19);
	pass(1 * USEC_PER_SEC);
	expect_reply(hunger.fd, "{\"real\":21.4}\n");
}
