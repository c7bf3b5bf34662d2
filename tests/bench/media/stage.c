/* SPDX-License-Identifier: BSD-2-Clause */
#include "stage.h"

#include "../../bpf/harness.h"
#include "../../bpf/packets.h"
#include "media.skel.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <err.h>
#include <linux/if_link.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MAC      "02:00:00:00:00:07"
#define AMT_PORT 2268
#define ETHERNET 14
#define UDP      8
#define RTP      12

static const char *const upstreams[STAGE_WAYS] = {
	[STAGE_XDP] = "xdp0",        [STAGE_TC] = "tc0",       [STAGE_BARE_XDP] = "barexdp0",
	[STAGE_BARE_TC] = "baretc0", [STAGE_STACK] = "stack0",
};

static void must(bool done, const char *what)
{
	if (!done)
		errx(2, "media: cannot %s", what);
}

/* Interfaces. With GRO, a veth takes XDP frames without having a program. */

static void make_pair(const char *near, const char *far)
{
	must(harness_shell("ip link add %s type veth peer name %s && "
			   "sysctl -qw net.ipv6.conf.%s.disable_ipv6=1 "
			   "net.ipv6.conf.%s.disable_ipv6=1 && "
			   "ip link set %s address " MAC " up && ip link set %s up",
			   near, far, near, far, near, far),
	     "make interfaces");
}

static void make_upstreams(struct stage *stage)
{
	char far[16];

	for (unsigned way = 0; way < STAGE_WAYS; way++) {
		snprintf(far, sizeof(far), "feed%u", way);
		make_pair(upstreams[way], far);
		must(harness_shell("ethtool -K %s gro on", upstreams[way]), "turn GRO on");
		stage->feeds[way] = harness_ifindex(far);
	}
}

static void sink_xdp(const struct stage *stage, const char *name)
{
	must(!bpf_xdp_attach(harness_ifindex(name),
			     bpf_program__fd(stage->programs->progs.sink_xdp), XDP_FLAGS_DRV_MODE,
			     NULL),
	     "attach a sink");
}

static void attach_tc(const struct bpf_program *program, const char *name)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = harness_ifindex(name),
		    .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, filter, .prog_fd = bpf_program__fd(program));

	must(!bpf_tc_hook_create(&hook) && !bpf_tc_attach(&hook, &filter), "attach to TC");
}

static void make_lans(struct stage *stage)
{
	char near[16], far[16];

	for (unsigned i = 0; i < STAGE_LANS; i++) {
		snprintf(near, sizeof(near), "lan%u", i);
		snprintf(far, sizeof(far), "sink%u", i);
		make_pair(near, far);
		sink_xdp(stage, far);
		stage->lans[i] = harness_ifindex(near);
	}
	make_pair("plain0", "plainsink0");
	attach_tc(stage->programs->progs.sink_tc, "plainsink0");
	stage->plain_lan = harness_ifindex("plain0");
}

/* Programs */

static void open_dataplane(struct stage *stage, uint32_t channels)
{
	struct dataplane_limits limits = {.channels = channels, .tunnels = 4};
	struct dataplane_events events = {.context = NULL};
	int error = dataplane_claim(NULL, &stage->dp);

	if (!error)
		error = dataplane_open(stage->dp, &limits, &events);
	dataplane_choose(stage->dp, DATAPLANE_XDP); /* before Linux 6.3 LANs do not tell */
	for (unsigned i = 0; !error && i < STAGE_LANS; i++)
		error = dataplane_attach_downstream(stage->dp, stage->lans[i]);
	dataplane_choose(stage->dp, DATAPLANE_TC);
	if (!error)
		error = dataplane_attach_downstream(stage->dp, stage->plain_lan);
	dataplane_choose(stage->dp, DATAPLANE_XDP);
	if (!error)
		error = dataplane_attach_upstream(stage->dp, harness_ifindex("xdp0"));
	dataplane_choose(stage->dp, DATAPLANE_TC);
	if (!error)
		error = dataplane_attach_upstream(stage->dp, harness_ifindex("tc0"));
	if (error)
		errx(2, "media: %s", dataplane_error(stage->dp));
}

static void attach_bare(struct stage *stage)
{
	const struct media *programs = stage->programs;

	bpf_map__update_elem(programs->maps.out, &(uint32_t){0}, 4, &stage->lans[0], 4, BPF_ANY);
	programs->bss->out_ifindex = stage->plain_lan;
	must(!bpf_xdp_attach(harness_ifindex("barexdp0"),
			     bpf_program__fd(programs->progs.redirect_xdp), XDP_FLAGS_DRV_MODE,
			     NULL),
	     "attach the bare redirect");
	attach_tc(programs->progs.redirect_tc, "baretc0");
}

void stage_open(struct stage *stage, uint32_t channels)
{
	*stage = (struct stage){.mac = {2, 0, 0, 0, 0, 7}};
	harness_enter();
	stage->programs = media__open_and_load();
	must(stage->programs, "load its programs");
	make_upstreams(stage);
	make_lans(stage);
	open_dataplane(stage, channels);
	attach_bare(stage);
}

void stage_close(struct stage *stage)
{
	dataplane_close(stage->dp);
	media__destroy(stage->programs);
}

