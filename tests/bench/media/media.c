/* SPDX-License-Identifier: BSD-2-Clause */
/* The media path beside its limit: contenders take turns, each paired with the bare redirect of its
 * hook, on one CPU that generates, runs the program and swallows what comes out. Prints tables, and
 * writes an object for each contender into build/bench.json.
 *
 * With the argument "own", the programs alone. With "count", the nanoseconds a packet, generator
 * and interfaces included; it fails if they are above their bounds. In the machine of `make count`
 * a nanosecond is an instruction, and the figures are the same on every computer. */
#include "memory.h"
#include "own.h"
#include "userspace.h"

#include <err.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS_MAX 64
#define CHANNELS   100000
#define PAYLOAD    1316 /* seven MPEG-TS packets behind RTP */
#define RESULTS    "build/bench.json"

enum kind { IN_KERNEL, SLOW_PATH, GATEWAY };

struct contender {
	const char *name;
	enum stage_way way;
	const char *first_source, *first_group;
	uint32_t channels;
	unsigned lans, packets; /* packets of a turn */
	enum kind kind;
	int limit;      /* the contender that it is paired with; -1: a limit itself */
	unsigned bound; /* of instructions a packet on Debian 12's kernel; 0: none */
	double mpps[ROUNDS_MAX], of_limit[ROUNDS_MAX];
};

enum { LIMIT = -1, XDP_LIMIT = 0, TC_LIMIT = 1 };

#define V4    "10.0.0.0", "232.0.0.0"
#define V4_TC "10.64.0.0", "232.64.0.0"
#define V4_2  "10.128.0.0", "232.128.0.0"
#define V4_8  "10.129.0.0", "232.129.0.0"
#define V6    "2001:db8:5::", "ff3e::8000:0"

static struct contender contenders[] = {
	{"xdp-redirect", STAGE_BARE_XDP, V4, 1, 1, 400000, IN_KERNEL, LIMIT, 0, {0}, {0}},
	{"tc-redirect", STAGE_BARE_TC, V4_TC, 1, 1, 100000, IN_KERNEL, LIMIT, 0, {0}, {0}},
	{"xdp-decap-1", STAGE_XDP, V4, 1, 1, 400000, IN_KERNEL, XDP_LIMIT, 1705, {0}, {0}},
	{"xdp-decap-1k", STAGE_XDP, V4, 1000, 1, 400000, IN_KERNEL, XDP_LIMIT, 1750, {0}, {0}},
	{"xdp-decap-100k",
	 STAGE_XDP,
	 V4,
	 CHANNELS,
	 1,
	 400000,
	 IN_KERNEL,
	 XDP_LIMIT,
	 2050,
	 {0},
	 {0}},
	{"xdp-decap-v6", STAGE_XDP, V6, 1, 1, 400000, IN_KERNEL, XDP_LIMIT, 1755, {0}, {0}},
	{"xdp-fanout-2", STAGE_XDP, V4_2, 1, 2, 100000, IN_KERNEL, XDP_LIMIT, 4010, {0}, {0}},
	{"xdp-fanout-8", STAGE_XDP, V4_8, 1, 8, 50000, IN_KERNEL, XDP_LIMIT, 14530, {0}, {0}},
	{"tc-decap", STAGE_TC, V4_TC, 1, 1, 100000, IN_KERNEL, TC_LIMIT, 5605, {0}, {0}},
	{"slow-path", STAGE_XDP, V6, 1, 1, 8192, SLOW_PATH, TC_LIMIT, 15100, {0}, {0}},
	{"userspace-gateway", STAGE_STACK, V4, 1, 1, 8192, GATEWAY, TC_LIMIT, 0, {0}, {0}},
};

#define CONTENDERS (sizeof(contenders) / sizeof(contenders[0]))

static struct sg first_channel(const struct contender *c)
{
	struct sg sg;

	if (!addr_parse(c->first_source, &sg.source) || !addr_parse(c->first_group, &sg.group))
		errx(2, "media: addresses of %s", c->name);
	return sg;
}

