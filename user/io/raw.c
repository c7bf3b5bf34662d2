/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/raw.h"
#include "base/memory.h"

#include <errno.h>
#include <linux/filter.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TOS_NETWORK 0xc0 /* Internetwork Control, CS6 (RFC 2474) */

struct raw_socket {
	int fd;
	unsigned ifindex;
	struct sockaddr_storage group;
	socklen_t group_length;
};

static int set_int(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof(value));
}

/* Lets the socket send from an address that has been removed: a PIM Hello that says goodbye leaves
 * after that. IPv6 allows this anyway. */
static int outlive_address(int fd)
{
	return set_int(fd, IPPROTO_IP, IP_TRANSPARENT, 1);
}

/* Nobody reads from this socket. Without a filter the LAN's messages would fill its queue. */
static int receive_nothing(int fd)
{
	struct sock_filter drop = {.code = BPF_RET | BPF_K, .k = 0};
	struct sock_fprog program = {.len = 1, .filter = &drop};

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

static int set_up_v4(int fd, unsigned ifindex, const struct addr *group)
{
	struct ip_mreqn request = {.imr_ifindex = ifindex};

	memcpy(&request.imr_multiaddr, group->bytes, sizeof(request.imr_multiaddr));
	if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &request, sizeof(request)) ||
	    set_int(fd, IPPROTO_IP, IP_MULTICAST_TTL, 1) ||
	    set_int(fd, IPPROTO_IP, IP_MULTICAST_LOOP, 0) ||
	    set_int(fd, IPPROTO_IP, IP_TOS, TOS_NETWORK) || outlive_address(fd))
		return -1;
	return setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof(request));
}

static int set_up_v6(int fd, unsigned ifindex, const struct addr *group)
{
	struct ipv6_mreq request = {.ipv6mr_interface = ifindex};

	memcpy(&request.ipv6mr_multiaddr, group->bytes, sizeof(request.ipv6mr_multiaddr));
	if (set_int(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, ifindex) ||
	    set_int(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 1) ||
	    set_int(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0) ||
	    set_int(fd, IPPROTO_IPV6, IPV6_TCLASS, TOS_NETWORK))
		return -1;
	return setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &request, sizeof(request));
}

/* A link-local address is only valid together with its interface. */
static socklen_t on_interface(const struct addr *addr, unsigned ifindex,
			      struct sockaddr_storage *ss)
{
	socklen_t length = addr_to_sockaddr(addr, 0, ss);

	if (addr->family == AF_INET6)
		((struct sockaddr_in6 *)ss)->sin6_scope_id = ifindex;
	return length;
}

static int set_up(int fd, unsigned ifindex, const struct addr *source, const struct addr *group)
{
	struct sockaddr_storage ss;
	socklen_t length = on_interface(source, ifindex, &ss);

	if (receive_nothing(fd) || set_int(fd, SOL_SOCKET, SO_BINDTOIFINDEX, ifindex) ||
	    bind(fd, (struct sockaddr *)&ss, length))
		return -1;
	return group->family == AF_INET ? set_up_v4(fd, ifindex, group)
					: set_up_v6(fd, ifindex, group);
}

struct raw_socket *raw_open(unsigned ifindex, int ip_protocol, const struct addr *source,
			    const struct addr *group)
{
	struct raw_socket *raw = memory_new(sizeof(*raw));
	int err;

	raw->ifindex = ifindex;
	raw->group_length = on_interface(group, ifindex, &raw->group);
	raw->fd = socket(group->family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, ip_protocol);
	if (raw->fd >= 0 && !set_up(raw->fd, ifindex, source, group))
		return raw;
	err = errno;
	raw_close(raw);
	errno = err;
	return NULL;
}

struct raw_socket *raw_open_datagrams(unsigned ifindex, int ip_protocol, const struct addr *source,
				      const struct addr *group)
{
	struct raw_socket *raw = raw_open(ifindex, ip_protocol, source, group);
	bool is_v4 = group->family == AF_INET;
	int err;

	if (!raw || !set_int(raw->fd, is_v4 ? IPPROTO_IP : IPPROTO_IPV6,
			     is_v4 ? IP_HDRINCL : IPV6_HDRINCL, 1))
		return raw;
	err = errno;
	raw_close(raw);
	errno = err;
	return NULL;
}

int raw_send(struct raw_socket *socket, const uint8_t *message, size_t length)
{
	ssize_t sent = sendto(socket->fd, message, length, 0, (struct sockaddr *)&socket->group,
			      socket->group_length);

	return sent < 0 ? -errno : 0;
}

int raw_send_datagram(struct raw_socket *socket, const struct addr *destination,
		      const uint8_t *datagram, size_t length)
{
	struct sockaddr_storage to;
	socklen_t to_length = on_interface(destination, socket->ifindex, &to);
	ssize_t sent = sendto(socket->fd, datagram, length, 0, (struct sockaddr *)&to, to_length);

	return sent < 0 ? -errno : 0;
}

void raw_close(struct raw_socket *socket)
{
	if (!socket)
		return;
	if (socket->fd >= 0)
		close(socket->fd);
	free(socket);
}
