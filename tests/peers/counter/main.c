/* SPDX-License-Identifier: BSD-2-Clause */
/* Counts the numbered packets of many channels on an interface, without joining anything: how many
 * came, and how many of them came twice. It ends on SIGTERM or SIGINT, once it has read what has
 * come by then. */
#include "../ip.h"
#include "../options.h"
#include "../packets.h"
#include "../payload.h"

#include <getopt.h>
#include <signal.h>

#define GROUPS_MAX   1024
#define SEQUENCE_MAX (1u << 22)

static struct {
	unsigned interface, groups;
	struct address first; /* group; the others follow it */
} settings = {.groups = 1};

static uint8_t *seen[GROUPS_MAX]; /* a bit for each sequence number of the channel */
static uint64_t received, duplicates;
static volatile sig_atomic_t stopped;

static const char usage[] = "usage: counter --interface IF --group FIRST [--groups N]\n";

static const struct option long_options[] = {
	{"interface", 1, 0, 'i'}, {"group", 1, 0, 'g'}, {"groups", 1, 0, 'G'}, {0}};

static void take_option(int option)
{
	switch (option) {
	case 'i':
		settings.interface = option_interface(optarg);
		break;
	case 'g':
		settings.first = option_group("group", optarg);
		break;
	case 'G':
		settings.groups = (unsigned)option_number("groups", optarg, 1, GROUPS_MAX);
		break;
	default:
		fputs(usage, stderr);
		exit(2);
	}
}

static void stop(int signal)
{
	stopped = signal;
}

/* The number of the channel; settings.groups if it is none of ours. */
static unsigned number_of(const struct address *group)
{
	unsigned number = 0;

	for (; number < settings.groups; number++) {
		struct address one = address_number(&settings.first, number);

		if (address_equal(&one, group))
			break;
	}
	return number;
}

static void count(unsigned number, uint64_t sequence)
{
	uint8_t bit = (uint8_t)(1 << sequence % 8);

	if (number == settings.groups || sequence >= SEQUENCE_MAX)
		return;
	received++;
	duplicates += (seen[number][sequence / 8] & bit) != 0;
	seen[number][sequence / 8] |= bit;
}

static void take(const uint8_t *bytes, size_t length)
{
	struct payload payload;
	struct datagram d;

	if (datagram_parse(bytes, length, &d) || !datagram_is_udp(&d) || d.length < d.header + 8)
		return;
	if (payload_read(bytes + d.header + 8, d.length - d.header - 8, &payload))
		count(number_of(&d.destination), payload.sequence);
}

/* Returns false if nothing has come. */
static bool receive(int fd, int flags)
{
	static uint8_t bytes[65536 + 64];
	struct sockaddr_ll from;
	socklen_t size = sizeof(from);
	ssize_t length = recvfrom(fd, bytes, sizeof(bytes), flags, (void *)&from, &size);

	if (length > 0 && from.sll_pkttype != PACKET_OUTGOING)
		take(bytes, (size_t)length);
	return length >= 0;
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = stop};
	struct tpacket_stats lost = {0};
	socklen_t size = sizeof(lost);
	int option, fd;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		take_option(option);
	if (!settings.interface || !settings.first.family)
		fail(2, "--interface and --group are needed");
	for (unsigned n = 0; n < settings.groups; n++)
		if (!(seen[n] = calloc(SEQUENCE_MAX / 8, 1)))
			fail(1, "no memory");
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	fd = packets_open(settings.interface,
			  settings.first.family == AF_INET ? ETH_P_IP : ETH_P_IPV6, 0);
	puts("counts");
	fflush(stdout);
	while (!stopped)
		receive(fd, 0);
	while (receive(fd, MSG_DONTWAIT))
		;
	getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &lost, &size);
	printf("received=%llu duplicates=%llu overrun=%u\n", (unsigned long long)received,
	       (unsigned long long)duplicates, lost.tp_drops);
	return 0;
}
