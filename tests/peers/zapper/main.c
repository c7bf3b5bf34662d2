/* SPDX-License-Identifier: BSD-2-Clause */
/* Hosts that zap: each of --hosts watches one channel at a time. --rate times a second, the next
 * host leaves its channel and joins the next one of a ring of --channels, in one report of IGMPv3
 * or MLDv2. Queries are answered. For each zap the time from the report to the channel's next
 * packet on the LAN is measured; a zap without a packet within --patience ms is lost. A host that
 * zaps on before that has not waited long enough, so its zap does not count as lost.
 *
 * Channel i of the ring is (source, group + i). At the end all hosts leave. One line tells the
 * outcome; the exit status is 1 if zaps were lost. */
#include "../clock.h"
#include "../options.h"
#include "reports.h"

#include <getopt.h>
#include <poll.h>
#include <unistd.h>

#define CHANNELS_MAX (1u << 20)
#define HOSTS_MAX    100000
#define ZAPS_MAX     10000000
#define NONE         UINT32_MAX
#define TICK         (10 * NS_PER_MS)

struct host {
	uint32_t channel; /* that it watches, or NONE */
	int64_t since;    /* when it joined; 0 once a packet has come */
};

static struct {
	struct reports reports;
	struct address source, group;
	uint32_t channels, hosts, rate, seconds;
	int64_t patience;
} settings = {
	.channels = 100, .hosts = 10, .rate = 10, .seconds = 10, .patience = 1000 * NS_PER_MS};

static struct host *hosts;
static uint32_t *watchers;         /* by channel: how many hosts watch it */
static uint32_t *waiting, *behind; /* by channel, the latest zap to it; by host, the one before */
static float *times;               /* ms, of the zaps that were answered */
static uint32_t zaps, answered, lost, overtaken, queries;

static const char usage[] =
	"usage: zapper --interface IF --host ADDR --source S --group FIRST [--channels N]\n"
	"              [--hosts N] [--rate ZAPS] [--seconds N] [--patience MS]\n";

static const struct option long_options[] = {
	{"interface", 1, 0, 'i'}, {"host", 1, 0, 'h'},
	{"source", 1, 0, 's'},    {"group", 1, 0, 'g'},
	{"channels", 1, 0, 'c'},  {"hosts", 1, 0, 'H'},
	{"rate", 1, 0, 'r'},      {"seconds", 1, 0, 'S'},
	{"patience", 1, 0, 'p'},  {0},
};

static void take_option(int option)
{
	switch (option) {
	case 'i':
		settings.reports.interface = option_interface(optarg);
		break;
	case 'h':
		settings.reports.host = option_address("host", optarg);
		break;
	case 's':
		settings.source = option_address("source", optarg);
		break;
	case 'g':
		settings.group = option_group("group", optarg);
		break;
	case 'c':
		settings.channels = option_number("channels", optarg, 2, CHANNELS_MAX);
		break;
	case 'H':
		settings.hosts = option_number("hosts", optarg, 1, HOSTS_MAX);
		break;
	case 'r':
		settings.rate = option_number("rate", optarg, 1, 100000);
		break;
	case 'S':
		settings.seconds = option_number("seconds", optarg, 1, 86400);
		break;
	case 'p':
		settings.patience =
			(int64_t)option_number("patience", optarg, 1, 600000) * NS_PER_MS;
		break;
	default:
		fputs(usage, stderr);
		exit(2);
	}
}

static void settings_read(int argc, char **argv)
{
	int option, family;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		take_option(option);
	family = settings.group.family;
	if (optind < argc || !settings.reports.interface || !family ||
	    settings.source.family != family || settings.reports.host.family != family ||
	    (uint64_t)settings.rate * settings.seconds > ZAPS_MAX)
		fail(2, "%s", usage);
}

static void *allocate(size_t count, size_t size)
{
	void *memory = calloc(count, size);

	if (!memory)
		fail(1, "no memory");
	return memory;
}

static void prepare(void)
{
	hosts = allocate(settings.hosts, sizeof(*hosts));
	watchers = allocate(settings.channels, sizeof(*watchers));
	waiting = allocate(settings.channels, sizeof(*waiting));
	behind = allocate(settings.hosts, sizeof(*behind));
	times = allocate((size_t)settings.rate * settings.seconds, sizeof(*times));
	for (uint32_t i = 0; i < settings.hosts; i++)
		hosts[i].channel = NONE;
	memset(waiting, 0xff, settings.channels * sizeof(*waiting));
}

static struct record record_of(enum record_type type, uint32_t channel)
{
	return (struct record){.type = type,
			       .source = settings.source,
			       .group = address_number(&settings.group, channel)};
}

/* Hosts that wait for a channel's packet are a list: `waiting` has the first, `behind` the next. */

static void stop_waiting(uint32_t number)
{
	uint32_t *link = &waiting[hosts[number].channel];

	while (*link != number)
		link = &behind[*link];
	*link = behind[number];
	hosts[number].since = 0;
}

static void give_up(uint32_t number, int64_t now)
{
	if (!hosts[number].since)
		return;
	if (now - hosts[number].since > settings.patience)
		lost++;
	else
		overtaken++;
	stop_waiting(number);
}

