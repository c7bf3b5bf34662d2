/* SPDX-License-Identifier: BSD-2-Clause */
/* A PIM router of one family whose receivers come and go: it joins and leaves --rate channels a
 * second, of a range of sources and groups, so that --live of them are joined at a time, and keeps
 * the channels that its arguments name. It says Hello, refreshes its Joins, and joins all anew when
 * a Hello of its upstream neighbor has another Generation ID (RFC 7761 section 4.3.1). Its upstream
 * neighbor is whoever says Hello on the link.
 *
 * SIGUSR2: receivers come and go from now on. SIGUSR1: nothing changes again. SIGHUP: leaves all
 * but the named channels, then nothing changes. SIGTERM, SIGINT: goodbye, and the end. Each second,
 * and after each signal, it prints a line: joins and leaves so far, channels that are joined. */
#include "../clock.h"
#include "../pim.h"
#include "../signals.h"
#include "joins.h"

#include <getopt.h>
#include <poll.h>

#define HELLO_PERIOD   30
#define HELLO_HOLDTIME 105
#define REFRESH_PERIOD 60
#define TICKS_MAX      100 /* that are made up for after a pause */
#define COUNT_MAX      1000000

static struct {
	unsigned interface, sources, groups, rate, live;
	struct address source, group;
} settings = {.sources = 1, .groups = 1, .rate = 25, .live = 100};

/* The channels of the range are a ring; those from `left` to `joined` are joined. */
static uint64_t joined, left;
static bool moving;
static struct joins joins;
static uint32_t upstream_generation;
static bool upstream_known;

static const char usage[] =
	"usage: router --interface IF --source FIRST --group FIRST [--sources N]\n"
	"              [--groups N] [--rate N] [--live N] [S,G]...\n";

static const struct option long_options[] = {
	{"interface", 1, 0, 'i'}, {"source", 1, 0, 's'},
	{"group", 1, 0, 'g'},     {"sources", 1, 0, 'S'},
	{"groups", 1, 0, 'G'},    {"rate", 1, 0, 'r'},
	{"live", 1, 0, 'l'},      {0},
};

static void take_option(int option)
{
	switch (option) {
	case 'i':
		settings.interface = option_interface(optarg);
		break;
	case 's':
		settings.source = option_address("source", optarg);
		break;
	case 'g':
		settings.group = option_group("group", optarg);
		break;
	case 'S':
		settings.sources = option_number("sources", optarg, 1, COUNT_MAX);
		break;
	case 'G':
		settings.groups = option_number("groups", optarg, 1, COUNT_MAX);
		break;
	case 'r':
		settings.rate = option_number("rate", optarg, 1, 10000);
		break;
	case 'l':
		settings.live = option_number("live", optarg, 1, COUNT_MAX);
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
	if (!settings.interface || !settings.source.family ||
	    settings.group.family != settings.source.family ||
	    settings.live >= (uint64_t)settings.sources * settings.groups)
		fail(2, "%s", usage);
	joins_open(&joins, settings.interface, settings.source.family);
	for (; optind < argc; optind++)
		joins_keep(&joins, argv[optind]);
}

static struct channel channel_number(uint64_t n)
{
	uint32_t at = (uint32_t)(n % ((uint64_t)settings.sources * settings.groups));

	return (struct channel){address_number(&settings.source, at % settings.sources),
				address_number(&settings.group, at / settings.sources)};
}

static void report(void)
{
	printf("joins %llu leaves %llu live %llu\n", (unsigned long long)joined,
	       (unsigned long long)left, (unsigned long long)(joined - left));
}

static void join_next(void)
{
	struct channel c = channel_number(joined++);

	joins_add(&joins, &c, true);
}

static void leave_first(void)
{
	struct channel c = channel_number(left++);

	joins_add(&joins, &c, false);
}

static void tick(void)
{
	join_next();
	if (joined - left > settings.live)
		leave_first();
	joins_flush(&joins);
}

static void join_all(void)
{
	for (unsigned i = 0; i < joins.kept_count; i++)
		joins_add(&joins, &joins.kept[i], true);
	for (uint64_t n = left; n < joined; n++) {
		struct channel c = channel_number(n);

		joins_add(&joins, &c, true);
	}
	joins_flush(&joins);
}

static void leave_all(void)
{
	moving = false;
	while (left < joined)
		leave_first();
	joins_flush(&joins);
}

static void hear_hello(void)
{
	struct hello hello;

	if (!joins_hear(&joins, &hello))
		return;
	if (!hello.holdtime) {
		upstream_known = false;
		return;
	}
	if (upstream_known && address_equal(&joins.upstream, &hello.from) &&
	    upstream_generation == hello.generation)
		return;
	joins.upstream = hello.from;
	upstream_generation = hello.generation;
	upstream_known = true;
	joins_hello(&joins, HELLO_HOLDTIME);
	join_all();
}

/* Returns false at the end. */
static bool take_signal(int fd)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) != sizeof(info))
		return true;
	if (info.ssi_signo == SIGUSR1)
		moving = false;
	else if (info.ssi_signo == SIGUSR2)
		moving = true;
	else if (info.ssi_signo == SIGHUP)
		leave_all();
	else
		return false;
	report();
	return true;
}

static bool is_due(int64_t *due, int64_t now, int64_t period)
{
	if (now < *due)
		return false;
	*due = now + period;
	return true;
}

static void churn(int64_t now)
{
	static int64_t due;
	int64_t period = NS_PER_S / settings.rate;

	if (!moving || !upstream_known || now - due > TICKS_MAX * period)
		due = now;
	for (; moving && upstream_known && due <= now; due += period)
		tick();
}

static void run(int signals)
{
	struct pollfd fds[] = {{signals, POLLIN, 0}, {joins.fd, POLLIN, 0}};
	int64_t hello = 0, refresh = clock_ns() + REFRESH_PERIOD * NS_PER_S, told = 0;

	for (;;) {
		int64_t now = clock_ns();

		if (is_due(&hello, now, HELLO_PERIOD * NS_PER_S))
			joins_hello(&joins, HELLO_HOLDTIME);
		if (is_due(&refresh, now, REFRESH_PERIOD * NS_PER_S) && upstream_known)
			join_all();
		if (is_due(&told, now, NS_PER_S))
			report();
		churn(now);
		if (poll(fds, 2, 10) < 0)
			fail(1, "poll: %s", strerror(errno));
		if (fds[0].revents && !take_signal(signals))
			return;
		if (fds[1].revents)
			hear_hello();
	}
}

int main(int argc, char **argv)
{
	int signals;

	settings_read(argc, argv);
	setvbuf(stdout, NULL, _IOLBF, 0);
	signals = signals_open((const int[]){SIGUSR1, SIGUSR2, SIGHUP, SIGTERM, SIGINT, 0});
	run(signals);
	joins_hello(&joins, 0);
	return 0;
}
