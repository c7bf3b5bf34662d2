/* SPDX-License-Identifier: BSD-2-Clause */
/* The forwarding tables, changed while programs read them. */
#include "dataplane/fast.h"
#include "dataplane/routes.h"
#include "mcingest/fast.h"
#include "packets.h"
#include "through.h"

#include <bpf/bpf.h>
#include <err.h>
#include <linux/pkt_cls.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define AMT_PORT  2268
#define SLOT      7
#define EGRESS    4711
#define RACED     100000
#define CROWD     6000
#define MAC       6
#define SOURCE_V4 (14 + 20 + 8 + 2 + 12) /* of the inner packet, in IPv4 */
#define SOURCE_V6 (14 + 40 + 8 + 2 + 8)

static struct dataplane_channel channel_of(int family, uint32_t slot, uint8_t lan)
{
	struct dataplane_channel channel = {
		.from = {.relay = packet_relay(family),
			 .local = packet_local(family),
			 .relay_port = AMT_PORT,
			 .local_port = TUNNEL_PORT},
		.slot = slot,
		.deadline_ns = seconds_from_now(3600),
		.egress_count = 1,
		.egress = {{.ifindex = EGRESS + lan, .mtu = 1500, .mac = {2, 0, 0, 0, 2, lan}}},
	};

	return channel;
}

/* A channel, its entry, and a frame of it. */
struct side {
	struct sg sg;
	uint64_t key[MCI_FAST_WORDS6];
	struct mci_channel entry;
	uint8_t frame[FRAME_MAX];
	size_t length;
	uint8_t lan;
};

static void set_source(struct side *side, int family, uint32_t number)
{
	size_t bytes = family == 4 ? 4 : 16;

	for (unsigned i = 0; i < 3; i++)
		side->sg.source.bytes[bytes - 1 - i] = (uint8_t)(number >> 8 * i);
	memcpy(side->key, side->sg.source.bytes, bytes);
	memcpy((uint8_t *)side->key + bytes, side->sg.group.bytes, bytes);
	memcpy(side->frame + (family == 4 ? SOURCE_V4 : SOURCE_V6), side->sg.source.bytes, bytes);
}

static struct side side_of(int family, uint8_t lan)
{
	struct packet packet = {.outer = family, .inner = family};
	struct side side = {.sg = packet_channel(family), .lan = lan};

	side.length = packet_build(&packet, side.frame);
	set_source(&side, family, 0);
	return side;
}

/* The place of a key in the table in use. */
static uint64_t place_of(int family, const uint64_t *key)
{
	int map = bpf_obj_get(PINS "/fast_heads");
	struct mci_fast_heads heads;
	const struct mci_fast_head *head = family == 4 ? &heads.v4 : &heads.v6;
	unsigned words = family == 4 ? 1 : MCI_FAST_WORDS6;
	uint64_t hash = 0;

	if (bpf_map_lookup_elem(map, &(uint32_t){0}, &heads))
		errx(2, "no heads");
	close(map);
	for (unsigned i = 0; i < words; i++)
		hash += key[i] * head->seeds[MCI_FAST_TABLE_NUMBER(head->table)][i];
	return MCI_FAST_PLACE(head->table, hash);
}

/* As the daemon writes it. The channel is gone again. */
static void take_entry(struct dataplane *dp, int family, struct side *side)
{
	struct dataplane_channel channel = channel_of(family, SLOT, side->lan);
	int map = bpf_obj_get(family == 4 ? PINS "/channels4" : PINS "/channels6");

	if (dataplane_set_channel(dp, &side->sg, &channel) ||
	    bpf_map_lookup_elem(map, side->key, &side->entry))
		errx(2, "%s", dataplane_error(dp));
	close(map);
	dataplane_remove_channel(dp, &side->sg);
}

/* Two channels that want the same place, to LANs of their own, come and go. */
struct changes {
	struct dataplane *dp;
	int family;
	struct side sides[2];
	atomic_bool over;
	unsigned long made;
};

static void *change(void *context)
{
	struct changes *changes = context;

	for (unsigned n = 0; !atomic_load(&changes->over); n++) {
		const struct side *side = &changes->sides[n % 2];

		fast_put(changes->dp, changes->family, side->key, &side->entry);
		fast_remove(changes->dp, changes->family, side->key);
		changes->made++;
	}
	return NULL;
}

static void on_cpu(unsigned cpu)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

