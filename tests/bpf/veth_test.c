/* SPDX-License-Identifier: BSD-2-Clause */
/* The way across real interfaces: a UDP socket in another namespace is the relay, whose checksums
 * are left to the device as they are by default; what a packet socket at the far end of the LAN
 * sees is compared byte by byte. By TC and by XDP. */
#include "harness.h"
#include "packets.h"

#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/udp.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define AMT_PORT 2268
#define SLOT     7
#define PACKETS  10
#define WAN_MAC  "02:00:00:00:00:77"

struct way {
	struct dataplane *dp;
	int here, there; /* network namespaces */
	int lan;         /* at the far end of lan0 */
};

static void go(int namespace)
{
	if (setns(namespace, CLONE_NEWNET))
		err(2, "setns");
}

static int namespace_of_now(void)
{
	int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		err(2, "/proc/self/ns/net");
	return fd;
}

static void make_interfaces(struct way *way)
{
	way->here = namespace_of_now();
	if (unshare(CLONE_NEWNET))
		err(2, "unshare");
	way->there = namespace_of_now();
	/* With GRO at its other end, lan0 takes frames from XDP. */
	if (!harness_shell("ip link add relay0 type veth peer name wan0 netns /proc/%d/fd/%d && "
			   "ip link set relay0 up && "
			   "ip addr add 203.0.113.15/32 dev relay0 && "
			   "ip addr add 2001:db8::15/128 dev relay0 nodad",
			   getpid(), way->here))
		errx(2, "cannot make the relay's interface");
	go(way->here);
	if (!harness_shell("ip link set wan0 address " WAN_MAC " up && "
			   "ip link add lan0 type veth peer name lan1 && "
			   "ethtool -K lan1 gro on && ip link set lan0 up && ip link set lan1 up"))
		errx(2, "cannot make the other interfaces");
	go(way->there);
	if (!harness_shell("ip route add 198.51.100.2/32 dev relay0 && "
			   "ip route add 2001:db8:100::2/128 dev relay0 && "
			   "ip neigh add 198.51.100.2 lladdr " WAN_MAC " dev relay0 && "
			   "ip neigh add 2001:db8:100::2 lladdr " WAN_MAC " dev relay0"))
		errx(2, "cannot make the relay's routes");
	go(way->here);
}

static int listen_on(const char *name)
{
	struct sockaddr_ll at = {.sll_family = AF_PACKET,
				 .sll_protocol = htons(ETH_P_ALL),
				 .sll_ifindex = harness_ifindex(name)};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)))
		err(2, "packet socket on %s", name);
	return fd;
}

static socklen_t endpoint(const struct addr *addr, uint16_t port, struct sockaddr_storage *to)
{
	struct sockaddr_in *v4 = (void *)to;
	struct sockaddr_in6 *v6 = (void *)to;

	memset(to, 0, sizeof(*to));
	to->ss_family = addr->family;
	if (addr->family == AF_INET) {
		memcpy(&v4->sin_addr, addr->bytes, 4);
		v4->sin_port = htons(port);
		return sizeof(*v4);
	}
	memcpy(&v6->sin6_addr, addr->bytes, 16);
	v6->sin6_port = htons(port);
	return sizeof(*v6);
}

static int relay_socket(const struct way *way, int family)
{
	struct addr relay = packet_relay(family), local = packet_local(family);
	struct sockaddr_storage from, to;
	socklen_t length = endpoint(&relay, AMT_PORT, &from);
	int fd;

	endpoint(&local, TUNNEL_PORT, &to);
	go(way->there);
	fd = socket(relay.family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (void *)&from, length) || connect(fd, (void *)&to, length))
		err(2, "the relay's socket");
	go(way->here);
	return fd;
}

