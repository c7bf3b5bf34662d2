/* SPDX-License-Identifier: BSD-2-Clause */
/* A PIM neighbor that joins (or prunes) every source of a range in every group of a range. It sends
 * one Hello that never expires, then Join/Prune messages. Each message is as long as an MTU of
 * 1,500 allows, or as --length says (the kernel fragments it then), or has as many entries as
 * --entries says. The addresses decide whether it is PIM over IPv4 or IPv6. It receives nothing. */
#include "../clock.h"
#include "../ip.h"
#include "../options.h"

#include <getopt.h>
#include <unistd.h>

#define PIM         103
#define PIM_MTU     1500
#define HELLO       0x20
#define JOIN_PRUNE  0x23
#define SPARSE      0x04 /* the S flag, RFC 7761 section 4.9.1 */
#define FOREVER     0xffff
#define HEADER      4
#define ADDRESS_MAX 20 /* an encoded address */
#define COUNT_MAX   1000000

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
		settings.holdtime = option_number("holdtime", optarg, 0, FOREVER);
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

/* The socket sends to ALL-PIM-ROUTERS; the kernel makes the IP header. */

static void set_option(int fd, int level, int option, const void *value, socklen_t size)
{
	if (setsockopt(fd, level, option, value, size))
		fail(1, "socket option: %s", strerror(errno));
}

static int open_ipv4(void)
{
	struct ip_mreqn via = {.imr_ifindex = (int)settings.interface};
	int fd = socket(AF_INET, SOCK_RAW, PIM);

	if (fd < 0)
		fail(1, "raw socket: %s", strerror(errno));
	set_option(fd, IPPROTO_IP, IP_MULTICAST_IF, &via, sizeof(via));
	set_option(fd, IPPROTO_IP, IP_TOS, &(int){0xc0}, sizeof(int));
	return fd;
}

static int open_ipv6(void)
{
	int fd = socket(AF_INET6, SOCK_RAW, PIM);

	if (fd < 0)
		fail(1, "raw socket: %s", strerror(errno));
	set_option(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &settings.interface, sizeof(unsigned));
	set_option(fd, IPPROTO_IPV6, IPV6_CHECKSUM, &(int){2}, sizeof(int));
	return fd;
}

static int open_socket(void)
{
	bool v4 = settings.upstream.family == AF_INET;
	struct address routers;
	struct sockaddr_storage to;
	socklen_t length;
	int fd = v4 ? open_ipv4() : open_ipv6();

	address_parse(v4 ? "224.0.0.13" : "ff02::d", &routers);
	length = address_socket(&routers, 0, &to);
	if (!v4)
		((struct sockaddr_in6 *)&to)->sin6_scope_id = settings.interface;
	if (connect(fd, (struct sockaddr *)&to, length))
		fail(1, "connect: %s", strerror(errno));
	return fd;
}

static void transmit(int fd, uint8_t *message, size_t length)
{
	message[1] = 0;
	put16(message + 2, 0);
	put16(message + 2,
	      sum_finish(sum_add(0, message, length))); /* over IPv6 the kernel replaces it */
	if (write(fd, message, length) < 0)
		fail(1, "send: %s", strerror(errno));
}

/* Messages */

static void say_hello(int fd)
{
	uint8_t message[] = {HELLO, 0, 0, 0, 0, 1, 0, 2, 0xff, 0xff, 0, 20, 0, 4, 0, 0, 0, 1};

	transmit(fd, message, sizeof(message));
}

static uint8_t pim_family(void)
{
	return settings.upstream.family == AF_INET ? 1 : 2;
}

static size_t put_address(uint8_t *b, const struct address *a)
{
	memcpy(b, a->bytes, address_length(a->family));
	return address_length(a->family);
}

/* Encoded group and source addresses: family, encoding, flags, mask length, address. */
static size_t put_encoded(uint8_t *b, uint8_t flags, const struct address *a)
{
	b[0] = pim_family();
	b[1] = 0;
	b[2] = flags;
	b[3] = address_length(a->family) * 8;
	return 4 + put_address(b + 4, a);
}

static size_t begin_message(uint8_t *b)
{
	size_t at = HEADER;

	b[0] = JOIN_PRUNE;
	b[at++] = pim_family();
	b[at++] = 0;
	at += put_address(b + at, &settings.upstream);
	b[at++] = 0;
	b[at++] = 1; /* group */
	put16(b + at, settings.holdtime);
	return at + 2;
}

/* Writes one group with as many sources from `first` on as there is room for; returns how many. */
static size_t put_group(uint8_t *b, size_t room, unsigned group, unsigned first, unsigned *count)
{
	struct address g = address_number(&settings.group, group);
	unsigned most = settings.sources - first;
	size_t at = put_encoded(b, 0, &g), counts = at;

	if (most > settings.entries)
		most = settings.entries;
	at += 4;
	for (*count = 0; *count < most && at + ADDRESS_MAX <= room; ++*count) {
		struct address s = address_number(&settings.source, first + *count);

		at += put_encoded(b + at, SPARSE, &s);
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
	fd = open_socket();
	say_hello(fd);
	for (unsigned group = 0; group < settings.groups; group++) {
		for (unsigned first = 0; first < settings.sources; first += count) {
			size_t length = begin_message(message);

			length += put_group(message + length, room - length, group, first, &count);
			keep_pace(start, sent++);
			transmit(fd, message, length);
		}
	}
	printf("%u messages\n", sent);
	return 0;
}
