/* SPDX-License-Identifier: BSD-2-Clause */
#include "upstream.h"

#include "../options.h"
#include "forward.h"
#include "relay.h"

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <unistd.h>

#define BATCH        64
#define BUFFER_SIZE  (32 << 20)
#define DATAGRAM_MAX 65576

static int captures[UPSTREAM_FDS];

/* One socket for each channel: the kernel allows 20 groups, and 10 sources of a group, on one. */
static int join_new(const struct address *source, const struct address *group)
{
	int level = group->family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
	struct group_source_req wanted = {.gsr_interface = settings.interface};
	int fd = socket(group->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	address_socket(group, 0, &wanted.gsr_group);
	address_socket(source, 0, &wanted.gsr_source);
	if (fd < 0 || setsockopt(fd, level, MCAST_JOIN_SOURCE_GROUP, &wanted, sizeof(wanted))) {
		report("join (%s, %s) upstream: %s", address_text(source), address_text(group),
		       strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	event("joined (%s, %s) upstream", address_text(source), address_text(group));
	return fd;
}

bool upstream_join(const struct address *source, const struct address *group, int *fd)
{
	*fd = settings.no_upstream ? -1 : join_new(source, group);
	return *fd >= 0 || settings.no_upstream;
}

void upstream_leave(int fd, const struct address *source, const struct address *group)
{
	if (fd < 0)
		return;
	close(fd);
	event("left (%s, %s) upstream", address_text(source), address_text(group));
}

static int capture_open(uint16_t ethertype)
{
	struct sockaddr_ll on = {.sll_family = AF_PACKET,
				 .sll_protocol = htons(ethertype),
				 .sll_ifindex = (int)settings.interface};
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0), yes = 1, size = BUFFER_SIZE;

	if (fd < 0)
		fail(1, "packet socket: %s", strerror(errno));
	if (setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &yes, sizeof(yes)))
		fail(1, "packet socket: PACKET_AUXDATA: %s", strerror(errno));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (bind(fd, (void *)&on, sizeof(on)))
		fail(1, "packet socket: %s", strerror(errno));
	return fd;
}

void upstream_open(int fds[UPSTREAM_FDS])
{
	captures[0] = capture_open(ETH_P_IP);
	captures[1] = capture_open(ETH_P_IPV6);
	memcpy(fds, captures, sizeof(captures));
}

static bool checksum_unfinished(struct msghdr *m)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		struct tpacket_auxdata aux;

		if (c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA)
			continue;
		memcpy(&aux, CMSG_DATA(c), sizeof(aux));
		return aux.tp_status & TP_STATUS_CSUMNOTREADY;
	}
	return false;
}

bool upstream_receive(int fd, int64_t now)
{
	static uint8_t bytes[BATCH][DATAGRAM_MAX];
	union {
		struct cmsghdr align;
		uint8_t bytes[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	} control[BATCH];
	struct sockaddr_ll from[BATCH];
	struct mmsghdr batch[BATCH];
	struct iovec iov[BATCH];
	int count;

	for (int i = 0; i < BATCH; i++) {
		iov[i] = (struct iovec){.iov_base = bytes[i], .iov_len = DATAGRAM_MAX};
		batch[i].msg_hdr = (struct msghdr){.msg_name = &from[i],
						   .msg_namelen = sizeof(from[i]),
						   .msg_iov = &iov[i],
						   .msg_iovlen = 1,
						   .msg_control = &control[i],
						   .msg_controllen = sizeof(control[i])};
	}
	count = recvmmsg(fd, batch, BATCH, MSG_DONTWAIT, NULL);
	for (int i = 0; i < count; i++)
		if (from[i].sll_pkttype == PACKET_MULTICAST)
			forward(bytes[i], batch[i].msg_len, checksum_unfinished(&batch[i].msg_hdr),
				now);
	forward_flush();
	return count > 0;
}

void upstream_print(void)
{
	for (int i = 0; i < UPSTREAM_FDS; i++) {
		struct tpacket_stats stats = {0};
		socklen_t length = sizeof(stats);

		getsockopt(captures[i], SOL_PACKET, PACKET_STATISTICS, &stats, &length);
		if (stats.tp_drops)
			report("packet socket %s lost %u packets since the last table",
			       i ? "IPv6" : "IPv4", stats.tp_drops);
	}
}
