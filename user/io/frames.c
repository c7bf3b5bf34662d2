/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/frames.h"
#include "base/memory.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/ethernet.h>
#include <netpacket/packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Frames that wait in interfaces' queues count against the socket's buffer: a burst must fit. */
#define QUEUE_BYTES (4 << 20)

struct frames {
	int fd;
};

/* With protocol 0 the socket receives nothing. */
struct frames *frames_open(void)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct frames *frames;

	if (fd < 0)
		return NULL;
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &(int){QUEUE_BYTES}, sizeof(int));
	frames = memory_new(sizeof(*frames));
	frames->fd = fd;
	return frames;
}

int frames_send(struct frames *frames, unsigned ifindex, const uint8_t destination[FRAMES_MAC],
		const uint8_t source[FRAMES_MAC], uint16_t ethertype, struct iovec header,
		struct iovec payload)
{
	struct ether_header ethernet = {.ether_type = htons(ethertype)};
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET, .sll_protocol = htons(ethertype), .sll_ifindex = ifindex};
	struct iovec iov[] = {{&ethernet, sizeof(ethernet)}, header, payload};
	struct msghdr msg = {
		.msg_name = &to, .msg_namelen = sizeof(to), .msg_iov = iov, .msg_iovlen = 3};

	memcpy(ethernet.ether_dhost, destination, sizeof(ethernet.ether_dhost));
	memcpy(ethernet.ether_shost, source, sizeof(ethernet.ether_shost));
	return sendmsg(frames->fd, &msg, 0) < 0 ? -errno : 0;
}

void frames_close(struct frames *frames)
{
	if (!frames)
		return;
	close(frames->fd);
	free(frames);
}
