/* SPDX-License-Identifier: BSD-2-Clause */
#include "userspace.h"

#include "../../bpf/harness.h"
#include "../../bpf/packets.h"

#include <arpa/inet.h>
#include <err.h>
#include <netinet/ip.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define AMT_PORT      2268
#define AMT_DATA      6
#define RECEIVE_BYTES (4 << 20)

static int tunnel, lan;

static struct sockaddr_in endpoint(struct addr addr, uint16_t port)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};

	memcpy(&in.sin_addr, addr.bytes, sizeof(in.sin_addr));
	return in;
}

static void open_tunnel(void)
{
	struct sockaddr_in local = endpoint(packet_local(4), TUNNEL_PORT);
	struct sockaddr_in relay = endpoint(packet_relay(4), AMT_PORT);

	tunnel = socket(AF_INET, SOCK_DGRAM, 0);
	if (tunnel < 0 || bind(tunnel, (struct sockaddr *)&local, sizeof(local)) ||
	    connect(tunnel, (struct sockaddr *)&relay, sizeof(relay)) ||
	    setsockopt(tunnel, SOL_SOCKET, SO_RCVBUFFORCE, &(int){RECEIVE_BYTES}, sizeof(int)))
		err(2, "media: the gateway's tunnel");
}

void gateway_open(const struct stage *stage)
{
	struct ip_mreqn interface = {.imr_ifindex = stage->plain_lan};

	if (!harness_shell("ip addr add 198.51.100.2/32 dev stack0 && "
			   "ip route add 203.0.113.15/32 dev stack0 && "
			   "ip addr add 10.255.0.1/24 dev plain0"))
		errx(2, "media: cannot give the gateway its addresses");
	open_tunnel();
	lan = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
	if (lan < 0 ||
	    setsockopt(lan, IPPROTO_IP, IP_MULTICAST_IF, &interface, sizeof(interface)) ||
	    setsockopt(lan, IPPROTO_IP, IP_MULTICAST_LOOP, &(int){0}, sizeof(int)))
		err(2, "media: the gateway's LAN");
}

static void forward(uint8_t *message, ssize_t length)
{
	struct iphdr *ip = (void *)(message + 2);
	struct sockaddr_in group = {.sin_family = AF_INET};

	if (length < 2 + (ssize_t)sizeof(*ip) || message[0] != AMT_DATA || ip->ttl <= 1)
		return;
	ip->ttl--; /* the kernel makes the checksum anew */
	group.sin_addr.s_addr = ip->daddr;
	sendto(lan, ip, length - 2, 0, (struct sockaddr *)&group, sizeof(group));
}

static void take(void)
{
	static uint8_t message[65536];
	ssize_t length;

	while ((length = recv(tunnel, message, sizeof(message), MSG_DONTWAIT)) >= 0)
		forward(message, length);
}

void gateway_carry(struct stage *stage, unsigned packets)
{
	for (unsigned burst; packets; packets -= burst) {
		burst = packets < STAGE_BURST ? packets : STAGE_BURST;
		stage_send(stage, burst);
		take();
	}
}

void gateway_close(void)
{
	close(tunnel);
	close(lan);
}