static void join_all(struct stage *stage)
{
	struct sg v4 = first_channel(&contenders[2]), v6 = first_channel(&contenders[5]);
	struct sg tc = first_channel(&contenders[8]), two = first_channel(&contenders[6]);
	struct sg eight = first_channel(&contenders[7]);

	stage_join(stage, &v4, CHANNELS, stage->lans, 1);
	stage_join(stage, &v6, 1, stage->lans, 1);
	stage_join(stage, &tc, 1, &stage->plain_lan, 1);
	stage_join(stage, &two, 1, stage->lans, 2);
	stage_join(stage, &eight, 1, stage->lans, 8);
}

/* Turns */

static void carry(struct stage *stage, const struct contender *c, unsigned packets)
{
	if (c->kind == IN_KERNEL)
		stage_send(stage, packets);
	else if (c->kind == SLOW_PATH)
		slow_path_carry(stage, packets);
	else
		gateway_carry(stage, packets);
}

/* The seconds that the packets take; all of them must come out at the far ends of LANs. */
static double turn(struct stage *stage, const struct contender *c, unsigned packets)
{
	struct sg first = first_channel(c);
	uint64_t expected = (uint64_t)packets * c->lans, before, delivered;
	double start, took;

	stage_load(stage, c->way, &first, c->channels, PAYLOAD, c->kind == SLOW_PATH);
	before = stage_delivered(stage);
	start = stage_seconds() - stage->overhead;
	carry(stage, c, packets);
	took = stage_seconds() - stage->overhead - start;
	delivered = stage_settle(stage, before + expected) - before;
	if (delivered != expected)
		errx(1, "media: %s: offered %u packets, for %u LANs, but %ju came out: no figures",
		     c->name, packets, c->lans, (uintmax_t)delivered);
	return took;
}

/* Millions of packets a second, as many as come out. */
static double mpps(struct stage *stage, const struct contender *c)
{
	return c->packets * c->lans / turn(stage, c, c->packets) / 1e6;
}

static void one_round(struct stage *stage, unsigned round)
{
	double limit;

	for (unsigned i = 0; i < CONTENDERS; i++) {
		struct contender *c = &contenders[i];

		if (c->limit == LIMIT) {
			c->mpps[round] = mpps(stage, c);
			c->of_limit[round] = 1;
			continue;
		}
		if (round % 2)
			c->mpps[round] = mpps(stage, c);
		limit = mpps(stage, &contenders[c->limit]);
		if (!(round % 2))
			c->mpps[round] = mpps(stage, c);
		c->of_limit[round] = c->mpps[round] / limit;
	}
}

/* Figures */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

struct figures {
	double median, spread; /* spread: of the middle half, as a share of the median */
};

static struct figures figures_of(const double *values, unsigned count)
{
	double sorted[ROUNDS_MAX];
	struct figures figures;

	memcpy(sorted, values, count * sizeof(*values));
	qsort(sorted, count, sizeof(*sorted), by_value);
	figures.median = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
	figures.spread = (sorted[count * 3 / 4] - sorted[count / 4]) / figures.median;
	return figures;
}

static void report(json_t *results, int rounds)
{
	printf("%-18s %8s %8s %9s\n", "CONTENDER", "MPPS", "SPREAD", "OF LIMIT");
	for (unsigned i = 0; i < CONTENDERS; i++) {
		const struct contender *c = &contenders[i];
		struct figures mpps = figures_of(c->mpps, rounds);
		struct figures of_limit = figures_of(c->of_limit, rounds);

		printf("%-18s %8.3f %7.1f%% %9.3f\n", c->name, mpps.median, mpps.spread * 100,
		       of_limit.median);
		json_object_set_new(results, c->name,
				    json_pack("{s:f, s:f, s:f}", "mpps", mpps.median, "spread",
					      mpps.spread, "of_limit", of_limit.median));
	}
}

