/* SPDX-License-Identifier: BSD-2-Clause */
/* A channel that moves between two relays: what comes from both goes to the LAN once. */
#include "packets.h"
#include "through.h"

#include <bpf/bpf.h>
#include <err.h>
#include <linux/bpf.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define AMT_PORT  2268
#define EGRESS    4711
#define STEPS_MAX 8
#define DUPLICATE MCI_DROP_DUPLICATE

/* Each way of going has its own packets: the programs remember those of the last second. */
static uint32_t slot = 100;

struct step {
	struct packet packet; /* of relay 0, from which the channel moves; 1, to which; or 2 */
	int expect;
};

struct move_case {
	const char *what;
	struct packet like; /* inner family and length, and the outer family of the first relay */
	int next_outer;     /* of the second relay, if it is another */
	bool expired, at_home, told;
	struct step steps[STEPS_MAX]; /* to the first that is all zeros, which is none */
};

/* clang-format off */
static const struct move_case cases[] = {
	{"the old relay's first", .told = true, .steps = {
		{{.relay = 0}, ON_LAN}, {{.relay = 1}, DUPLICATE}}},
	{"the next relay's first", .told = true, .steps = {
		{{.relay = 1}, ON_LAN}, {{.relay = 0}, DUPLICATE}}},
	{"only the old relay's", .steps = {
		{{.first = 1}, ON_LAN}, {{.first = 2}, ON_LAN}, {{.first = 3}, ON_LAN}}},
	{"two alike, twice", .told = true, .steps = {
		{{.relay = 0}, ON_LAN}, {{.relay = 0}, ON_LAN}, {{.relay = 1}, DUPLICATE},
		{{.relay = 1}, DUPLICATE}, {{.relay = 1}, ON_LAN}}},
	{"two alike, by turns", .told = true, .steps = {
		{{.relay = 0}, ON_LAN}, {{.relay = 1}, DUPLICATE}, {{.relay = 1}, ON_LAN},
		{{.relay = 0}, DUPLICATE}, {{.relay = 0}, ON_LAN}, {{.relay = 1}, DUPLICATE}}},
	{"one is lost on either way", .told = true, .steps = {
		{{.first = 1}, ON_LAN}, {{.first = 2}, ON_LAN}, {{.relay = 1, .first = 2}, DUPLICATE},
		{{.relay = 1, .first = 3}, ON_LAN}, {{.relay = 1, .first = 4}, ON_LAN}, {{.first = 4}, DUPLICATE}}},
	{"over fewer hops", .told = true, .steps = {
		{{.relay = 0, .ttl = 9}, ON_LAN}, {{.relay = 1, .ttl = 60}, DUPLICATE}}},
	{"over fewer hops, IPv6", {.inner = 6}, .told = true, .steps = {
		{{.relay = 0, .ttl = 9}, ON_LAN}, {{.relay = 1, .ttl = 60}, DUPLICATE}}},
	{"out of IPv6, IPv4 inside", .next_outer = 6, .told = true, .steps = {
		{{.relay = 0}, ON_LAN}, {{.relay = 1}, DUPLICATE}}},
	{"out of IPv4, IPv6 inside", {.outer = 6, .inner = 6}, 4, .told = true, .steps = {
		{{.relay = 1}, ON_LAN}, {{.relay = 0}, DUPLICATE}}},
	{"options of the inner header", {.inner_options = 2, .payload = 90}, .next_outer = 6, .told = true, .steps = {
		{{.relay = 1}, ON_LAN}, {{.relay = 0}, DUPLICATE}}},
	{"bytes after the inner packet", .told = true, .steps = {
		{{.relay = 0, .padding = 6}, ON_LAN}, {{.relay = 1, .trailing = 40}, DUPLICATE}}},
	{"fragments", {.payload = 80}, .told = true, .steps = {
		{{.inner_fragment = 0x2000}, ON_LAN}, {{.relay = 1, .inner_fragment = 0x000a}, ON_LAN},
		{{.relay = 1, .inner_fragment = 0x2000}, DUPLICATE}, {{.inner_fragment = 0x000a}, DUPLICATE}}},
	{"another identification", {.payload = 80}, .told = true, .steps = {
		{{.relay = 0}, ON_LAN}, {{.relay = 1, .identification = 1}, ON_LAN}}},
	{"others in their first bytes", {.inner = 6, .payload = 80}, .told = true, .steps = {
		{{.relay = 0}, ON_LAN}, {{.relay = 1, .first = 1}, ON_LAN}}},
	{"others in their last byte", {.inner = 6, .payload = 80}, .told = true, .steps = {
		{{.relay = 0}, ON_LAN}, {{.relay = 1, .last = 1}, ON_LAN}}},
	{"of another length", {.inner = 6}, .told = true, .steps = {
		{{.payload = NOTHING}, ON_LAN}, {{.relay = 1, .payload = 40}, ON_LAN}}},
	{"no payload", {.payload = NOTHING}, .told = true, .steps = {
		{{.relay = 0}, ON_LAN}, {{.relay = 1}, DUPLICATE}}},
	{"1 byte", {.payload = 1}, .told = true, .steps = {
		{{.relay = 0}, ON_LAN}, {{.relay = 1, .last = 1}, ON_LAN}, {{.relay = 1}, DUPLICATE}}},
	{"31 bytes", {.inner = 6, .payload = 31}, .told = true, .steps = {
		{{.relay = 0}, ON_LAN}, {{.relay = 1, .last = 1}, ON_LAN}, {{.relay = 1}, DUPLICATE}}},
	{"32 bytes", {.payload = 32}, .told = true, .steps = {
		{{.relay = 0}, ON_LAN}, {{.relay = 1, .last = 1}, ON_LAN}, {{.relay = 1}, DUPLICATE}}},
	{"1400 bytes", {.payload = 1400}, .told = true, .steps = {
		{{.relay = 0}, ON_LAN}, {{.relay = 1, .last = 1}, ON_LAN}, {{.relay = 1}, DUPLICATE}}},
	{"3600 bytes, in several buffers", {.payload = 3600}, .told = true, .steps = {
		{{.relay = 0}, ON_LAN}, {{.relay = 1, .last = 1}, ON_LAN}, {{.relay = 1}, DUPLICATE}}},
	{"a third relay's", .steps = {
		{{.relay = 0}, ON_LAN}, {{.relay = 2}, MCI_DROP_OTHER_TUNNEL}}},
	{"through the other's tunnel", .steps = {
		{{.relay = 1, .destination_port = TUNNEL_PORT}, MCI_DROP_WRONG_RELAY},
		{{.relay = 1, .source_port = 2269}, MCI_DROP_WRONG_RELAY}}},
	{"the daemon is gone", .expired = true, .told = true, .steps = {
		{{.relay = 0}, MCI_DROP_EXPIRED}, {{.relay = 1}, MCI_DROP_EXPIRED}}},
	{"what is not sent on is not remembered", .told = true, .steps = {
		{{.relay = 0, .ttl = 1}, MCI_DROP_TTL}, {{.relay = 1, .ttl = 60}, ON_LAN}}},
	{"at home, not moving", .at_home = true, .steps = {
		{{.relay = 1}, MCI_DROP_OTHER_TUNNEL}, {{.relay = 0}, ON_LAN}, {{.relay = 0}, ON_LAN}}},
};
/* clang-format on */

