/* SPDX-License-Identifier: BSD-2-Clause */
/* Copies to several LAN interfaces: here they exist, as veth pairs e0-p0 and so on, and a socket at
 * the far end sees what is sent. BPF_PROG_RUN redirects no packet itself, so what goes to the last
 * interface is the frame that comes back. */
#include "harness.h"
#include "packets.h"

#include <err.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/pkt_cls.h>
#include <net/if.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define EGRESSES 3
#define AMT_PORT 2268
#define SLOT     5

/* The source addresses but for the last byte, which is the number of the interface. */
static const uint8_t egress_macs[5] = {2, 0, 0, 0, 1};

static int far_end(unsigned n)
{
	struct sockaddr_ll at = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0);
	char name[IF_NAMESIZE] = "p0";

	name[1] += n;
	at.sll_ifindex = harness_ifindex(name);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)))
		err(2, "packet socket on %s", name);
	return fd;
}

/* Whether the frame, and no other of that sender, has arrived. */
static bool arrived(int fd, const uint8_t *frame, size_t length)
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	uint8_t got[FRAME_MAX];
	unsigned right = 0, wrong = 0;
	ssize_t got_length;

	poll(&ready, 1, frame ? 1000 : 0);
	while ((got_length = recv(fd, got, sizeof(got), 0)) > 0) {
		if (memcmp(got + 6, egress_macs, sizeof(egress_macs)))
			continue; /* the kernel's own */
		if (frame && (size_t)got_length == length && !memcmp(got, frame, length)) {
			right++;
			continue;
		}
		tap_frame("got", got, got_length);
		wrong++;
	}
	return right == (frame != NULL) && !wrong;
}

struct egress_case {
	const char *what;
	struct packet packet;
	unsigned mtu[EGRESSES]; /* 0: the interface has vanished */
	int last;               /* which one has the frame itself; -1: none, it is dropped */
	unsigned too_long, refused;
};

/* clang-format off */
static const struct egress_case cases[] = {
	{"three LANs", {}, {1500, 1500, 1500}, 2, 0, 0},
	{"three LANs, IPv6 in IPv4", {.inner = 6}, {1500, 1500, 1500}, 2, 0, 0},
	{"three LANs, IPv4 in IPv6", {.outer = 6}, {1500, 1500, 1500}, 2, 0, 0},
	{"three LANs, IPv6 in IPv6", {.outer = 6, .inner = 6}, {1500, 1500, 1500}, 2, 0, 0},
	{"the first takes less", {.payload = 1300, .inner_fragment = 0x4000}, {1280, 1500, 1500}, 2, 1, 0},
	{"the second takes less", {.payload = 1300, .inner_fragment = 0x4000}, {1500, 1280, 1500}, 2, 1, 0},
	{"the last takes less", {.payload = 1300, .inner_fragment = 0x4000}, {1500, 1500, 1280}, 1, 1, 0},
	{"only the first takes it", {.payload = 1300, .inner_fragment = 0x4000}, {1500, 1280, 1280}, 0, 2, 0},
	{"none takes it", {.payload = 1300, .inner_fragment = 0x4000}, {1280, 1280, 1280}, -1, 3, 0},
	{"the second has vanished", {}, {1500, 0, 1500}, 2, 0, 1},
};
/* clang-format on */

static void set_channel(struct dataplane *dp, const struct egress_case *row)
{
	int outer = row->packet.outer ? row->packet.outer : 4;
	struct sg sg = packet_channel(row->packet.inner ? row->packet.inner : 4);
	struct dataplane_channel channel = {
		.from = {.relay = packet_relay(outer),
			 .local = packet_local(outer),
			 .relay_port = AMT_PORT,
			 .local_port = TUNNEL_PORT},
		.slot = SLOT,
		.deadline_ns = UINT64_MAX,
		.egress_count = EGRESSES,
	};

	for (unsigned n = 0; n < EGRESSES; n++) {
		struct mci_lan *egress = &channel.egress[n];

		memcpy(egress->interface, "e0", 3);
		egress->interface[1] += n;
		egress->ifindex = row->mtu[n] ? harness_ifindex(egress->interface) : 4711;
		egress->mtu = row->mtu[n] ? row->mtu[n] : 1500;
		memcpy(egress->mac, egress_macs, sizeof(egress_macs));
		egress->mac[5] = n;
	}
	if (dataplane_set_channel(dp, &sg, &channel))
		errx(2, "%s", dataplane_error(dp));
}

static bool right_copies(const struct egress_case *row, const struct run *run, const int *fds)
{
	size_t inner = 20 + (row->packet.payload ? row->packet.payload : 34);
	uint8_t frame[FRAME_MAX];
	bool right = true;

	for (int n = 0; n < EGRESSES; n++) {
		size_t length =
			packet_on_lan(&row->packet, (const uint8_t[]){2, 0, 0, 0, 1, n}, frame);

		if (n == row->last) {
			right = right && run->length == length &&
				!memcmp(run->frame, frame, length);
			length = 0;
		}
		if (inner > row->mtu[n])
			length = 0;
		right = arrived(fds[n], length ? frame : NULL, length) && right;
	}
	return right;
}

static void test_egress(struct dataplane *dp, const struct egress_case *row, const int *fds)
{
	uint64_t before[MCI_DROP_COUNT], after[MCI_DROP_COUNT];
	struct dataplane_left left_before, left;
	struct dataplane_channel_stats stats;
	uint8_t frame[FRAME_MAX];
	size_t length = packet_build(&row->packet, frame);
	struct run run;
	bool ok;

	set_channel(dp, row);
	dataplane_clear_channel_stats(dp, SLOT);
	dataplane_drops(dp, before);
	dataplane_left(dp, &left_before);
	run = harness_run("ingest_tc", frame, length, 0, 1);
	dataplane_drops(dp, after);
	dataplane_left(dp, &left);
	dataplane_channel_stats(dp, SLOT, &stats);
	ok = run.verdict == (row->last < 0 ? TC_ACT_SHOT : TC_ACT_REDIRECT);
	ok = right_copies(row, &run, fds) && ok;
	ok = ok && stats.packets == (row->last >= 0) &&
	     after[MCI_DROP_EXCEEDS_MTU] - before[MCI_DROP_EXCEEDS_MTU] == row->too_long &&
	     after[MCI_DROP_REWRITE] - before[MCI_DROP_REWRITE] == row->refused &&
	     left.account[MCI_ACCOUNT_UNSENT] - left_before.account[MCI_ACCOUNT_UNSENT] ==
		     (row->last < 0);
	tap(ok, "copies: %s", row->what);
}

void egress_tests(struct dataplane *dp)
{
	int fds[EGRESSES];

	for (unsigned n = 0; n < EGRESSES; n++) {
		if (!harness_shell("ip link add e%u type veth peer name p%u && "
				   "ip link set e%u up && ip link set p%u up",
				   n, n, n, n))
			errx(2, "cannot make veth interfaces");
		fds[n] = far_end(n);
	}
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		test_egress(dp, &cases[i], fds);
	for (unsigned n = 0; n < EGRESSES; n++) {
		close(fds[n]);
		harness_shell("ip link del e%u", n);
	}
}
