/* SPDX-License-Identifier: BSD-2-Clause */
/* An ordinary receiver of one channel. It counts the packets that come and those that are missing.
 * It may join further sources of the group, which makes its host's reports long. With --plain it
 * does not look at frames and their checksums beside its socket, which costs time. */
#include "../clock.h"
#include "../options.h"
#include "../payload.h"
#include "tally.h"
#include "wire.h"

#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define TIMEOUT_DEFAULT 30
#define NEVER           INT64_MAX

struct settings {
	unsigned interface;
	struct address group, source;
	uint16_t port;
	uint64_t count, seconds, last, timeout, sources;
	bool has_last, from_now, json, plain;
};

struct receiver {
	struct settings settings;
	int fd, signals;
	FILE *progress;
	struct wire wire;
	struct tally tally;
	uint64_t bad_payload;
	int64_t joined, first, latest; /* ns; `first` is 0 until the first packet */
	int64_t gap;                   /* ns; the longest time from one packet to the next */
	bool stopped;
};

static const char usage[] =
	"usage: receiver --interface IF --group G --source S [--port 5001] [--timeout SECONDS]\n"
	"                [--count N] [--seconds N] [--last SEQUENCE] [--from-now] [--json]\n"
	"                [--sources N] [--plain]\n";

static const struct option long_options[] = {
	{"interface", 1, 0, 'i'}, {"group", 1, 0, 'g'},
	{"source", 1, 0, 's'},    {"port", 1, 0, 'p'},
	{"count", 1, 0, 'c'},     {"seconds", 1, 0, 'S'},
	{"last", 1, 0, 'l'},      {"timeout", 1, 0, 't'},
	{"from-now", 0, 0, 'n'},  {"json", 0, 0, 'j'},
	{"plain", 0, 0, 'P'},     {"help", 0, 0, 'h'},
	{"sources", 1, 0, 'N'},   {0},
};

static void take_option(struct settings *s, int option)
{
	switch (option) {
	case 'i':
		s->interface = option_interface(optarg);
		break;
	case 'g':
		s->group = option_group("group", optarg);
		break;
	case 's':
		s->source = option_address("source", optarg);
		break;
	case 'p':
		s->port = option_number("port", optarg, 1, 65535);
		break;
	case 'c':
		s->count = option_number("count", optarg, 1, UINT32_MAX);
		break;
	case 'S':
		s->seconds = option_number("seconds", optarg, 1, 86400);
		break;
	case 'l':
		s->last = option_number("last", optarg, 0, TALLY_SEQUENCE_MAX - 1);
		s->has_last = true;
		break;
	case 't':
		s->timeout = option_number("timeout", optarg, 1, 86400);
		break;
	case 'n':
		s->from_now = true;
		break;
	case 'j':
		s->json = true;
		break;
	case 'P':
		s->plain = true;
		break;
	case 'N':
		s->sources = option_number("sources", optarg, 1, 1000);
		break;
	case 'h':
		fputs(usage, stdout);
		exit(0);
	default:
		fputs(usage, stderr);
		exit(2);
	}
}

static struct settings settings_read(int argc, char **argv)
{
	struct settings s = {.port = 5001, .sources = 1};
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		take_option(&s, option);
	if (optind < argc)
		fail(2, "'%s': no argument is expected here", argv[optind]);
	if (!s.interface || !s.group.family || !s.source.family)
		fail(2, "--interface, --group and --source are needed");
	if (s.group.family != s.source.family)
		fail(2, "--source and --group are of different families");
	if (!s.timeout && !s.seconds)
		s.timeout = TIMEOUT_DEFAULT;
	return s;
}

/* Linux gives a socket what *others* on the machine have joined, unless MULTICAST_ALL is off. */
static void receiver_join(struct receiver *r)
{
	const struct settings *s = &r->settings;
	int level = s->group.family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6, off = 0;
	int all = s->group.family == AF_INET ? IP_MULTICAST_ALL : IPV6_MULTICAST_ALL;
	struct group_source_req wanted = {.gsr_interface = s->interface};

	if (setsockopt(r->fd, level, all, &off, sizeof(off)))
		fail(1, "MULTICAST_ALL: %s", strerror(errno));
	address_socket(&s->group, 0, &wanted.gsr_group);
	for (unsigned i = 0; i < s->sources; i++) {
		struct address source = address_number(&s->source, i);

		address_socket(&source, 0, &wanted.gsr_source);
		if (setsockopt(r->fd, level, MCAST_JOIN_SOURCE_GROUP, &wanted, sizeof(wanted)))
			fail(1, "join (%s, %s): %s", address_text(&source), address_text(&s->group),
			     strerror(errno));
	}
	r->joined = r->latest = clock_ns();
	fprintf(r->progress, "joined\n");
}