static struct dataplane_flow flow(int relay, int family)
{
	return (struct dataplane_flow){.relay = packet_relay_at(family, relay),
				       .local = packet_local(family),
				       .relay_port = AMT_PORT,
				       .local_port = TUNNEL_PORT + relay};
}

static void set_tunnel(struct dataplane *dp, const struct dataplane_flow *u)
{
	dataplane_set_tunnel(dp, &u->local, u->local_port, &u->relay, u->relay_port);
}

/* `moving` from the first relay to the second, or at home in the first. */
static struct dataplane_channel channel_of(const struct move_case *row, bool moving)
{
	int outer = family_of(row->like.outer);
	struct dataplane_channel channel = {
		.from = flow(0, outer),
		.to = flow(1, row->next_outer ? row->next_outer : outer),
		.moving = moving,
		.slot = slot,
		.deadline_ns = seconds_from_now(row->expired ? -1 : 3600),
		.egress_count = 1,
		.egress = {{.interface = "lan0", .ifindex = EGRESS, .mtu = 9000}},
	};

	memcpy(channel.egress[0].mac, egress_mac, sizeof(egress_mac));
	return channel;
}

static struct sg sg_of(const struct move_case *row)
{
	return packet_channel(family_of(row->like.inner));
}

static void set(struct dataplane *dp, const struct move_case *row,
		const struct dataplane_channel *channel)
{
	struct sg sg = sg_of(row);

	if (dataplane_set_channel(dp, &sg, channel))
		errx(2, "%s", dataplane_error(dp));
}

static void begin(struct dataplane *dp, const struct move_case *row)
{
	struct dataplane_channel channel = channel_of(row, !row->at_home);
	struct dataplane_flow third = flow(2, family_of(row->like.outer));

	slot++;
	channel.slot = slot;
	set_tunnel(dp, &channel.from);
	set_tunnel(dp, &channel.to);
	set_tunnel(dp, &third);
	set(dp, row, &channel);
	dataplane_dispatch(dp);
	observation = (struct observation){.count = 0};
}