/* Whether the frame went where one of its channel may go; counts what went to a LAN. */
static bool went_right(const struct side *side, int program, unsigned *on_lan)
{
	uint8_t out[FRAME_MAX];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = side->frame, .data_size_in = side->length,
		    .data_out = out, .data_size_out = sizeof(out), .repeat = 1);

	if (bpf_prog_test_run_opts(program, &opts))
		err(2, "BPF_PROG_RUN");
	if (opts.retval != TC_ACT_REDIRECT)
		return true;
	(*on_lan)++;
	return out[2 * MAC - 1] == side->lan;
}

static void test_changes(struct dataplane *dp, int family)
{
	struct changes changes = {dp, family, {side_of(family, 1), side_of(family, 2)}, false, 0};
	int program = bpf_obj_get(PINS "/ingest_tc");
	unsigned on_lan = 0, wrong = 0;
	uint32_t number = 0;
	pthread_t thread;

	do {
		set_source(&changes.sides[1], family, ++number);
	} while (place_of(family, changes.sides[0].key) != place_of(family, changes.sides[1].key));
	take_entry(dp, family, &changes.sides[0]);
	take_entry(dp, family, &changes.sides[1]);
	if (pthread_create(&thread, NULL, change, &changes))
		errx(2, "no thread");
	on_cpu(sysconf(_SC_NPROCESSORS_ONLN) - 1);
	for (unsigned n = 0; n < RACED; n++)
		wrong += !went_right(&changes.sides[n % 2], program, &on_lan);
	atomic_store(&changes.over, true);
	pthread_join(thread, NULL);
	on_cpu(0);
	close(program);
	tap(!wrong && on_lan && on_lan < RACED,
	    "IPv%d: two channels share a place by turns, %lu times: %u packets on a LAN, %u on the "
	    "wrong one",
	    family, changes.made, on_lan, wrong);
}

/* One channel's packets go on while others come, for which the tables grow, and go. */

static void *join_and_leave(void *context)
{
	struct changes *changes = context;
	struct side side = side_of(changes->family, 2);
	struct dataplane_channel channel = channel_of(changes->family, SLOT, 2);

	for (uint32_t n = 1; n <= CROWD; n++) {
		set_source(&side, changes->family, n);
		channel.slot = SLOT + n;
		if (dataplane_set_channel(changes->dp, &side.sg, &channel))
			errx(2, "%s", dataplane_error(changes->dp));
	}
	for (uint32_t n = 1; n <= CROWD; n++) {
		set_source(&side, changes->family, n);
		dataplane_remove_channel(changes->dp, &side.sg);
	}
	atomic_store(&changes->over, true);
	return NULL;
}

static void test_growth(struct dataplane *dp, int family)
{
	struct changes changes = {dp, family, {side_of(family, 1)}, false, 0};
	struct dataplane_channel channel = channel_of(family, SLOT, 1);
	int program = bpf_obj_get(PINS "/ingest_tc");
	unsigned sent = 0, on_lan = 0, wrong = 0;
	struct dataplane_channel_stats stats;
	pthread_t thread;

	dataplane_clear_channel_stats(dp, SLOT);
	if (dataplane_set_channel(dp, &changes.sides[0].sg, &channel) ||
	    pthread_create(&thread, NULL, join_and_leave, &changes))
		errx(2, "%s", dataplane_error(dp));
	for (; !atomic_load(&changes.over); sent++)
		wrong += !went_right(&changes.sides[0], program, &on_lan);
	pthread_join(thread, NULL);
	close(program);
	dataplane_channel_stats(dp, SLOT, &stats);
	dataplane_remove_channel(dp, &changes.sides[0].sg);
	tap(!wrong && on_lan == sent && stats.packets == sent,
	    "IPv%d: while %d others come and go, a channel's %u packets go on (%u on its LAN, %u "
	    "on another one)",
	    family, CROWD, sent, on_lan - wrong, wrong);
}

/* A route whose channel has just gone is not another's: a packet may still be on its way. */
static void test_rest(struct dataplane *dp)
{
	struct side side = side_of(4, 1);
	unsigned taken = 0;
	int first, number;

	take_entry(dp, 4, &side);
	first = routes_take(dp, &side.entry, 4);
	routes_release(dp, first);
	do {
		side.entry.from.local_port++;
		number = routes_take(dp, &side.entry, 4);
		if (number >= 0)
			routes_release(dp, number);
	} while (number >= 0 && number != first && ++taken < MCI_ROUTES_MAX);
	tap(number < 0 && taken > 100, "%u routes are given, and none a second time at once",
	    taken);
}

void fast_tests(struct dataplane *dp)
{
	test_changes(dp, 4);
	test_changes(dp, 6);
	test_growth(dp, 4);
	test_growth(dp, 6);
	test_rest(dp);
}