/* Channels and their frames */

static int family_of(const struct sg *sg)
{
	return sg->group.family == AF_INET ? 4 : 6;
}

static struct sg channel_at(const struct sg *first, uint32_t number)
{
	size_t last = first->group.family == AF_INET ? 3 : 15;
	struct sg sg = *first;

	for (unsigned i = 0; i < 4; i++) {
		sg.source.bytes[last - i] |= number >> 8 * i;
		sg.group.bytes[last - i] |= number >> 8 * i;
	}
	return sg;
}

static void put_egress(struct dataplane_channel *channel, unsigned ifindex)
{
	struct mci_lan *egress = &channel->egress[channel->egress_count++];

	*egress = (struct mci_lan){.ifindex = ifindex, .mtu = 1500};
	memcpy(egress->mac, egress_mac, sizeof(egress->mac));
}

static struct dataplane_channel channel_of(const struct sg *sg)
{
	int family = family_of(sg);

	return (struct dataplane_channel){
		.from = {.relay = packet_relay(family),
			 .local = packet_local(family),
			 .relay_port = AMT_PORT,
			 .local_port = TUNNEL_PORT},
		.deadline_ns = UINT64_MAX,
	};
}

void stage_join(struct stage *stage, const struct sg *first, uint32_t count, const unsigned *lans,
		unsigned lan_count)
{
	struct dataplane_channel channel = channel_of(first);

	for (unsigned i = 0; i < lan_count; i++)
		put_egress(&channel, lans[i]);
	for (uint32_t number = 0; number < count; number++) {
		struct sg sg = channel_at(first, number);

		channel.slot = stage->slots++;
		if (dataplane_set_channel(stage->dp, &sg, &channel))
			errx(2, "media: %s", dataplane_error(stage->dp));
	}
}

void stage_change(struct stage *stage, const struct sg *first, uint32_t number, bool join)
{
	struct sg sg = channel_at(first, number);
	struct dataplane_channel channel = channel_of(&sg);

	put_egress(&channel, stage->lans[0]);
	if (!join)
		dataplane_remove_channel(stage->dp, &sg);
	else if (dataplane_set_channel(stage->dp, &sg, &channel))
		errx(2, "media: %s", dataplane_error(stage->dp));
}

/* RTP in UDP in place of the letters that packet_build() fills the payload with. */
static void put_rtp(uint8_t *udp, unsigned length)
{
	memset(udp, 0, UDP + RTP);
	memcpy(udp, (uint8_t[]){0x13, 0x88, 0x13, 0x88, length >> 8, length}, 6);
	memcpy(udp + UDP, (uint8_t[]){0x80, 33}, 2);
}

void stage_load(struct stage *stage, enum stage_way way, const struct sg *first, uint32_t count,
		unsigned payload, bool left)
{
	bool v4 = family_of(first) == 4;
	struct packet packet = {.outer = family_of(first),
				.inner = family_of(first),
				.outer_extension = left ? IPPROTO_DSTOPTS : 0,
				.payload = UDP + RTP + payload};
	unsigned ip = ETHERNET + (v4 ? 20 : 40) + (left ? 8 : 0) + UDP + 2;
	unsigned source = ip + (v4 ? 12 : 8), address = v4 ? 4 : 16;
	struct media_load *load = &stage->programs->bss->load;
	uint8_t frame[FRAME_MAX];

	*load = (struct media_load){
		.length = packet_build(&packet, frame),
		.source = source + address - 4,
		.group = source + 2 * address - 4,
		.channels = count,
		.ifindex = stage->feeds[way],
	};
	memcpy(frame, stage->mac, sizeof(stage->mac));
	memcpy(frame + source, first->source.bytes, address);
	memcpy(frame + source + address, first->group.bytes, address);
	put_rtp(frame + source + 2 * address, UDP + RTP + payload);
	memcpy(load->headers, frame, sizeof(load->headers));
}

double stage_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

void stage_send(struct stage *stage, unsigned packets)
{
	const struct media_load *load = &stage->programs->bss->load;
	uint8_t frame[FRAME_MAX] = {0};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = load->length,
		    .repeat = packets, .flags = BPF_F_TEST_XDP_LIVE_FRAMES);
	double start = stage_seconds();

	memcpy(frame, load->headers, sizeof(load->headers));
	if (bpf_prog_test_run_opts(bpf_program__fd(stage->programs->progs.generate), &opts))
		err(2, "media: cannot send frames (Linux 5.18 can)");
	stage->overhead += stage_seconds() - start - opts.duration * 1e-9 * packets;
}

uint64_t stage_delivered(const struct stage *stage)
{
	uint64_t sum = 0;

	for (unsigned cpu = 0; cpu < MEDIA_CPUS; cpu++)
		sum += stage->programs->bss->delivered[cpu];
	return sum;
}

#define SETTLE_TRIES 100
#define SETTLE_US    1000

uint64_t stage_settle(const struct stage *stage, uint64_t expected)
{
	for (int i = 0; i < SETTLE_TRIES && stage_delivered(stage) < expected; i++)
		usleep(SETTLE_US);
	return stage_delivered(stage);
}
