/* SPDX-License-Identifier: BSD-2-Clause */
/* The sockets for AMT messages. Every answer leaves from the address that was asked, so that it
 * passes the gateway's NAT (RFC 7450 section 5.3.3). */
#pragma once

#include "../address.h"

/* Both ends of a tunnel, and how to send into it. */
struct path {
	int fd;
	struct address relay, gateway;
	uint16_t port; /* the gateway's */
	struct sockaddr_storage peer;
	socklen_t peer_length;
};

/* Room for the ancillary data of either family. */
#define PATH_CONTROL_SIZE (CMSG_SPACE(sizeof(struct in6_pktinfo)))

union path_control {
	struct cmsghdr align;
	uint8_t bytes[PATH_CONTROL_SIZE];
};

/* Opens the sockets for --address, or for both families. Returns how many. */
unsigned listeners_open(void);
int listener_fd(unsigned index);

/* Reads the next message. Returns its length, or -1 if there is none. */
ssize_t listener_receive(unsigned index, void *bytes, size_t size, struct path *path);

/* Counts ICMP errors at their endpoints; only with --unreachable. */
void listener_errors(unsigned index);

/* The socket for Data: the path's own, or one at another port if the manners say so. */
int path_data_fd(const struct path *path);

void path_send(const struct path *path, const void *bytes, size_t length);

/* Fills in destination, and source by way of `control`. */
void path_address(const struct path *path, struct msghdr *m, union path_control *control);
