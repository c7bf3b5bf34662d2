/* SPDX-License-Identifier: BSD-2-Clause */
/* The media path beside its limit: contenders take turns, each paired with the bare redirect of its
 * hook, on one CPU that generates, runs the program and swallows what comes out. Prints tables, and
 * writes an object for each contender into build/bench.json and a picture into build/media.svg.
 *
 * With BASELINE_MEDIA, the media bench of another commit (tests/bench/baseline.sh), each turn is
 * taken there as well. CONTENDERS names those that take part. With the argument "quick", in some
 * two minutes, without the contenders that are processes. With "own", the programs alone. With
 * "count", the nanoseconds a packet, generator and interfaces included; it fails if they are above
 * their bounds. In the machine of `make count` a nanosecond is an instruction, and the figures are
 * the same on every computer. */
#include "churn.h"
#include "contender.h"
#include "figures.h"
#include "memory.h"
#include "own.h"
#include "peer.h"
#include "userspace.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHANNELS 100000
#define V6_MANY  10000
#define TC_MANY  1000
#define OTHERS   16384 /* channels of other contenders */
#define PAYLOAD  1316  /* seven MPEG-TS packets behind RTP */
#define SMALL    128
#define RESULTS  "build/bench.json"
#define PICTURE  "build/media.svg"

enum { LIMIT = -1, XDP_LIMIT = 0, TC_LIMIT = 1 };

#define V4    "10.0.0.0", "232.0.0.0"
#define V4_TC "10.64.0.0", "232.64.0.0"
#define V4_2  "10.128.0.0", "232.128.0.0"
#define V4_8  "10.129.0.0", "232.129.0.0"
#define V6    "2001:db8:5::", "ff3e::8000:0"

/* clang-format off */
static struct contender contenders[] = {
	{.name = "xdp-redirect", STAGE_BARE_XDP, V4, 1, 1, 400000, PAYLOAD, IN_KERNEL, LIMIT},
	{.name = "tc-redirect", STAGE_BARE_TC, V4_TC, 1, 1, 100000, PAYLOAD, IN_KERNEL, LIMIT},
	{.name = "xdp-decap-1", STAGE_XDP, V4, 1, 1, 400000, PAYLOAD, IN_KERNEL, XDP_LIMIT, 1500},
	{.name = "xdp-decap-1k", STAGE_XDP, V4, 1000, 1, 400000, PAYLOAD, IN_KERNEL, XDP_LIMIT, 1500},
	{.name = "xdp-decap-10k", STAGE_XDP, V4, 10000, 1, 400000, PAYLOAD, IN_KERNEL, XDP_LIMIT, 1580},
	{.name = "xdp-decap-100k", STAGE_XDP, V4, CHANNELS, 1, 400000, PAYLOAD, IN_KERNEL, XDP_LIMIT, 1690},
	{.name = "xdp-decap-10k-churn", STAGE_XDP, V4, 10000, 1, 400000, PAYLOAD, IN_KERNEL, XDP_LIMIT, 0, true},
	{.name = "xdp-decap-small", STAGE_XDP, V4, 1, 1, 400000, SMALL, IN_KERNEL, XDP_LIMIT, 1500},
	{.name = "xdp-decap-v6", STAGE_XDP, V6, 1, 1, 400000, PAYLOAD, IN_KERNEL, XDP_LIMIT, 1580},
	{.name = "xdp-decap-v6-10k", STAGE_XDP, V6, V6_MANY, 1, 400000, PAYLOAD, IN_KERNEL, XDP_LIMIT, 1850},
	{.name = "xdp-fanout-2", STAGE_XDP, V4_2, 1, 2, 100000, PAYLOAD, IN_KERNEL, XDP_LIMIT, 3810},
	{.name = "xdp-fanout-8", STAGE_XDP, V4_8, 1, 8, 50000, PAYLOAD, IN_KERNEL, XDP_LIMIT, 14200},
	{.name = "tc-decap", STAGE_TC, V4_TC, 1, 1, 100000, PAYLOAD, IN_KERNEL, TC_LIMIT, 5300},
	{.name = "tc-decap-1k", STAGE_TC, V4_TC, TC_MANY, 1, 100000, PAYLOAD, IN_KERNEL, TC_LIMIT, 5330},
	{.name = "slow-path", STAGE_XDP, V6, 1, 1, 8192, PAYLOAD, SLOW_PATH, TC_LIMIT, 14600},
	{.name = "userspace-gateway", STAGE_STACK, V4, 1, 1, 8192, PAYLOAD, GATEWAY, TC_LIMIT},
};
/* clang-format on */

