/* SPDX-License-Identifier: BSD-2-Clause */
/* A multicast source: sends numbered UDP packets at an even pace from an ordinary UDP socket. It
 * ends after --count packets or --seconds, whichever comes first, or on SIGTERM or SIGINT. The
 * kernel sets DF on packets that fit the link; --no-df clears it, so that routers on the way may
 * fragment. --omit leaves packets out, as if they were lost. --groups sends to several groups in
 * turn; --rate and --count are those of all together. */
#include "../clock.h"
#include "../options.h"
#include "../payload.h"

#include <getopt.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

/* After a pause the source catches up at once with this many packets, or with those of 2 ms. If it
 * is later than that, the schedule moves, so that no queue on the way overflows. */
#define BURST_PACKETS  8
#define GROUPS_MAX     1024
#define BURST_FRACTION 500

struct settings {
	unsigned interface;
	struct address group, source;
	uint16_t port;
	uint64_t rate, count, seconds;
	size_t size;
	int ttl;
	bool may_fragment;
	unsigned groups; /* from `group` on, in turn; each has sequence numbers of its own */
	uint64_t omit, omit_end; /* packets omit to omit_end - 1 are not sent */
};

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	stopped = signal;
}

static const char usage[] =
	"usage: source --interface IF --group G --rate PPS (--count N | --seconds N) --size BYTES\n"
	"              [--port 5001] [--ttl 16] [--source ADDR] [--no-df]\n"
	"              [--omit FROM-TO] [--groups N]\n";

enum { OPTION_SOURCE = 256, OPTION_NO_DF, OPTION_OMIT, OPTION_GROUPS };

static const struct option long_options[] = {
	{"interface", 1, 0, 'i'},
	{"group", 1, 0, 'g'},
	{"port", 1, 0, 'p'},
	{"rate", 1, 0, 'r'},
	{"count", 1, 0, 'c'},
	{"seconds", 1, 0, 's'},
	{"size", 1, 0, 'b'},
	{"ttl", 1, 0, 't'},
	{"source", 1, 0, OPTION_SOURCE},
	{"no-df", 0, 0, OPTION_NO_DF},
	{"help", 0, 0, 'h'},
	{"omit", 1, 0, OPTION_OMIT},
	{"groups", 1, 0, OPTION_GROUPS},
	{0},
};

static void take_omit(struct settings *s, const char *text)
{
	unsigned long long from, to;

	if (sscanf(text, "%llu-%llu", &from, &to) != 2 || to < from)
		fail(2, "--omit wants FROM-TO, not %s", text);
	s->omit = from;
	s->omit_end = to + 1;
}