static void end(struct dataplane *dp, const struct move_case *row)
{
	struct dataplane_channel channel = channel_of(row, false);
	struct sg sg = sg_of(row);

	dataplane_remove_channel(dp, &sg);
	for (int relay = 0; relay < 3; relay++) {
		dataplane_remove_tunnel(dp, &channel.from.local, TUNNEL_PORT + relay);
		dataplane_remove_tunnel(dp, &channel.to.local, TUNNEL_PORT + relay);
	}
}

static struct packet packet_of(const struct move_case *row, const struct packet *step)
{
	struct packet packet = *step;

	packet.inner = row->like.inner;
	packet.inner_options = row->like.inner_options;
	packet.outer = step->relay && row->next_outer ? row->next_outer : row->like.outer;
	if (!packet.payload)
		packet.payload = row->like.payload;
	return packet;
}

/* By which hook the packets come: by turns, what one has seen the other must know. */
enum hook { TC, XDP, TC_XDP, XDP_TC, HOOKS };

static const char *const hook_names[HOOKS] = {"tc", "xdp", "tc and xdp", "xdp and tc"};

static int through(enum hook hook, int relay, const uint8_t *frame, size_t length, struct run *run)
{
	bool by_tc = hook == TC || (hook == TC_XDP && !relay) || (hook == XDP_TC && relay);
	bool xdp_passed;

	return by_tc ? through_tc(frame, length, 0, run)
		     : through_both(frame, length, 0, run, &xdp_passed);
}

static bool take_step(struct dataplane *dp, const struct move_case *row, const struct step *step,
		      enum hook hook)
{
	struct packet packet = packet_of(row, &step->packet);
	int expected = step->expect < 0 ? step->expect : DROPPED;
	uint8_t in[FRAME_MAX], out[FRAME_MAX];
	size_t length = packet_build(&packet, in);
	uint64_t before[MCI_DROP_COUNT];
	struct run run;
	bool ok;

	dataplane_drops(dp, before);
	ok = through(hook, packet.relay, in, length, &run) == expected;
	length = packet_on_lan(&packet, egress_mac, out);
	if (ok && step->expect == ON_LAN)
		ok = same_frame(&run, out, length);
	return right_drops(dp, before, step->expect) && ok;
}

static bool has_moves(void)
{
	int fd = bpf_obj_get(PINS "/moves");
	uint32_t key;
	bool has = !bpf_map_get_next_key(fd, NULL, &key);

	close(fd);
	return has;
}

static uint64_t packets_of(struct dataplane *dp)
{
	struct dataplane_channel_stats stats;

	dataplane_channel_stats(dp, slot, &stats);
	return stats.packets;
}

static bool is_none(const struct step *step)
{
	static const struct step none;

	return !memcmp(step, &none, sizeof(none));
}

static void test_case(struct dataplane *dp, const struct move_case *row, enum hook hook)
{
	unsigned on_lan = 0;
	bool ok = true;

	begin(dp, row);
	for (int i = 0; i < STEPS_MAX && !is_none(&row->steps[i]); i++) {
		on_lan += row->steps[i].expect == ON_LAN;
		if (take_step(dp, row, &row->steps[i], hook))
			continue;
		tap_note("step %d", i + 1);
		ok = false;
	}
	dataplane_dispatch(dp);
	ok = ok && packets_of(dp) == on_lan && observation.moved == row->told &&
	     has_moves() == !row->at_home;
	end(dp, row);
	tap(ok && !has_moves(), "moving, by %s: %s", hook_names[hook], row->what);
}

/* A move and back again, step by step. Nothing is to be lost in between. */

static bool sent(struct dataplane *dp, int relay, int first, int expect)
{
	static const struct move_case plain;
	struct step step = {{.relay = relay, .first = first}, expect};

	return take_step(dp, &plain, &step, TC);
}

static bool moved(struct dataplane *dp, unsigned times)
{
	observation.moved = 0;
	dataplane_dispatch(dp);
	return observation.moved == times && (!times || observation.slot == slot);
}