/* More copies than one are sent to the same LAN. */
static void set_channel(const struct way *way, const struct packet *packet, unsigned copies)
{
	struct addr relay = packet_relay(packet->outer), local = packet_local(packet->outer);
	struct sg sg = packet_channel(packet->inner);
	struct dataplane_channel channel = {
		.from = {.relay = relay,
			 .local = local,
			 .relay_port = AMT_PORT,
			 .local_port = TUNNEL_PORT},
		.slot = SLOT,
		.deadline_ns = UINT64_MAX,
		.egress_count = copies,
		.egress = {{.interface = "lan0", .ifindex = harness_ifindex("lan0"), .mtu = 1500}},
	};

	memcpy(channel.egress[0].mac, egress_mac, sizeof(egress_mac));
	channel.egress[1] = channel.egress[0];
	if (dataplane_set_channel(way->dp, &sg, &channel))
		errx(2, "%s", dataplane_error(way->dp));
	dataplane_clear_channel_stats(way->dp, SLOT);
}

/* How many frames are as they should be; -1 where one is not. */
static int receive(const struct way *way, const uint8_t *frame, size_t length)
{
	struct pollfd ready = {.fd = way->lan, .events = POLLIN};
	uint8_t got[FRAME_MAX];
	int right = 0;
	ssize_t got_length;

	while (right < PACKETS && poll(&ready, 1, 1000) > 0) {
		got_length = recv(way->lan, got, sizeof(got), 0);
		if (memcmp(got + 6, frame + 6, 6))
			continue; /* the kernel's own */
		if ((size_t)got_length == length && !memcmp(got, frame, length)) {
			right++;
			continue;
		}
		tap_frame("expected", frame, length);
		tap_frame("got", got, got_length);
		return -1;
	}
	return right;
}

static void send_each(int fd, const uint8_t *bytes, size_t length)
{
	for (int n = 0; n < PACKETS; n++)
		if (send(fd, bytes, length, 0) < 0)
			err(2, "send");
}

/* One behind the other, before the other end has taken the first. */
static void send_at_once(int fd, const uint8_t *bytes, size_t length)
{
	struct iovec all[PACKETS];
	struct msghdr message = {.msg_iov = all, .msg_iovlen = PACKETS};

	for (int n = 0; n < PACKETS; n++)
		all[n] = (struct iovec){(void *)bytes, length};
	if (setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &(int){length}, sizeof(int)) ||
	    sendmsg(fd, &message, 0) < 0)
		err(2, "sending segments");
}

/* PACKETS of them, by the relay. */
static void send_all(const struct way *way, const struct packet *packet, unsigned copies,
		     bool at_once)
{
	uint8_t sent[FRAME_MAX];
	size_t length = packet_build(packet, sent), headers = packet->outer == 4 ? 42 : 62;
	int fd = relay_socket(way, packet->outer);

	set_channel(way, packet, copies);
	if (at_once)
		send_at_once(fd, sent + headers, length - headers);
	else
		send_each(fd, sent + headers, length - headers);
	close(fd);
}

static int deliver(const struct way *way, const struct packet *packet)
{
	uint8_t expected[FRAME_MAX];
	size_t length = packet_on_lan(packet, egress_mac, expected);

	send_all(way, packet, 1, false);
	return receive(way, expected, length);
}

static void test_way(const struct way *way, const struct packet *packet, const char *mode)
{
	int received = deliver(way, packet);
	struct dataplane_channel_stats stats;

	dataplane_channel_stats(way->dp, SLOT, &stats);
	tap(received == PACKETS && stats.packets == PACKETS,
	    "%s, real sockets: IPv%d in IPv%d, %d bytes", mode, packet->inner, packet->outer,
	    packet->payload);
}

/* Several LANs at once */

static const uint8_t second_mac[6] = {2, 0, 0, 0, 0, 2};