/* The programs alone, and how they grow with the channels. */
static void report_own(struct stage *stage, json_t *results)
{
	struct sg v4 = first_channel(&contenders[2]), v6 = first_channel(&contenders[5]);
	json_t *own = json_object();
	char name[32];
	double ns;

	printf("\n%-18s %12s\n", "PROGRAM", "OWN NS");
	for (uint32_t channels = 1; channels <= CHANNELS; channels *= 10) {
		stage_load(stage, STAGE_XDP, &v4, channels, PAYLOAD, false);
		ns = own_ns_xdp(stage);
		snprintf(name, sizeof(name), "xdp-%u", channels);
		printf("%-18s %12.0f\n", name, ns);
		json_object_set_new(own, name, json_real(ns));
	}
	stage_load(stage, STAGE_XDP, &v6, 1, PAYLOAD, false);
	ns = own_ns_xdp(stage);
	printf("%-18s %12.0f\n", "xdp-v6", ns);
	json_object_set_new(own, "xdp-v6", json_real(ns));
	stage_load(stage, STAGE_TC, &v4, 1, PAYLOAD, false);
	ns = own_ns_tc(stage);
	printf("%-18s %12.0f\n", "tc-1", ns);
	json_object_set_new(own, "tc-1", json_real(ns));
	json_object_set_new(results, "own-ns", own);
}

static void join_and_report_memory(struct stage *stage, json_t *results)
{
	double empty = memory_of_maps(), full;

	join_all(stage);
	full = memory_of_maps();
	printf("maps: %.1f MiB with room for %d channels, %.1f MiB with as many in them\n\n", empty,
	       CHANNELS, full);
	json_object_set_new(results, "map-memory",
			    json_pack("{s:f, s:f}", "mib_empty", empty, "mib_100k", full));
}

static void run_rounds(struct stage *stage, json_t *results)
{
	const char *asked = getenv("ROUNDS");
	int rounds = asked ? atoi(asked) : 9;

	if (rounds < 5 || rounds > ROUNDS_MAX)
		errx(2, "media: ROUNDS must be 5 to %d", ROUNDS_MAX);
	gateway_open(stage);
	slow_path_open(stage);
	for (int round = 0; round < rounds; round++)
		one_round(stage, round);
	report(results, rounds);
	gateway_close();
	slow_path_close();
}

static void bench(struct stage *stage, bool own)
{
	json_t *results = json_load_file(RESULTS, 0, NULL);

	if (!results)
		results = json_object();
	join_and_report_memory(stage, results);
	if (!own)
		run_rounds(stage, results);
	report_own(stage, results);
	if (json_dump_file(results, RESULTS, JSON_INDENT(1)))
		errx(2, "media: cannot write " RESULTS);
	json_decref(results);
}

/* Counts */

#define COUNT_PACKETS 2048

/* What a turn costs whatever its length, the generator's start for one, is not a packet's. */
static double ns_a_packet(struct stage *stage, const struct contender *c)
{
	double few = turn(stage, c, COUNT_PACKETS);

	return (turn(stage, c, 3 * COUNT_PACKETS) - few) / (2 * COUNT_PACKETS) * 1e9;
}

/* The limits are the kernel's, and the gateway is what others have: they have no bounds. */
static bool count_one(struct stage *stage, const struct contender *c)
{
	bool good;
	double ns;

	turn(stage, c, COUNT_PACKETS); /* caches and tables are filled */
	ns = ns_a_packet(stage, c);
	good = !c->bound || ns <= c->bound;
	printf("%-18s %8.0f", c->name, ns);
	if (c->bound)
		printf(" %8u%s", c->bound, good ? "" : "  too many");
	putchar('\n');
	return good;
}

static bool count_all(struct stage *stage)
{
	bool good = true;

	join_all(stage);
	gateway_open(stage);
	slow_path_open(stage);
	printf("%-18s %8s %8s\n", "CONTENDER", "NS", "BOUND");
	for (unsigned i = 0; i < CONTENDERS; i++)
		good &= count_one(stage, &contenders[i]);
	gateway_close();
	slow_path_close();
	return good;
}

int main(int count, char **arguments)
{
	bool own = count == 2 && !strcmp(arguments[1], "own");
	bool counts = count == 2 && !strcmp(arguments[1], "count"), good = true;
	struct stage stage;

	if (count > 1 && !own && !counts)
		errx(2, "usage: media [own|count]");
	stage_open(&stage, CHANNELS + 16);
	if (counts)
		good = count_all(&stage);
	else
		bench(&stage, own);
	stage_close(&stage);
	return !good;
}
