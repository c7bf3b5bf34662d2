/* SPDX-License-Identifier: BSD-2-Clause */
/* A DNS server in trouble: a proxy that forwards all questions to a real server. Answers about some
 * names are late, and so out of order; questions about others are not answered the first time. A
 * hash decides which names these are, so that it is the same in each run. UDP only.
 *
 * SIGTERM and SIGINT end it; then it prints how many questions there were of each kind. */
#include "../clock.h"
#include "../ip.h"
#include "../options.h"
#include "../signals.h"

#include <ctype.h>
#include <getopt.h>
#include <poll.h>
#include <sys/queue.h>
#include <unistd.h>

#define HEADER      12
#define MESSAGE_MAX 4096
#define NAMES       (1u << 20) /* whose first question is remembered; hashes may collide */
#define QUESTIONS   (1u << 16) /* open at a time, each with an ID of ours */
#define ROUNDS      64         /* messages of one socket in a row */
#define LATE_MIN    (200 * NS_PER_MS)
#define LATE_MAX    (2000 * NS_PER_MS)
#define BUFFER_SIZE (8 << 20)

struct question {
	struct sockaddr_storage from;
	socklen_t from_length;
	uint16_t id;
	int64_t due; /* ns; the answer is not sent before */
};

struct answer {
	TAILQ_ENTRY(answer) next;
	const struct question *question;
	size_t length;
	uint8_t bytes[];
};

static struct {
	struct address listen, server;
	uint16_t server_port;
	unsigned late, never; /* percent */
} settings = {.server_port = 53};

static struct {
	unsigned long questions, late, dropped;
} counters;

static struct question questions[QUESTIONS];
static uint16_t last_id;
static int64_t first_asked[NAMES]; /* by hash; 0 means not yet */
/* Ordered: the first due is the first. */
static TAILQ_HEAD(answers, answer) held = TAILQ_HEAD_INITIALIZER(held);
static int clients, server;

static const char usage[] =
	"usage: slowdns --listen ADDR --server ADDR [--server-port N] [--late PERCENT]\n"
	"               [--never PERCENT]\n";

static const struct option long_options[] = {
	{"listen", 1, 0, 'l'}, {"server", 1, 0, 's'}, {"server-port", 1, 0, 'p'},
	{"late", 1, 0, 'L'},   {"never", 1, 0, 'n'},  {0},
};

static void take_option(int option)
{
	switch (option) {
	case 'l':
		settings.listen = option_address("listen", optarg);
		break;
	case 's':
		settings.server = option_address("server", optarg);
		break;
	case 'p':
		settings.server_port = option_number("server-port", optarg, 1, 65535);
		break;
	case 'L':
		settings.late = option_number("late", optarg, 0, 100);
		break;
	case 'n':
		settings.never = option_number("never", optarg, 0, 100);
		break;
	default:
		fputs(usage, stderr);
		exit(2);
	}
}

static void settings_read(int argc, char **argv)
{
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		take_option(option);
	if (optind < argc || !settings.listen.family || !settings.server.family)
		fail(2, "%s", usage);
}