static void take_option(struct settings *s, int option)
{
	switch (option) {
	case 'i':
		s->interface = option_interface(optarg);
		break;
	case 'g':
		s->group = option_group("group", optarg);
		break;
	case 'p':
		s->port = option_number("port", optarg, 1, 65535);
		break;
	case 'r':
		s->rate = option_number("rate", optarg, 1, 1000000);
		break;
	case 'c':
		s->count = option_number("count", optarg, 1, UINT32_MAX);
		break;
	case 's':
		s->seconds = option_number("seconds", optarg, 1, 86400);
		break;
	case 'b':
		s->size = option_number("size", optarg, PAYLOAD_HEADER, PAYLOAD_MAX);
		break;
	case 't':
		s->ttl = option_number("ttl", optarg, 0, 255);
		break;
	case OPTION_SOURCE:
		s->source = option_address("source", optarg);
		break;
	case OPTION_OMIT:
		take_omit(s, optarg);
		break;
	case OPTION_GROUPS:
		s->groups = (unsigned)option_number("groups", optarg, 1, GROUPS_MAX);
		break;
	case OPTION_NO_DF:
		s->may_fragment = true;
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
	struct settings s = {.port = 5001, .ttl = 16, .groups = 1};
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		take_option(&s, option);
	if (optind < argc)
		fail(2, "'%s': no argument is expected here", argv[optind]);
	if (!s.interface || !s.group.family || !s.rate || !s.size)
		fail(2, "--interface, --group, --rate and --size are needed");
	if (!s.count && !s.seconds)
		fail(2, "--count or --seconds is needed: nothing here sends for ever");
	if (s.source.family && s.source.family != s.group.family)
		fail(2, "--source and --group are of different families");
	if (!s.count || (s.seconds && s.rate * s.seconds < s.count))
		s.count = s.rate * s.seconds;
	return s;
}

static void set_option(int fd, int level, int option, const void *value, socklen_t length,
		       const char *what)
{
	if (setsockopt(fd, level, option, value, length))
		fail(1, "%s: %s", what, strerror(errno));
}

static void set_multicast4(int fd, const struct settings *s)
{
	struct ip_mreqn on = {.imr_ifindex = (int)s->interface};
	int dont = IP_PMTUDISC_DONT, off = 0;

	set_option(fd, IPPROTO_IP, IP_MULTICAST_IF, &on, sizeof(on), "multicast interface");
	set_option(fd, IPPROTO_IP, IP_MULTICAST_TTL, &s->ttl, sizeof(s->ttl), "TTL");
	set_option(fd, IPPROTO_IP, IP_MULTICAST_LOOP, &off, sizeof(off), "multicast loop");
	if (s->may_fragment)
		set_option(fd, IPPROTO_IP, IP_MTU_DISCOVER, &dont, sizeof(dont), "DF bit");
}

static void set_multicast6(int fd, const struct settings *s)
{
	int on = (int)s->interface, off = 0;

	set_option(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &on, sizeof(on), "multicast interface");
	set_option(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &s->ttl, sizeof(s->ttl), "hop limit");
	set_option(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, &off, sizeof(off), "multicast loop");
}

static int open_socket(const struct settings *s)
{
	int fd = socket(s->group.family, SOCK_DGRAM | SOCK_CLOEXEC, 0), size = 8 << 20;
	struct sockaddr_storage to;
	socklen_t length;

	if (fd < 0)
		fail(1, "UDP socket: %s", strerror(errno));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	if (s->group.family == AF_INET)
		set_multicast4(fd, s);
	else
		set_multicast6(fd, s);
	if (s->source.family) {
		length = address_socket(&s->source, 0, &to);
		if (bind(fd, (void *)&to, length))
			fail(1, "source %s: %s", address_text(&s->source), strerror(errno));
	}
	return fd;
}

/* A full queue is no error: the packet is sent a little later. Returns false if the source is told
 * to stop first. */
static bool send_packet(int fd, const struct settings *s, uint64_t number, const uint8_t *bytes)
{
	struct address group = address_number(&s->group, (uint32_t)(number % s->groups));
	struct sockaddr_storage to;
	socklen_t length = address_socket(&group, s->port, &to);

	while (sendto(fd, bytes, s->size, 0, (void *)&to, length) < 0) {
		if (errno == ENOBUFS)
			usleep(1000);
		else if (errno != EINTR)
			fail(1, "group %s: %s", address_text(&group), strerror(errno));
		if (stopped)
			return false;
	}
	return true;
}

static uint64_t send_paced(int fd, const struct settings *s)
{
	static uint8_t bytes[PAYLOAD_MAX];
	uint64_t burst = s->rate / BURST_FRACTION;
	int64_t period = NS_PER_S / (int64_t)s->rate, due = clock_ns(), late;
	struct payload p = {0};
	uint64_t number = 0;

	if (burst < BURST_PACKETS)
		burst = BURST_PACKETS;
	for (; number < s->count && !stopped; number++, due += period) {
		struct timespec until = clock_timespec(due);

		if (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) && stopped)
			break;
		p.sequence = number / s->groups;
		p.sent_ns = (uint64_t)clock_ns();
		payload_write(bytes, s->size, &p);
		if (p.sequence >= s->omit && p.sequence < s->omit_end)
			continue;
		if (!send_packet(fd, s, number, bytes))
			break;
		late = (int64_t)p.sent_ns - due - (int64_t)burst * period;
		if (late > 0)
			due += late;
	}
	return number;
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = stop};
	struct settings s = settings_read(argc, argv);
	int fd;

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	prctl(PR_SET_TIMERSLACK, 1000UL);
	fd = open_socket(&s);
	printf("sent %llu\n", (unsigned long long)send_paced(fd, &s));
	return 0;
}