static void test_course(struct dataplane *dp)
{
	static const struct move_case row = {.at_home = true};
	struct dataplane_channel channel;

	begin(dp, &row);
	channel = channel_of(&row, true);
	tap(sent(dp, 0, 1, ON_LAN) && sent(dp, 1, 1, MCI_DROP_OTHER_TUNNEL) && moved(dp, 0),
	    "a channel that is at home");
	set(dp, &row, &channel);
	tap(sent(dp, 0, 2, ON_LAN) && sent(dp, 0, 3, ON_LAN) && moved(dp, 0),
	    "moves, and the old relay delivers");
	tap(sent(dp, 1, 2, DUPLICATE) && sent(dp, 1, 4, ON_LAN) && moved(dp, 1),
	    "as the next one does: that is told");
	channel.egress[0].mtu = 8000;
	set(dp, &row, &channel);
	tap(sent(dp, 1, 3, DUPLICATE) && sent(dp, 0, 4, DUPLICATE) && moved(dp, 0),
	    "its entry changes in between: it is told no second time");
	channel.to = flow(2, 4);
	set(dp, &row, &channel);
	tap(sent(dp, 1, 5, MCI_DROP_OTHER_TUNNEL) && sent(dp, 2, 5, ON_LAN) &&
		    sent(dp, 0, 5, DUPLICATE) && moved(dp, 1),
	    "it moves to a third one instead, and that is told");
	channel.from = channel.to;
	channel.moving = false;
	set(dp, &row, &channel);
	tap(sent(dp, 2, 6, ON_LAN) && sent(dp, 0, 6, MCI_DROP_OTHER_TUNNEL) && !has_moves(),
	    "and is at home there");
	end(dp, &row);
}

/* What one relay alone delivers is forgotten. */
static void test_age(struct dataplane *dp)
{
	static const struct move_case row;
	bool ok;

	begin(dp, &row);
	ok = sent(dp, 0, 1, ON_LAN);
	usleep(MCI_SEEN_NS / 1000 + 100000);
	ok = sent(dp, 1, 1, ON_LAN) && sent(dp, 0, 1, DUPLICATE) && ok;
	tap(ok, "a copy that comes more than a second later is another packet");
	end(dp, &row);
}

/* The oldest of a bucket's makes room. */
static void test_full_bucket(struct dataplane *dp)
{
	static const struct move_case row;
	unsigned on_lan;

	begin(dp, &row);
	for (int i = 0; i <= MCI_SEEN_PACKETS; i++)
		sent(dp, 0, 1, ON_LAN);
	tap(packets_of(dp) == MCI_SEEN_PACKETS + 1, "eight packets alike: all go on");
	for (int i = 0; i < MCI_SEEN_PACKETS; i++)
		sent(dp, 1, 1, DUPLICATE);
	on_lan = packets_of(dp);
	tap(on_lan == MCI_SEEN_PACKETS + 1 && sent(dp, 1, 1, ON_LAN),
	    "then seven are known, and the eighth goes on again");
	end(dp, &row);
}

/* Both relays at once, each on a CPU of its own. */

#define RACED 3000
#define LAP   2 /* then the faster one waits: what is a second old is forgotten */

struct racer {
	int relay, cpu;
	enum hook hook;
	pthread_barrier_t *laps;
};

static void *race(void *context)
{
	const struct racer *racer = context;
	uint8_t frame[FRAME_MAX];
	struct run run;
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(racer->cpu, &one);
	pthread_setaffinity_np(pthread_self(), sizeof(one), &one);
	for (int n = 0; n < RACED; n++) {
		struct packet packet = {.relay = racer->relay, .identification = n};

		if (n % LAP == 0)
			pthread_barrier_wait(racer->laps);
		through(racer->hook, racer->relay, frame, packet_build(&packet, frame), &run);
	}
	return NULL;
}

static void test_race(struct dataplane *dp, enum hook hook)
{
	static const struct move_case row;
	pthread_barrier_t laps;
	struct racer racers[2] = {{0, 0, hook, &laps},
				  {1, sysconf(_SC_NPROCESSORS_ONLN) - 1, hook, &laps}};
	uint64_t before[MCI_DROP_COUNT], after[MCI_DROP_COUNT];
	pthread_t threads[2];

	pthread_barrier_init(&laps, NULL, 2);
	begin(dp, &row);
	dataplane_drops(dp, before);
	for (int i = 0; i < 2; i++)
		if (pthread_create(&threads[i], NULL, race, &racers[i]))
			errx(2, "no thread");
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&laps);
	dataplane_drops(dp, after);
	tap(packets_of(dp) == RACED && after[DUPLICATE] - before[DUPLICATE] == RACED,
	    "moving, by %s: two CPUs, each packet once", hook_names[hook]);
	end(dp, &row);
}

void move_tests(struct dataplane *dp)
{
	for (enum hook hook = 0; hook < HOOKS; hook++)
		for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
			test_case(dp, &cases[i], hook);
	test_course(dp);
	test_age(dp);
	test_full_bucket(dp);
	test_race(dp, TC);
	test_race(dp, XDP);
	test_race(dp, TC_XDP);
}