static int open_socket(const struct address *at, uint16_t port, bool is_ours)
{
	int fd = socket(at->family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_storage to;
	socklen_t length = address_socket(at, port, &to);
	int size = BUFFER_SIZE;

	if (fd < 0)
		fail(1, "UDP socket: %s", strerror(errno));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (is_ours ? bind(fd, (void *)&to, length) : connect(fd, (void *)&to, length))
		fail(1, "port %u of %s: %s", port, address_text(at), strerror(errno));
	return fd;
}

/* FNV-1a of the name, without regard to case; its bits are mixed, because the lowest are used. */
static uint32_t hash_name(const uint8_t *b, size_t length)
{
	uint32_t hash = 2166136261u;

	for (size_t at = HEADER; at < length && b[at]; at++)
		hash = (hash ^ (uint32_t)tolower(b[at])) * 16777619u;
	hash = (hash ^ hash >> 16) * 0x7feb352du;
	return hash ^ hash >> 15;
}

/* When the answer may be sent: 0 means at once, -1 never. */
static int64_t fate(uint32_t hash, int64_t now)
{
	unsigned hundredth = hash % 100;
	int64_t *first = &first_asked[hash / 100 % NAMES], since = *first;

	if (!since)
		*first = now;
	if (hundredth < settings.never && !since) {
		counters.dropped++;
		return -1;
	}
	if (hundredth < settings.never || hundredth >= settings.never + settings.late)
		return 0;
	counters.late++;
	return *first + LATE_MIN + hash % (LATE_MAX - LATE_MIN);
}

static void take_question(int64_t now)
{
	struct question *q = &questions[++last_id];
	uint8_t bytes[MESSAGE_MAX];
	ssize_t length;

	q->from_length = sizeof(q->from);
	length = recvfrom(clients, bytes, sizeof(bytes), 0, (void *)&q->from, &q->from_length);
	if (length < HEADER)
		return;
	counters.questions++;
	q->id = get16(bytes);
	q->due = fate(hash_name(bytes, (size_t)length), now);
	put16(bytes, last_id);
	if (q->due >= 0 && send(server, bytes, (size_t)length, 0) < 0)
		fprintf(stderr, "slowdns: question: %s\n", strerror(errno));
}

static void hand_back(const struct question *q, uint8_t *bytes, size_t length)
{
	put16(bytes, q->id);
	sendto(clients, bytes, length, 0, (const void *)&q->from, q->from_length);
}

static void hold(const struct question *q, const uint8_t *bytes, size_t length)
{
	struct answer *answer = malloc(sizeof(*answer) + length), *before;

	if (!answer)
		fail(1, "no memory for an answer");
	answer->question = q;
	answer->length = length;
	memcpy(answer->bytes, bytes, length);
	TAILQ_FOREACH_REVERSE(before, &held, answers, next)
	if (before->question->due <= q->due)
		break;
	if (before)
		TAILQ_INSERT_AFTER(&held, before, answer, next);
	else
		TAILQ_INSERT_HEAD(&held, answer, next);
}

static void take_answer(int64_t now)
{
	uint8_t bytes[MESSAGE_MAX];
	ssize_t length = recv(server, bytes, sizeof(bytes), 0);
	const struct question *q;

	if (length < HEADER)
		return;
	q = &questions[get16(bytes)];
	if (q->due > now)
		hold(q, bytes, (size_t)length);
	else
		hand_back(q, bytes, (size_t)length);
}

static void let_go(int64_t now)
{
	struct answer *answer;

	while ((answer = TAILQ_FIRST(&held)) && answer->question->due <= now) {
		hand_back(answer->question, answer->bytes, answer->length);
		TAILQ_REMOVE(&held, answer, next);
		free(answer);
	}
}

static void run(int signals)
{
	struct pollfd fds[] = {{clients, POLLIN, 0}, {server, POLLIN, 0}, {signals, POLLIN, 0}};
	int64_t now = clock_ns();

	while (!fds[2].revents) {
		const struct answer *first = TAILQ_FIRST(&held);
		int64_t wait = first ? first->question->due - now : NS_PER_S;
		struct timespec timeout = clock_timespec(wait > 0 ? wait : 0);

		if (ppoll(fds, 3, &timeout, NULL) < 0)
			fail(1, "poll: %s", strerror(errno));
		now = clock_ns();
		for (int i = 0; i < ROUNDS && fds[0].revents; i++)
			take_question(now);
		for (int i = 0; i < ROUNDS && fds[1].revents; i++)
			take_answer(now);
		let_go(now);
	}
}

int main(int argc, char **argv)
{
	int signals;

	settings_read(argc, argv);
	signals = signals_open((const int[]){SIGTERM, SIGINT, 0});
	server = open_socket(&settings.server, settings.server_port, false);
	clients = open_socket(&settings.listen, 53, true);
	run(signals);
	printf("questions=%lu late=%lu dropped=%lu\n", counters.questions, counters.late,
	       counters.dropped);
	return 0;
}