static void set_channel_of_two(const struct way *way, const struct packet *packet)
{
	struct sg sg = packet_channel(packet->inner);
	struct dataplane_channel channel = {
		.from = {.relay = packet_relay(packet->outer),
			 .local = packet_local(packet->outer),
			 .relay_port = AMT_PORT,
			 .local_port = TUNNEL_PORT},
		.slot = SLOT,
		.deadline_ns = UINT64_MAX,
		.egress_count = 2,
		.egress = {{.interface = "lan0", .ifindex = harness_ifindex("lan0"), .mtu = 1500},
			   {.interface = "lan2", .ifindex = harness_ifindex("lan2"), .mtu = 1500}},
	};

	memcpy(channel.egress[0].mac, egress_mac, sizeof(egress_mac));
	memcpy(channel.egress[1].mac, second_mac, sizeof(second_mac));
	if (dataplane_set_channel(way->dp, &sg, &channel))
		errx(2, "%s", dataplane_error(way->dp));
	dataplane_clear_channel_stats(way->dp, SLOT);
}

static void test_copy_to_two(const struct way *way, const struct way *second,
			     const struct packet *packet, const char *mode)
{
	uint8_t sent[FRAME_MAX], expected[2][FRAME_MAX];
	size_t length = packet_build(packet, sent), headers = packet->outer == 4 ? 42 : 62;
	size_t on_lan = packet_on_lan(packet, egress_mac, expected[0]);
	int fd = relay_socket(way, packet->outer), received[2];
	struct dataplane_channel_stats stats;

	packet_on_lan(packet, second_mac, expected[1]);
	set_channel_of_two(way, packet);
	send_each(fd, sent + headers, length - headers);
	received[0] = receive(way, expected[0], on_lan);
	received[1] = receive(second, expected[1], on_lan);
	dataplane_channel_stats(way->dp, SLOT, &stats);
	tap(received[0] == PACKETS && received[1] == PACKETS && stats.packets == PACKETS,
	    "%s, two LANs: IPv%d in IPv%d to each, once, from its own address", mode, packet->inner,
	    packet->outer);
	close(fd);
}

/* By a broadcast of XDP, or by TC's copies. */
static void test_two_lans(struct way *way, enum dataplane_choice choice, const char *mode)
{
	struct way second = *way;

	way->dp = harness_open();
	dataplane_choose(way->dp, choice);
	if (!harness_shell("ip link add lan2 type veth peer name lan3 && ethtool -K lan3 gro on && "
			   "ip link set lan2 up && ip link set lan3 up") ||
	    dataplane_attach_downstream(way->dp, harness_ifindex("lan0")) ||
	    dataplane_attach_downstream(way->dp, harness_ifindex("lan2")) ||
	    dataplane_attach_upstream(way->dp, harness_ifindex("wan0")))
		errx(2, "two LANs: %s", dataplane_error(way->dp));
	second.lan = listen_on("lan3");
	for (int outer = 4; outer <= 6; outer += 2)
		for (int inner = 4; inner <= 6; inner += 2)
			test_copy_to_two(way, &second,
					 &(struct packet){.outer = outer, .inner = inner}, mode);
	tap(choice == DATAPLANE_TC ||
		    harness_shell("bpftool map dump pinned " PINS "/lan_sets | grep -q key"),
	    "%s, two LANs: %s", mode, choice == DATAPLANE_TC ? "copies" : "as a set");
	close(second.lan);
	dataplane_close(way->dp);
	harness_shell("ip link del lan2");
}

/* What the LAN does not take */

/* Ways in which a LAN that took frames takes them no more, and how that is mended. */
struct refusal {
	const char *what, *cause, *cure;
	bool of_xdp, of_tc, at_once, copied;
};

static const struct refusal refusals[] = {
	{"the LAN is down", "ip link set lan0 down", "ip link set lan0 up", .of_xdp = true,
	 .of_tc = true},
	/* TC sees it only when the kernel has learnt of the carrier, some time later. */
	{"its other end is down", "ip link set lan1 down", "ip link set lan1 up", .of_xdp = true},
	{"its driver takes none from XDP any more", "ethtool -K lan1 gro off",
	 "ethtool -K lan1 gro on", .of_xdp = true},
	{"its driver sends none so long", "ip link set lan1 mtu 200", "ip link set lan1 mtu 1500",
	 .of_xdp = true},
	{"nor many of them", "ip link set lan1 mtu 200", "ip link set lan1 mtu 1500",
	 .of_xdp = true, .at_once = true},
	{"its queue is full", "tc qdisc add dev lan0 root pfifo limit 0",
	 "tc qdisc del dev lan0 root", .of_tc = true},
	{"nor a copy of them", "tc qdisc add dev lan0 root pfifo limit 0",
	 "tc qdisc del dev lan0 root", .of_tc = true, .copied = true},
};

