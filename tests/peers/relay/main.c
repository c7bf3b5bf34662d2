/* SPDX-License-Identifier: BSD-2-Clause */
/* An AMT relay (RFC 7450 section 5.3) for tests, in one process.
 *
 * Outer headers are IPv4 and IPv6; inside are IGMPv3 and MLDv2. Left out: any-source groups
 * (records and versions other than those of source-specific multicast are ignored and counted) and
 * ICMP errors to sources. An endpoint is (gateway address, port, relay address); each subscription
 * has its own timeout.
 *
 * SIGUSR1 prints a table, SIGHUP reads --manners again, SIGTERM and SIGINT end it. */
#include "../clock.h"
#include "../options.h"
#include "../signals.h"
#include "answers.h"
#include "control.h"
#include "endpoints.h"
#include "manners.h"
#include "membership.h"
#include "own_data.h"
#include "relay.h"
#include "secret.h"
#include "upstream.h"

#include <getopt.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#define TICK_MS      100
#define MESSAGE_MAX  65536
#define ROUNDS       16 /* messages of one socket in a row */
#define QQI_MAX      31744
#define PATH_MTU_MIN 576

struct settings settings = {.query_interval = 125,
			    .robustness = 2,
			    .secret_lifetime = 7200,
			    .channels = CHANNELS_MAX,
			    .feed_size = 1316};
struct counters counters;

static const char usage[] =
	"usage: relay --interface IF [--address ADDR]... [--advertise ADDR]... [--qqic SECONDS]\n"
	"             [--qrv N] [--no-gateway-address] [--no-upstream] [--path-mtu BYTES]\n"
	"             [--secret-lifetime SECONDS] [--unreachable N] [--manners FILE] [--quiet]\n"
	"             [--greet] [--feed PPS] [--size BYTES] [--channels N]\n";

enum {
	OPTION_PATH_MTU = 256,
	OPTION_SECRET,
	OPTION_UNREACHABLE,
	OPTION_MANNERS,
	OPTION_CHANNELS,
	OPTION_FEED,
	OPTION_SIZE
};

static const struct option long_options[] = {
	{"interface", 1, 0, 'i'},
	{"address", 1, 0, 'a'},
	{"advertise", 1, 0, 'A'},
	{"qqic", 1, 0, 'q'},
	{"qrv", 1, 0, 'r'},
	{"no-gateway-address", 0, 0, 'g'},
	{"no-upstream", 0, 0, 'u'},
	{"path-mtu", 1, 0, OPTION_PATH_MTU},
	{"secret-lifetime", 1, 0, OPTION_SECRET},
	{"unreachable", 1, 0, OPTION_UNREACHABLE},
	{"manners", 1, 0, OPTION_MANNERS},
	{"channels", 1, 0, OPTION_CHANNELS},
	{"feed", 1, 0, OPTION_FEED},
	{"size", 1, 0, OPTION_SIZE},
	{"greet", 0, 0, 'G'},
	{"quiet", 0, 0, 'Q'},
	{"help", 0, 0, 'h'},
	{0},
};

static void take_listen(const char *text)
{
	if (settings.listen_count == ADDRESSES_MAX)
		fail(2, "--address '%s': more than %d addresses", text, ADDRESSES_MAX);
	settings.listen[settings.listen_count++] = option_address("address", text);
}

static void take_advertise(const char *text)
{
	struct address a = option_address("advertise", text);

	settings.advertise[a.family == AF_INET6] = a;
}

static void take_value(int option, const char *text)
{
	switch (option) {
	case 'i':
		settings.interface = option_interface(text);
		break;
	case 'a':
		take_listen(text);
		break;
	case 'A':
		take_advertise(text);
		break;
	case 'q':
		settings.query_interval =
			interval_seconds(interval_code(option_number("qqic", text, 1, QQI_MAX)));
		break;
	case 'r':
		settings.robustness = option_number("qrv", text, 1, 7);
		break;
	case OPTION_PATH_MTU:
		settings.path_mtu = option_number("path-mtu", text, PATH_MTU_MIN, 65535);
		break;
	case OPTION_SECRET:
		settings.secret_lifetime = option_number("secret-lifetime", text, 1, 7200);
		break;
	case OPTION_UNREACHABLE:
		settings.unreachable = option_number("unreachable", text, 1, 1000000);
		break;
	case OPTION_MANNERS:
		manners_start(text);
		break;
	case OPTION_FEED:
		settings.feed = option_number("feed", text, 1, 1000000);
		break;
	case OPTION_SIZE:
		settings.feed_size = option_number("size", text, 32, 1472);
		break;
	case OPTION_CHANNELS:
		settings.channels = option_number("channels", text, 1, 1000000);
		break;
	}
}

