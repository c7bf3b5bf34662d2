/* SPDX-License-Identifier: BSD-2-Clause */
/* A PIM neighbor that joins (or prunes) every source of a range in every group of a range. It sends
 * one Hello that never expires, then Join/Prune messages. Each message is as long as an MTU of
 * 1,500 allows, or as --length says (the kernel fragments it then), or has as many entries as
 * --entries says. The addresses decide whether it is PIM over IPv4 or IPv6. It receives nothing. */
#include "../clock.h"
#include "../pim.h"

#include <getopt.h>

#define PIM_MTU   1500
#define COUNT_MAX 1000000

static struct {
	unsigned interface;
	struct address upstream, source, group;
	unsigned sources, groups, entries, holdtime, rate, length;
	bool prune;
} settings = {.sources = 1,
	      .groups = 1,
	      .entries = COUNT_MAX,
	      .holdtime = 210,
	      .rate = 1000,
	      .length = PIM_MTU};

static const char usage[] =
	"usage: neighbor --interface IF --upstream ADDR --source FIRST --group FIRST\n"
	"                [--sources N] [--groups N] [--entries N] [--holdtime SECONDS]\n"
	"                [--rate MESSAGES] [--length BYTES] [--prune]\n";

static const struct option long_options[] = {
	{"interface", 1, 0, 'i'}, {"upstream", 1, 0, 'u'}, {"source", 1, 0, 's'},
	{"group", 1, 0, 'g'},     {"sources", 1, 0, 'S'},  {"groups", 1, 0, 'G'},
	{"holdtime", 1, 0, 'h'},  {"rate", 1, 0, 'r'},     {"prune", 0, 0, 'p'},
	{"entries", 1, 0, 'e'},   {"length", 1, 0, 'l'},   {0},
};

static void take_option(int option)
{
	switch (option) {
	case 'i':
		settings.interface = option_interface(optarg);
		break;
	case 'u':
		settings.upstream = option_address("upstream", optarg);
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
	case 'e':
		settings.entries = option_number("entries", optarg, 1, COUNT_MAX);
		break;
	case 'h':
		settings.holdtime = option_number("holdtime", optarg, 0, PIM_FOREVER);
		break;
	case 'r':
		settings.rate = option_number("rate", optarg, 1, 1000000);
		break;
	case 'l':
		settings.length = option_number("length", optarg, PIM_MTU, UINT16_MAX);
		break;
	case 'p':
		settings.prune = true;
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
	if (optind < argc || !settings.interface || !settings.upstream.family ||
	    settings.source.family != settings.upstream.family ||
	    settings.group.family != settings.upstream.family)
		fail(2, "%s", usage);
}

/* Messages */

static void transmit(int fd, uint8_t *message, size_t length)
{
	if (!pim_send(fd, settings.interface, settings.upstream.family, message, length))
		fail(1, "send: %s", strerror(errno));
}

static void say_hello(int fd)
{
	uint8_t message[] = {PIM_HELLO, 0, 0,    0,    0, PIM_HOLDTIME,
			     0,         2, 0xff, 0xff, 0, PIM_GENERATION,
			     0,         4, 0,    0,    0, 1};

	transmit(fd, message, sizeof(message));
}

/* Writes one group with as many sources from `first` on as there is room for; returns how many. */
static size_t put_group(uint8_t *b, size_t room, unsigned group, unsigned first, unsigned *count)
{
	struct address g = address_number(&settings.group, group);
	unsigned most = settings.sources - first;
	size_t at = pim_put_encoded(b, 0, &g), counts = at;

	if (most > settings.entries)
		most = settings.entries;
	at += 4;
	for (*count = 0; *count < most && at + PIM_ENCODED_MAX <= room; ++*count) {
		struct address s = address_number(&settings.source, first + *count);

		at += pim_put_encoded(b + at, PIM_SPARSE, &s);
	}
	put16(b + counts, settings.prune ? 0 : *count);
	put16(b + counts + 2, settings.prune ? *count : 0);
	return at;
}

static void keep_pace(int64_t start, unsigned sent)
{
	struct timespec due = clock_timespec(start + sent * NS_PER_S / settings.rate);

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
}

int main(int argc, char **argv)
{
	int64_t start = clock_ns();
	uint8_t message[UINT16_MAX];
	unsigned sent = 0, count;
	size_t room;
	int fd;

	settings_read(argc, argv);
	room = settings.length -
	       (settings.upstream.family == AF_INET ? sizeof(struct ip) : sizeof(struct ip6_hdr));
	fd = pim_open(settings.interface, settings.upstream.family);
	say_hello(fd);
	for (unsigned group = 0; group < settings.groups; group++) {
		for (unsigned first = 0; first < settings.sources; first += count) {
			size_t length = pim_begin_join_prune(message, &settings.upstream,
							     settings.holdtime);

			*pim_groups_at(message, &settings.upstream) = 1;
			length += put_group(message + length, room - length, group, first, &count);
			keep_pace(start, sent++);
			transmit(fd, message, length);
		}
	}
	printf("%u messages\n", sent);
	return 0;
}