struct refused {
	uint64_t in_all, of_lan;
	uint64_t other_drops;
};

static struct refused refused_now(const struct way *way)
{
	uint64_t drops[MCI_DROP_COUNT];
	struct refused now = {0};

	dataplane_drops(way->dp, drops);
	now.in_all = drops[MCI_DROP_LAN_REFUSED];
	for (int reason = 0; reason < MCI_DROP_COUNT; reason++)
		now.other_drops += reason == MCI_DROP_LAN_REFUSED ? 0 : drops[reason];
	if (!dataplane_refused(way->dp, harness_ifindex("lan0"), &now.of_lan))
		errx(2, "the kernel does not tell what a LAN refuses");
	return now;
}

/* Whether so many are counted as refused since, and nothing as anything else. */
static bool wait_refused(const struct way *way, struct refused before, unsigned wanted)
{
	struct refused now;

	for (int tries = 0; tries < 500; tries++) {
		now = refused_now(way);
		if (now.in_all - before.in_all >= wanted)
			break;
		usleep(10000);
	}
	return now.in_all - before.in_all == wanted && now.of_lan - before.of_lan == wanted &&
	       now.other_drops == before.other_drops;
}

static void test_refusal_by_lan(const struct way *way, const struct refusal *refusal,
				const char *mode)
{
	const struct packet packet = {.outer = 4, .inner = 4, .payload = 1000};
	unsigned copies = refusal->copied ? 2 : 1;
	struct refused before = refused_now(way);

	if (!harness_shell("%s", refusal->cause))
		errx(2, "%s", refusal->cause);
	send_all(way, &packet, copies, refusal->at_once);
	tap(wait_refused(way, before, copies * PACKETS), "%s, %s: each packet is counted, once",
	    mode, refusal->what);
	if (!harness_shell("%s", refusal->cure))
		errx(2, "%s", refusal->cure);
	before = refused_now(way);
	tap(deliver(way, &packet) == PACKETS && refused_now(way).in_all == before.in_all,
	    "then it takes them again, and nothing is counted");
}

static void test_mode(struct way *way, enum dataplane_choice choice, const char *mode)
{
	unsigned wan = harness_ifindex("wan0");

	way->dp = harness_open();
	dataplane_choose(way->dp, choice);
	if (dataplane_attach_downstream(way->dp, harness_ifindex("lan0")) ||
	    dataplane_attach_upstream(way->dp, wan))
		errx(2, "%s", dataplane_error(way->dp));
	tap(!strcmp(dataplane_mode(way->dp, wan, ROLE_UPSTREAM), mode), "a veth by %s: %s", mode,
	    dataplane_why(way->dp, wan, ROLE_UPSTREAM));
	for (int outer = 4; outer <= 6; outer += 2)
		for (int inner = 4; inner <= 6; inner += 2)
			for (int payload = 40; payload <= 1400; payload += 1360)
				test_way(way,
					 &(struct packet){.outer = outer,
							  .inner = inner,
							  .payload = payload},
					 mode);
	for (unsigned i = 0; i < sizeof(refusals) / sizeof(*refusals); i++)
		if (strcmp(mode, "xdp") ? refusals[i].of_tc : refusals[i].of_xdp)
			test_refusal_by_lan(way, &refusals[i], mode);
	dataplane_close(way->dp);
	tap(!harness_shell("ip link show dev wan0 | grep -q xdp"), "and nothing is left of it");
}