static void take_option(int option)
{
	switch (option) {
	case 'g':
		settings.no_gateway_address = true;
		break;
	case 'u':
		settings.no_upstream = true;
		break;
	case 'G':
		settings.greet = true;
		break;
	case 'Q':
		settings.quiet = true;
		break;
	case 'h':
		fputs(usage, stdout);
		exit(0);
	case '?':
		fputs(usage, stderr);
		exit(2);
	default:
		take_value(option, optarg);
	}
}

static void settings_read(int argc, char **argv)
{
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		take_option(option);
	if (optind < argc)
		fail(2, "'%s': no argument is expected here", argv[optind]);
	if (!settings.interface)
		fail(2, "--interface is needed: where the sources are");
}

static void print_table(void)
{
	const struct counters *c = &counters;

	endpoints_print(clock_ns());
	report("counters: discoveries %lu, requests %lu, updates %lu, teardowns %lu, refused %lu, "
	       "records ignored %lu",
	       c->discoveries, c->requests, c->updates, c->teardowns, c->refused,
	       c->records_ignored);
	report("data: in %lu, out %lu, dropped: bad header %lu, TTL %lu, MTU %lu, send %lu",
	       c->data_in, c->data_out, c->drop_header, c->drop_ttl, c->drop_mtu, c->drop_send);
	upstream_print();
}

/* Returns false when the relay is told to end. */
static bool take_signal(int fd)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) != sizeof(info))
		return true;
	if (info.ssi_signo == SIGUSR1) {
		print_table();
		return true;
	}
	if (info.ssi_signo == SIGHUP) {
		manners_again();
		return true;
	}
	return false;
}

static void take_messages(unsigned index, int64_t now)
{
	static uint8_t bytes[MESSAGE_MAX];
	struct path path;
	ssize_t length;

	for (int i = 0; i < ROUNDS; i++) {
		length = listener_receive(index, bytes, sizeof(bytes), &path);
		if (length < 0)
			return;
		control_message(&path, bytes, (size_t)length, now);
	}
}

static void take_data(int fd, int64_t now)
{
	for (int i = 0; i < ROUNDS && upstream_receive(fd, now); i++)
		;
}

/* Descriptors in order: signals, source side, AMT sockets. */
static void run(int signals, const int upstream[UPSTREAM_FDS], unsigned listeners)
{
	struct pollfd fds[1 + UPSTREAM_FDS + ADDRESSES_MAX] = {{signals, POLLIN, 0}};
	struct pollfd *data = fds + 1, *amt = data + UPSTREAM_FDS;
	int64_t ticked = 0;

	for (int i = 0; i < UPSTREAM_FDS; i++)
		data[i] = (struct pollfd){.fd = upstream[i], .events = POLLIN};
	for (unsigned i = 0; i < listeners; i++)
		amt[i] = (struct pollfd){.fd = listener_fd(i), .events = POLLIN};
	for (;;) {
		int64_t now;

		if (poll(fds, 1 + UPSTREAM_FDS + listeners, own_data_wait(answers_wait(TICK_MS))) <
		    0)
			fail(1, "poll: %s", strerror(errno));
		now = clock_ns();
		if (fds[0].revents && !take_signal(signals))
			return;
		for (unsigned i = 0; i < listeners; i++) {
			if (amt[i].revents & POLLERR)
				listener_errors(i);
			if (amt[i].revents)
				take_messages(i, now);
		}
		for (int i = 0; i < UPSTREAM_FDS; i++)
			if (data[i].revents)
				take_data(upstream[i], now);
		answers_send_due(now);
		own_data_send_due(now);
		if (now - ticked < TICK_MS * NS_PER_MS)
			continue;
		ticked = now;
		control_send_due(now);
		secret_rotate(now);
		endpoints_expire(now);
	}
}

int main(int argc, char **argv)
{
	struct rlimit files = {65536, 65536};
	int upstream[UPSTREAM_FDS], signals;
	unsigned listeners;

	settings_read(argc, argv);
	setvbuf(stdout, NULL, _IOLBF, 0);
	setrlimit(RLIMIT_NOFILE, &files); /* each channel holds a socket */
	signal(SIGPIPE, SIG_IGN);
	signals = signals_open((const int[]){SIGTERM, SIGINT, SIGUSR1, SIGHUP, 0});
	secret_start();
	upstream_open(upstream);
	listeners = listeners_open();
	run(signals, upstream, listeners);
	print_table();
	endpoints_clear();
	return 0;
}