static void came(uint32_t channel, int64_t now)
{
	while (waiting[channel] != NONE) {
		struct host *host = &hosts[waiting[channel]];

		times[answered++] = (float)(now - host->since) / NS_PER_MS;
		stop_waiting(waiting[channel]);
	}
}

/* Leaves the channel of before, which others may watch still, and joins the next one. */
static void zap(uint32_t number, uint32_t channel, int64_t now)
{
	struct host *host = &hosts[number];
	struct record records[2];
	unsigned count = 0;

	if (host->channel != NONE) {
		give_up(number, now);
		watchers[host->channel]--;
		records[count++] = record_of(BLOCK, host->channel);
	}
	records[count++] = record_of(ALLOW, channel);
	watchers[channel]++;
	*host = (struct host){.channel = channel, .since = clock_ns()};
	behind[number] = waiting[channel];
	waiting[channel] = number;
	reports_send(&settings.reports, records, count);
	zaps++;
}

static void leave_all(void)
{
	for (uint32_t i = 0; i < settings.hosts; i++) {
		struct record record = record_of(BLOCK, hosts[i].channel);

		if (hosts[i].channel == NONE)
			continue;
		give_up(i, INT64_MAX);
		watchers[hosts[i].channel] = 0;
		reports_send(&settings.reports, &record, 1);
	}
}

/* What comes */

/* Of a group, counted in its last four bytes as address_number() does; NONE if it is none of ours.
 */
static uint32_t channel_of(const struct address *source, const struct address *group)
{
	size_t last = address_length(group->family) - 4;
	uint32_t n;

	if (!address_equal(source, &settings.source) || group->family != settings.group.family)
		return NONE;
	n = get32(group->bytes + last) - get32(settings.group.bytes + last);
	return n < settings.channels && !memcmp(group->bytes, settings.group.bytes, last) ? n
											  : NONE;
}

static void answer_general(void)
{
	struct record records[RECORDS_MAX];
	unsigned count = 0;

	for (uint32_t i = 0; i < settings.channels; i++) {
		if (!watchers[i])
			continue;
		records[count++] = record_of(IS_IN, i);
		if (count < RECORDS_MAX)
			continue;
		reports_send(&settings.reports, records, count);
		count = 0;
	}
	if (count)
		reports_send(&settings.reports, records, count);
}

static void answer(const struct query *query)
{
	int family = query->group.family;

	queries++;
	if (address_is_unspecified(&query->group))
		answer_general();
	for (unsigned i = 0; i < query->count; i++) {
		struct address source =
			address_from(family, query->sources + i * address_length(family));
		uint32_t channel = channel_of(&source, &query->group);
		struct record record = record_of(IS_IN, channel);

		if (channel != NONE && watchers[channel])
			reports_send(&settings.reports, &record, 1);
	}
}

static void take(const uint8_t *b, size_t length)
{
	struct query query;
	struct datagram d;
	uint32_t channel;

	if (datagram_parse(b, length, &d))
		return;
	if (d.protocol != IPPROTO_UDP) {
		if (reports_query(b, length, &query))
			answer(&query);
		return;
	}
	channel = channel_of(&d.source, &d.destination);
	if (channel != NONE)
		came(channel, clock_ns());
}

static bool somebody_waits(void)
{
	for (uint32_t i = 0; i < settings.hosts; i++)
		if (hosts[i].since)
			return true;
	return false;
}

static void wait_until(int64_t due)
{
	struct pollfd fd = {settings.reports.fd, POLLIN, 0};
	uint8_t bytes[65536];
	int64_t left;

	while ((left = due - clock_ns()) > 0) {
		struct timespec wait = clock_timespec(left);
		ssize_t length;

		if (ppoll(&fd, 1, &wait, NULL) < 0)
			fail(1, "poll: %s", strerror(errno));
		while ((length = recv(settings.reports.fd, bytes, sizeof(bytes), 0)) > 0)
			take(bytes, (size_t)length);
	}
}

static int by_time(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

static double at(double part)
{
	return answered ? times[(uint32_t)(part * (answered - 1))] : 0;
}

static void tell(void)
{
	qsort(times, answered, sizeof(*times), by_time);
	printf("{\"zaps\": %u, \"answered\": %u, \"lost\": %u, \"overtaken\": %u, \"queries\": %u, "
	       "\"p50_ms\": %.3f, \"p99_ms\": %.3f, \"worst_ms\": %.3f}\n",
	       zaps, answered, lost, overtaken, queries, at(0.5), at(0.99), at(1));
}

int main(int argc, char **argv)
{
	int64_t start, end;

	settings_read(argc, argv);
	prepare();
	reports_open(&settings.reports);
	start = clock_ns();
	for (uint32_t n = 0; n < settings.rate * settings.seconds; n++) {
		wait_until(start + n * NS_PER_S / settings.rate);
		zap(n % settings.hosts, n % settings.channels, clock_ns());
	}
	end = clock_ns() + settings.patience;
	while (somebody_waits() && clock_ns() < end)
		wait_until(clock_ns() + TICK);
	leave_all();
	tell();
	return lost > 0;
}