#define CONTENDERS (sizeof(contenders) / sizeof(contenders[0]))

static struct contender *find(const char *name)
{
	for (unsigned i = 0; i < CONTENDERS; i++)
		if (!strcmp(contenders[i].name, name))
			return &contenders[i];
	errx(2, "media: no contender %s", name);
}

static struct sg first_channel(const struct contender *c)
{
	struct sg sg;

	if (!addr_parse(c->first_source, &sg.source) || !addr_parse(c->first_group, &sg.group))
		errx(2, "media: addresses of %s", c->name);
	return sg;
}

static void join(struct stage *stage, const char *name, uint32_t count, const unsigned *lans,
		 unsigned lan_count)
{
	struct sg first = first_channel(find(name));

	stage_join(stage, &first, count, lans, lan_count);
}

static void join_all(struct stage *stage)
{
	join(stage, "xdp-decap-v6", V6_MANY, stage->lans, 1);
	join(stage, "tc-decap", TC_MANY, &stage->plain_lan, 1);
	join(stage, "xdp-fanout-2", 1, stage->lans, 2);
	join(stage, "xdp-fanout-8", 1, stage->lans, 8);
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

	stage_load(stage, c->way, &first, c->channels, c->payload, c->kind == SLOW_PATH);
	if (c->churns)
		churn_begin(stage);
	before = stage_delivered(stage);
	start = stage_seconds() - stage->overhead;
	carry(stage, c, packets);
	took = stage_seconds() - stage->overhead - start;
	if (c->churns)
		churn_end();
	delivered = stage_settle(stage, before + expected) - before;
	if (delivered != expected)
		errx(1, "media: %s: offered %u packets, for %u LANs, but %ju came out: no figures",
		     c->name, packets, c->lans, (uintmax_t)delivered);
	return took;
}

/* Nanoseconds for each frame that comes out. */
static double ns_of(struct stage *stage, const struct contender *c)
{
	return turn(stage, c, c->packets) * 1e9 / (c->packets * c->lans);
}

static double base_ns_of(const struct contender *c)
{
	return peer_turn(c->name, c->packets) * 1e9 / (c->packets * c->lans);
}

static double serve_turn(void *stage, const char *name, unsigned packets)
{
	return turn(stage, find(name), packets);
}

/* What comes first in one round comes last in the next. */
static void take_turns(struct stage *stage, struct contender *c, int round, bool base)
{
	base = base && c->kind == IN_KERNEL;
	if (base && round % 2)
		c->base_ns[round] = base_ns_of(c);
	if (round % 2)
		c->ns[round] = ns_of(stage, c);
	c->limit_ns[round] = ns_of(stage, &contenders[c->limit]);
	if (round % 2)
		return;
	c->ns[round] = ns_of(stage, c);
	if (base)
		c->base_ns[round] = base_ns_of(c);
}

/* With CONTENDERS in the environment, those that it names, and the limits. */
static bool is_asked(const struct contender *c)
{
	const char *asked = getenv("CONTENDERS"), *at = asked ? strstr(asked, c->name) : NULL;
	size_t length = strlen(c->name);

	while (at && (at[length] > ' ' || (at > asked && at[-1] > ' ')))
		at = strstr(at + 1, c->name);
	return !asked || at || c->limit == LIMIT;
}