static void receiver_open(struct receiver *r)
{
	const struct settings *s = &r->settings;
	struct sockaddr_storage at;
	socklen_t length = address_socket(&s->group, s->port, &at);
	int yes = 1, size = 32 << 20;

	r->fd = socket(s->group.family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (r->fd < 0)
		fail(1, "UDP socket: %s", strerror(errno));
	setsockopt(r->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	setsockopt(r->fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (bind(r->fd, (void *)&at, length))
		fail(1, "port %u of %s: %s", s->port, address_text(&s->group), strerror(errno));
	r->wire = (struct wire){.group = s->group, .source = s->source, .port = s->port};
	if (s->plain)
		r->wire.fd = -1;
	else
		wire_open(&r->wire, s->interface);
}

static void receiver_signals(struct receiver *r)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	r->signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (r->signals < 0)
		fail(1, "signalfd: %s", strerror(errno));
}

static void receiver_packet(struct receiver *r, const uint8_t *bytes, size_t length)
{
	int64_t now = clock_ns();
	struct payload p;

	if (r->first && now - r->latest > r->gap)
		r->gap = now - r->latest;
	r->latest = now;
	if (!payload_read(bytes, length, &p)) {
		r->bad_payload++;
		return;
	}
	if (r->settings.from_now && (int64_t)p.sent_ns < r->joined)
		return;
	if (!tally_add(&r->tally, p.sequence)) {
		r->bad_payload++;
		return;
	}
	if (!r->first) {
		r->first = r->latest;
		fprintf(r->progress, "first packet after %.1f ms (sequence %llu)\n",
			(double)(r->first - r->joined) / NS_PER_MS, (unsigned long long)p.sequence);
	}
}

static bool receiver_done(const struct receiver *r)
{
	const struct settings *s = &r->settings;
	const struct tally *t = &r->tally;

	return r->stopped || (s->count && t->received >= s->count) ||
	       (s->has_last && t->received && t->last >= s->last);
}

static void receiver_drain(struct receiver *r)
{
	static uint8_t bytes[65536];
	ssize_t length;

	while (!receiver_done(r) && (length = recv(r->fd, bytes, sizeof(bytes), 0)) >= 0)
		receiver_packet(r, bytes, (size_t)length);
}

static int64_t receiver_deadline(const struct receiver *r)
{
	const struct settings *s = &r->settings;
	int64_t end = s->seconds ? r->joined + (int64_t)s->seconds * NS_PER_S : NEVER;
	int64_t silent = s->timeout ? r->latest + (int64_t)s->timeout * NS_PER_S : NEVER;

	return end < silent ? end : silent;
}

static void receiver_run(struct receiver *r)
{
	struct pollfd fds[] = {
		{r->fd, POLLIN, 0}, {r->wire.fd, POLLIN, 0}, {r->signals, POLLIN, 0}};

	while (!receiver_done(r)) {
		int64_t left = receiver_deadline(r) - clock_ns();
		struct timespec wait = clock_timespec(left);

		if (left <= 0)
			return;
		if (ppoll(fds, 3, &wait, NULL) < 0)
			fail(1, "poll: %s", strerror(errno));
		r->stopped = fds[2].revents;
		wire_drain(&r->wire);
		receiver_drain(r);
	}
}

/* One line, as text or JSON; -1 (null in JSON) if no packet came. */
static void receiver_summary(const struct receiver *r, uint64_t missing, uint64_t bad_payload)
{
	static const char *const formats[] = {
		"received=%llu first=%s last=%s missing=%llu duplicates=%llu reordered=%llu "
		"bad_payload=%llu bad_checksums=%llu first_ms=%s wire=%llu gap_ms=%.1f\n",
		"{\"received\": %llu, \"first\": %s, \"last\": %s, \"missing\": %llu, "
		"\"duplicates\": %llu, \"reordered\": %llu, \"bad_payload\": %llu, "
		"\"bad_checksums\": %llu, \"first_ms\": %s, \"wire\": %llu, "
		"\"gap_ms\": %.1f}\n"};
	const struct tally *t = &r->tally;
	const char *none = r->settings.json ? "null" : "-1";
	char first[24], last[24], first_ms[32];

	snprintf(first, sizeof(first), "%llu", (unsigned long long)t->first);
	snprintf(last, sizeof(last), "%llu", (unsigned long long)t->last);
	snprintf(first_ms, sizeof(first_ms), "%.1f", (double)(r->first - r->joined) / NS_PER_MS);
	printf(formats[r->settings.json], (unsigned long long)t->received,
	       t->received ? first : none, t->received ? last : none, (unsigned long long)missing,
	       (unsigned long long)t->duplicates, (unsigned long long)t->reordered,
	       (unsigned long long)bad_payload, (unsigned long long)r->wire.bad_checksums,
	       t->received ? first_ms : none, (unsigned long long)r->wire.packets,
	       (double)r->gap / NS_PER_MS);
}

int main(int argc, char **argv)
{
	struct receiver r = {.settings = settings_read(argc, argv)};
	uint64_t missing, bad_payload;

	setvbuf(stdout, NULL, _IOLBF, 0);
	r.progress = r.settings.json ? stderr : stdout;
	receiver_signals(&r);
	receiver_open(&r);
	receiver_join(&r);
	receiver_run(&r);
	wire_drain(&r.wire);
	missing = tally_missing(&r.tally, r.settings.has_last ? r.settings.last : 0);
	bad_payload = r.bad_payload + r.wire.trailing;
	receiver_summary(&r, missing, bad_payload);
	free(r.tally.seen);
	return !r.tally.received || missing || r.tally.duplicates || bad_payload ||
	       r.wire.bad_checksums;
}
