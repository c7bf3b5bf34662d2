/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets of an interface, whoever they are for. */
#pragma once

#include "options.h"

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/time.h>

/* A socket of IP packets without their Ethernet headers, of an EtherType or of ETH_P_ALL. Its queue
 * is long, and it waits for a tenth of a second at most, so that a signal is noticed. `flags` are
 * those of socket(2). */
static inline int packets_open(unsigned interface, int ethertype, int flags)
{
	struct sockaddr_ll on = {.sll_family = AF_PACKET,
				 .sll_protocol = htons(ethertype),
				 .sll_ifindex = (int)interface};
	struct timeval patience = {.tv_usec = 100000};
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | flags, 0), size = 64 << 20;

	if (fd < 0)
		fail(1, "packet socket: %s", strerror(errno));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (bind(fd, (void *)&on, sizeof(on)))
		fail(1, "packet socket: %s", strerror(errno));
	return fd;
}