static void one_round(struct stage *stage, int round, unsigned count, bool base)
{
	for (unsigned i = 0; i < count; i++) {
		struct contender *c = &contenders[i];

		if (!is_asked(c))
			continue;
		if (c->limit == LIMIT)
			c->ns[round] = c->limit_ns[round] = ns_of(stage, c);
		else
			take_turns(stage, c, round, base);
	}
}

/* The programs alone, and how they grow with the channels. */
static void report_own(struct stage *stage, json_t *results)
{
	struct sg v4 = first_channel(find("xdp-decap-1")), v6 = first_channel(find("xdp-decap-v6"));
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

	join(stage, "xdp-decap-1", CHANNELS, stage->lans, 1);
	full = memory_of_maps();
	printf("maps: %.1f MiB with room for %d channels, %.1f MiB with as many in them\n\n", empty,
	       CHANNELS, full);
	json_object_set_new(results, "map-memory",
			    json_pack("{s:f, s:f}", "mib_empty", empty, "mib_100k", full));
	join_all(stage);
}

static unsigned rounds_asked(void)
{
	const char *asked = getenv("ROUNDS");
	int rounds = asked ? atoi(asked) : 9;

	if (rounds < 5 || rounds > ROUNDS_MAX)
		errx(2, "media: ROUNDS must be 5 to %d", ROUNDS_MAX);
	return rounds;
}

/* Contenders that are processes stand behind the others. */
static unsigned in_kernel(void)
{
	unsigned count = 0;

	while (contenders[count].kind == IN_KERNEL)
		count++;
	return count;
}

static void run_rounds(struct stage *stage, json_t *results, bool quick)
{
	const char *program = getenv("BASELINE_MEDIA"), *name = getenv("BASELINE");
	unsigned count = quick ? in_kernel() : CONTENDERS;
	int rounds = quick ? 5 : rounds_asked();

	if (program)
		peer_open(program);
	gateway_open(stage);
	slow_path_open(stage);
	for (int round = 0; round < rounds; round++)
		one_round(stage, round, count, program);
	name = program && !name ? program : name;
	figures_report(results, contenders, count, rounds, program ? name : NULL);
	figures_draw(PICTURE, contenders, count, rounds, program ? name : NULL);
	gateway_close();
	slow_path_close();
	if (program)
		peer_close();
}

enum mode { ALL, QUICK, OWN, COUNT, SERVE };

static void bench(struct stage *stage, enum mode mode)
{
	json_t *results = json_load_file(RESULTS, 0, NULL);

	if (!results)
		results = json_object();
	figures_machine(results);
	join_and_report_memory(stage, results);
	if (mode != OWN)
		run_rounds(stage, results, mode == QUICK);
	if (mode != QUICK)
		report_own(stage, results);
	if (json_dump_file(results, RESULTS, JSON_INDENT(1)))
		errx(2, "media: cannot write " RESULTS);
	json_decref(results);
}

static void serve(struct stage *stage)
{
	join(stage, "xdp-decap-1", CHANNELS, stage->lans, 1);
	join_all(stage);
	peer_serve(serve_turn, stage);
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

	join(stage, "xdp-decap-1", CHANNELS, stage->lans, 1);
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

static enum mode mode_of(int count, char **arguments)
{
	static const char *const names[] = {"", "quick", "own", "count", "serve"};

	for (unsigned mode = QUICK; count == 2 && mode <= SERVE; mode++)
		if (!strcmp(arguments[1], names[mode]))
			return mode;
	if (count > 1)
		errx(2, "usage: media [quick|own|count|serve]");
	return ALL;
}

int main(int count, char **arguments)
{
	enum mode mode = mode_of(count, arguments);
	struct stage stage;
	bool good = true;

	stage_open(&stage, CHANNELS + OTHERS);
	if (mode == COUNT)
		good = count_all(&stage);
	else if (mode == SERVE)
		serve(&stage);
	else
		bench(&stage, mode);
	stage_close(&stage);
	return !good;
}
