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

static int listen_on_lan(void)
{
	struct sockaddr_ll at = {.sll_family = AF_PACKET,
				 .sll_protocol = htons(ETH_P_ALL),
				 .sll_ifindex = harness_ifindex("lan1")};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)))
		err(2, "packet socket on lan1");
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

static void set_channel(const struct way *way, const struct packet *packet)
{
	struct addr relay = packet_relay(packet->outer), local = packet_local(packet->outer);
	struct sg sg = packet_channel(packet->inner);
	struct dataplane_channel channel = {
		.relay = relay,
		.local = local,
		.relay_port = AMT_PORT,
		.local_port = TUNNEL_PORT,
		.slot = SLOT,
		.deadline_ns = UINT64_MAX,
		.egress_count = 1,
		.egress = {{.interface = "lan0", .ifindex = harness_ifindex("lan0"), .mtu = 1500}},
	};

	memcpy(channel.egress[0].mac, egress_mac, sizeof(egress_mac));
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
		if (memcmp(got + 6, egress_mac, 6))
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

static void test_way(const struct way *way, const struct packet *packet, const char *mode)
{
	uint8_t sent[FRAME_MAX], expected[FRAME_MAX];
	size_t length = packet_build(packet, sent), headers = packet->outer == 4 ? 42 : 62;
	size_t expected_length = packet_on_lan(packet, egress_mac, expected);
	int fd = relay_socket(way, packet->outer), received;
	struct mci_channel_stats stats;

	set_channel(way, packet);
	for (int n = 0; n < PACKETS; n++)
		if (send(fd, sent + headers, length - headers, 0) < 0)
			err(2, "send");
	received = receive(way, expected, expected_length);
	dataplane_channel_stats(way->dp, SLOT, &stats);
	tap(received == PACKETS && stats.packets == PACKETS,
	    "%s, real sockets: IPv%d in IPv%d, %d bytes", mode, packet->inner, packet->outer,
	    packet->payload);
	close(fd);
}

static void test_mode(struct way *way, enum dataplane_choice choice, const char *mode)
{
	unsigned wan = harness_ifindex("wan0");

	way->dp = harness_open();
	dataplane_choose(way->dp, choice);
	if (dataplane_attach_downstream(way->dp, harness_ifindex("lan0")) ||
	    dataplane_attach_upstream(way->dp, wan))
		errx(2, "%s", dataplane_error(way->dp));
	tap(!strcmp(dataplane_mode(way->dp, wan), mode), "a veth by %s: %s", mode,
	    dataplane_why(way->dp, wan));
	for (int outer = 4; outer <= 6; outer += 2)
		for (int inner = 4; inner <= 6; inner += 2)
			for (int payload = 40; payload <= 1400; payload += 1360)
				test_way(way,
					 &(struct packet){.outer = outer,
							  .inner = inner,
							  .payload = payload},
					 mode);
	dataplane_close(way->dp);
	tap(!harness_shell("ip link show dev wan0 | grep -q xdp"), "and nothing is left of it");
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
	struct dataplane *dp = harness_open();
	unsigned ifindex = harness_ifindex("lo");
	int error;

	if (dataplane_attach_downstream(dp, harness_ifindex("lan0")) ||
	    dataplane_attach_upstream(dp, ifindex))
		errx(2, "%s", dataplane_error(dp));
	tap(!strcmp(dataplane_mode(dp, ifindex), "tc") &&
		    strstr(dataplane_why(dp, ifindex), "driver refused XDP"),
	    "auto, where the driver cannot: tc: %s", dataplane_why(dp, ifindex));
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
	way.lan = listen_on_lan();
	test_mode(&way, DATAPLANE_TC, "tc");
	/* Before Linux 6.3 drivers do not tell what they can. */
	test_mode(&way, DATAPLANE_AUTO, kernel_tells_features() ? "xdp" : "tc");
	test_mode(&way, DATAPLANE_XDP, "xdp");
	test_refusal();
	close(way.lan);
	harness_shell("ip link del wan0; ip link del lan0");
	close(way.here);
	close(way.there);
}