/* The numbers of our interfaces, and what is dropped between them, but in another namespace. */
static void test_namespace_of_others(struct way *way)
{
	struct refused before;
	bool dropped;

	way->dp = harness_open();
	dataplane_choose(way->dp, DATAPLANE_TC);
	if (dataplane_attach_downstream(way->dp, harness_ifindex("lan0")) ||
	    dataplane_attach_upstream(way->dp, harness_ifindex("wan0")))
		errx(2, "%s", dataplane_error(way->dp));
	before = refused_now(way);
	dropped = harness_shell(
		"W=%u L=%u unshare -n bash -ec '"
		"ip link add wan0 index $W type veth peer relay0; ip link set wan0 up; "
		"ip link add lan0 index $L type veth peer lan1; ip link set lan0 up; "
		"ip addr add 10.0.0.1/8 dev relay0; ip link set relay0 up; ip link set lan1 up; "
		"tc qdisc add dev lan0 root pfifo limit 0; tc qdisc add dev wan0 clsact; "
		"tc filter add dev wan0 ingress u32 match u32 0 0 "
		"action mirred egress redirect dev lan0; "
		"ip route add 232.0.0.0/8 dev relay0; echo > /dev/udp/232.1.1.1/9; "
		"tc -s qdisc show dev lan0 | grep -q \"dropped [1-9]\"'",
		harness_ifindex("wan0"), harness_ifindex("lan0"));
	tap(dropped && refused_now(way).in_all == before.in_all,
	    "what is dropped in another namespace is not ours");
	dataplane_close(way->dp);
}

static bool kernel_tells_features(void)
{
	struct utsname kernel;
	int major, minor;

	if (uname(&kernel) || sscanf(kernel.release, "%d.%d", &major, &minor) != 2)
		return false;
	return major > 6 || (major == 6 && minor >= 3);
}

/* The loopback interface's driver has no XDP. */
static void test_refusal(void)
{
	/* Where nobody knows of the LAN, XDP is not even tried. */
	const char *why = kernel_tells_features() ? "driver refused XDP" : "does not tell";
	struct dataplane *dp = harness_open();
	unsigned ifindex = harness_ifindex("lo");
	int error;

	if (dataplane_attach_downstream(dp, harness_ifindex("lan0")) ||
	    dataplane_attach_upstream(dp, ifindex))
		errx(2, "%s", dataplane_error(dp));
	tap(!strcmp(dataplane_mode(dp, ifindex, ROLE_UPSTREAM), "tc") &&
		    strstr(dataplane_why(dp, ifindex, ROLE_UPSTREAM), why),
	    "auto, where the driver cannot: tc: %s", dataplane_why(dp, ifindex, ROLE_UPSTREAM));
	dataplane_close(dp);
	dp = harness_open();
	dataplane_choose(dp, DATAPLANE_XDP);
	error = dataplane_attach_upstream(dp, ifindex);
	tap(error && strstr(dataplane_error(dp), "cannot attach to lo: driver refused XDP"),
	    "xdp: refused: %s", dataplane_error(dp));
	dataplane_close(dp);
}

void veth_tests(void)
{
	struct way way;

	make_interfaces(&way);
	/* libxdp makes its folder once in a process's life: here it must not go with a daemon. */
	harness_shell("mount -t bpf bpf /sys/fs/bpf && mkdir -p /sys/fs/bpf/xdp/kept");
	way.lan = listen_on("lan1");
	test_mode(&way, DATAPLANE_TC, "tc");
	/* Before Linux 6.3 drivers do not tell what they can. */
	test_mode(&way, DATAPLANE_AUTO, kernel_tells_features() ? "xdp" : "tc");
	test_mode(&way, DATAPLANE_XDP, "xdp");
	test_two_lans(&way, DATAPLANE_TC, "tc");
	test_two_lans(&way, DATAPLANE_XDP, "xdp");
	test_namespace_of_others(&way);
	test_refusal();
	close(way.lan);
	harness_shell("ip link del wan0; ip link del lan0; umount /sys/fs/bpf");
	close(way.here);
	close(way.there);
}
