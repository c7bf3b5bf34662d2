/* SPDX-License-Identifier: BSD-2-Clause */
/* Watches the numbered packets of some channels on an interface, without joining anything, for as
 * long as it runs. What counts are the packets' own numbers and times: a sender, or this program,
 * that has to wait for its turn makes no gap. Each gap is a line, once it has ended for a second:
 *
 *   gap S G FROM TO LOST   the packet before the gap was sent at FROM, the one after it at TO
 *   twice S G TIME         a packet that had come before
 *
 * Times are seconds since 1970. The file --status is written anew five times a second, a line a
 * channel: S G, when its latest packet was sent, packets received, lost, and doubled so far. */
#include "../clock.h"
#include "../ip.h"
#include "../options.h"
#include "../packets.h"
#include "../payload.h"

#include <getopt.h>
#include <signal.h>

#define CHANNELS_MAX 64
#define WINDOW       8192 /* numbers that are remembered, to know those that come late or twice */
#define STATUS_NS    (NS_PER_S / 5)

struct channel {
	struct address source, group;
	uint64_t next; /* the number after the highest one that has come; 0 means that none has */
	int64_t sent;  /* ns, of that one */
	uint64_t received, lost, doubled;
	struct {
		int64_t from, to; /* ns */
		uint64_t first,
			lost; /* the number after `from`; how many have not come after all */
	} gap;                /* that may still be filled by late packets, if `lost` is not 0 */
	uint8_t seen[WINDOW / 8];
};

static struct channel channels[CHANNELS_MAX];
static unsigned count;
static int64_t epoch; /* ns to add to the monotonic clock */
static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	stopped = signal;
}

static double seconds(int64_t ns)
{
	return ns ? (double)(ns + epoch) / NS_PER_S : 0;
}

static void take_channel(const char *text)
{
	if (count == CHANNELS_MAX)
		fail(2, "'%s': there are %d channels already", text, CHANNELS_MAX);
	option_channel(text, &channels[count].source, &channels[count].group);
	count++;
}

static bool test_and_set(struct channel *c, uint64_t sequence)
{
	uint8_t *byte = &c->seen[sequence % WINDOW / 8], bit = (uint8_t)(1 << sequence % 8);
	bool was = *byte & bit;

	*byte |= bit;
	return was;
}

static void forget(struct channel *c, uint64_t sequence)
{
	c->seen[sequence % WINDOW / 8] &= (uint8_t) ~(1 << sequence % 8);
}

static void end_gap(struct channel *c)
{
	if (c->gap.lost)
		printf("gap %s %s %.3f %.3f %llu\n", address_text(&c->source),
		       address_text(&c->group), seconds(c->gap.from), seconds(c->gap.to),
		       (unsigned long long)c->gap.lost);
	c->lost += c->gap.lost;
	c->gap.lost = 0;
}

static void advance(struct channel *c, const struct payload *p)
{
	uint64_t missing = c->next ? p->sequence - c->next : 0;

	if (missing) {
		end_gap(c);
		c->gap.from = c->sent;
		c->gap.to = (int64_t)p->sent_ns;
		c->gap.first = c->next;
		c->gap.lost = missing;
	}
	for (uint64_t n = missing < WINDOW ? missing : WINDOW - 1; n; n--)
		forget(c, p->sequence - n);
	forget(c, p->sequence);
	test_and_set(c, p->sequence);
	c->next = p->sequence + 1;
	c->sent = (int64_t)p->sent_ns;
	c->received++;
}

static void take_late(struct channel *c, const struct payload *p)
{
	if (c->next - p->sequence > WINDOW || test_and_set(c, p->sequence)) {
		c->doubled++;
		printf("twice %s %s %.3f\n", address_text(&c->source), address_text(&c->group),
		       seconds((int64_t)p->sent_ns));
		return;
	}
	c->received++;
	if (c->gap.lost && p->sequence >= c->gap.first)
		c->gap.lost--;
}

static void take(const uint8_t *bytes, size_t length)
{
	struct payload p;
	struct datagram d;

	if (datagram_parse(bytes, length, &d) || !datagram_is_udp(&d) ||
	    !payload_read(bytes + d.header + 8, d.length - d.header - 8, &p))
		return;
	for (struct channel *c = channels; c < channels + count; c++) {
		if (!address_equal(&c->source, &d.source) ||
		    !address_equal(&c->group, &d.destination))
			continue;
		if (p.sequence >= c->next)
			advance(c, &p);
		else
			take_late(c, &p);
	}
}

static void receive(int fd, int flags)
{
	static uint8_t bytes[65536 + 64];
	struct sockaddr_ll from;
	socklen_t size = sizeof(from);
	ssize_t length = recvfrom(fd, bytes, sizeof(bytes), flags, (void *)&from, &size);

	if (length > 0 && from.sll_pkttype != PACKET_OUTGOING)
		take(bytes, (size_t)length);
}

static void write_status(const char *path)
{
	char next[4096];
	FILE *file;

	snprintf(next, sizeof(next), "%s.new", path);
	file = fopen(next, "we");
	if (!file)
		fail(1, "%s: %s", next, strerror(errno));
	for (const struct channel *c = channels; c < channels + count; c++)
		fprintf(file, "%s %s %.3f %llu %llu %llu\n", address_text(&c->source),
			address_text(&c->group), seconds(c->sent), (unsigned long long)c->received,
			(unsigned long long)(c->lost + c->gap.lost),
			(unsigned long long)c->doubled);
	fclose(file);
	rename(next, path);
}

static void look(const char *path, int64_t now)
{
	for (struct channel *c = channels; c < channels + count; c++)
		if (now - c->gap.to > NS_PER_S)
			end_gap(c);
	write_status(path);
}

static void run(int fd, const char *path)
{
	int64_t due = 0, now;

	while (!stopped) {
		receive(fd, 0);
		now = clock_ns();
		if (now < due)
			continue;
		look(path, now);
		due = now + STATUS_NS;
	}
	look(path, INT64_MAX / 2);
}

static int64_t epoch_now(void)
{
	struct timespec wall;

	clock_gettime(CLOCK_REALTIME, &wall);
	return wall.tv_sec * NS_PER_S + wall.tv_nsec - clock_ns();
}

static const struct option long_options[] = {{"interface", 1, 0, 'i'}, {"status", 1, 0, 's'}, {0}};

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = stop};
	struct tpacket_stats lost = {0};
	socklen_t size = sizeof(lost);
	const char *path = NULL;
	unsigned interface = 0;
	int option, fd;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		if (option == 'i')
			interface = option_interface(optarg);
		else if (option == 's')
			path = optarg;
	for (; optind < argc; optind++)
		take_channel(argv[optind]);
	if (!interface || !path || !count)
		fail(2, "usage: gaps --interface IF --status FILE S,G...");
	setvbuf(stdout, NULL, _IOLBF, 0);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	epoch = epoch_now();
	fd = packets_open(interface, ETH_P_ALL, 0);
	run(fd, path);
	getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &lost, &size);
	printf("overrun=%u\n", lost.tp_drops);
	return 0;
}
