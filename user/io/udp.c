/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/udp.h"
#include "base/memory.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define MTU_MIN        576 /* every host takes packets of this size (RFC 1122 section 3.3.3) */
#define PORT_ANY       9   /* discard, for a socket that sends nothing */
#define PER_CALL       64  /* datagrams or errors in one call, before other descriptors */
#define AT_ONCE        16  /* datagrams that the kernel is asked for */
#define DATAGRAM_BYTES 65535
#define QUEUE_BYTES    (2 << 20) /* receive buffer: data of the slow path comes in bursts */
#define FULL_MIN       (QUEUE_BYTES / DATAGRAM_BYTES) /* a queue with less is not full */

struct udp_socket {
	int fd;
	struct loop_watch *watch;
	struct addr peer;
	uint16_t peer_port;
	udp_fn *fn;
	void *owner;
	unsigned vrf;             /* ifindex, or 0 */
	unsigned long long *lost; /* or NULL */
	uint32_t noted;           /* of the kernel's count of lost datagrams */
	bool delivering;          /* a socket that is closed in its own call is freed after it */
};

static void set_on(int fd, int level, int option)
{
	/* A kernel that lacks the option still carries the tunnel. */
	setsockopt(fd, level, option, &(int){1}, sizeof(int));
}

static int socket_new(int family)
{
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return fd;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &(int){QUEUE_BYTES}, sizeof(int));
	if (family == AF_INET6) {
		set_on(fd, IPPROTO_IPV6, IPV6_V6ONLY);
		set_on(fd, IPPROTO_IPV6, IPV6_RECVERR);
		set_on(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO);
		set_on(fd, IPPROTO_UDP, UDP_NO_CHECK6_RX);
	} else {
		set_on(fd, IPPROTO_IP, IP_RECVERR);
		set_on(fd, IPPROTO_IP, IP_PKTINFO);
	}
	return fd;
}

static int take_path(int fd, const struct udp_path *path)
{
	if (path->mark && setsockopt(fd, SOL_SOCKET, SO_MARK, &path->mark, sizeof(path->mark)))
		return -1;
	return path->vrf ? setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, path->vrf, strlen(path->vrf))
			 : 0;
}

static int bind_port(int fd, const struct addr *source, uint16_t port)
{
	struct sockaddr_storage ss;
	socklen_t length = addr_to_sockaddr(source, port, &ss);

	return bind(fd, (struct sockaddr *)&ss, length);
}

/* With port 0 the kernel draws a random port, within ip_local_port_range and not in
 * ip_local_reserved_ports. */
static int bind_some_port(int fd, const struct addr *source, const struct udp_path *path)
{
	for (unsigned i = 0; i < path->port_count; i++)
		if (!bind_port(fd, source, path->ports[i]))
			return 0;
	return bind_port(fd, source, 0);
}

/* If the path names no address, the port is bound without one, and connect() takes the address from
 * the route. */
static int connect_to(int fd, const struct udp_path *path, const struct addr *peer,
		      uint16_t peer_port, struct addr *local, uint16_t *local_port)
{
	struct addr source = peer->family == AF_INET ? path->ipv4 : path->ipv6;
	struct sockaddr_storage ss;
	socklen_t length = addr_to_sockaddr(peer, peer_port, &ss);

	source.family = peer->family;
	if (take_path(fd, path) || bind_some_port(fd, &source, path) ||
	    connect(fd, (struct sockaddr *)&ss, length))
		return -1;
	length = sizeof(ss);
	if (getsockname(fd, (struct sockaddr *)&ss, &length))
		return -1;
	*local = addr_from_sockaddr(&ss, local_port);
	return 0;
}

static bool is_unreachable(const struct sock_extended_err *err)
{
	if (err->ee_origin == SO_EE_ORIGIN_ICMP)
		return err->ee_type == ICMP_DEST_UNREACH && err->ee_code != ICMP_FRAG_NEEDED;
	return err->ee_origin == SO_EE_ORIGIN_ICMP6 && err->ee_type == ICMP6_DST_UNREACH;
}

/* Takes an error from the queue. Returns 1 if the peer is unreachable, 0 for another error, -1 if
 * the queue is empty. */
static int next_error(int fd)
{
	union {
		char bytes[CMSG_SPACE(sizeof(struct sock_extended_err) +
				      sizeof(struct sockaddr_in6))];
		struct cmsghdr align;
	} control;
	struct msghdr msg = {.msg_control = &control, .msg_controllen = sizeof(control)};

	if (recvmsg(fd, &msg, MSG_ERRQUEUE) < 0)
		return -1;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
		if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
		    (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR))
			return is_unreachable((const struct sock_extended_err *)CMSG_DATA(c));
	}
	return 0;
}

static bool drain_errors(int fd)
{
	bool unreachable = false;
	int pending;
	int found;

	for (unsigned i = 0; i < PER_CALL && (found = next_error(fd)) >= 0; i++)
		unreachable |= found;
	/* An error that did not fit into the queue is still pending. It would wake the loop again
	 * and again. */
	getsockopt(fd, SOL_SOCKET, SO_ERROR, &pending, &(socklen_t){sizeof(pending)});
	return unreachable;
}

static unsigned came_in_by(struct msghdr *msg)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO)
			return ((const struct in_pktinfo *)CMSG_DATA(c))->ipi_ifindex;
		if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO)
			return ((const struct in6_pktinfo *)CMSG_DATA(c))->ipi6_ifindex;
	}
	return 0;
}

static bool is_from_peer(const struct udp_socket *socket, const struct sockaddr_storage *ss)
{
	uint16_t port;
	struct addr from = addr_from_sockaddr(ss, &port);

	return port == socket->peer_port && addr_equal(&from, &socket->peer);
}

/* What the kernel gives at once. */
struct inbox {
	struct mmsghdr messages[AT_ONCE];
	struct iovec into[AT_ONCE];
	struct sockaddr_storage from[AT_ONCE];
	union {
		char bytes[CMSG_SPACE(sizeof(struct in6_pktinfo))];
		struct cmsghdr align;
	} control[AT_ONCE];
	uint8_t bytes[AT_ONCE][DATAGRAM_BYTES];
};

static void inbox_clear(struct inbox *inbox)
{
	for (unsigned i = 0; i < AT_ONCE; i++) {
		inbox->into[i] = (struct iovec){inbox->bytes[i], DATAGRAM_BYTES};
		inbox->messages[i].msg_hdr =
			(struct msghdr){.msg_name = &inbox->from[i],
					.msg_namelen = sizeof(inbox->from[i]),
					.msg_iov = &inbox->into[i],
					.msg_iovlen = 1,
					.msg_control = &inbox->control[i],
					.msg_controllen = sizeof(inbox->control[i])};
	}
}

/* A datagram that arrived before connect() may be from anyone. */
static void deliver(struct udp_socket *socket, struct inbox *inbox, unsigned i)
{
	unsigned ifindex = came_in_by(&inbox->messages[i].msg_hdr);

	if (is_from_peer(socket, &inbox->from[i]))
		socket->fn(socket->owner, inbox->bytes[i], inbox->messages[i].msg_len,
			   ifindex == socket->vrf ? 0 : ifindex);
}

/* Returns false if the queue is empty, or the socket has been closed. */
static bool receive(struct udp_socket *socket)
{
	static struct inbox inbox;
	int count;

	inbox_clear(&inbox);
	count = recvmmsg(socket->fd, inbox.messages, AT_ONCE, 0, NULL);
	for (int i = 0; i < count && socket->fd >= 0; i++)
		deliver(socket, &inbox, i);
	return count == AT_ONCE && socket->fd >= 0;
}

static void note_lost(struct udp_socket *socket)
{
	uint32_t memory[SK_MEMINFO_VARS], drops;
	socklen_t length = sizeof(memory);

	if (!socket->lost || getsockopt(socket->fd, SOL_SOCKET, SO_MEMINFO, memory, &length))
		return;
	drops = memory[SK_MEMINFO_DROPS];
	*socket->lost += drops - socket->noted;
	socket->noted = drops;
}

static void deliver_datagrams(struct udp_socket *socket)
{
	unsigned count = 0;

	while (count < PER_CALL && receive(socket))
		count += AT_ONCE;
	if (count >= FULL_MIN && socket->fd >= 0)
		note_lost(socket);
}

static void on_ready(void *owner, uint32_t events)
{
	struct udp_socket *socket = owner;

	socket->delivering = true;
	if ((events & EPOLLERR) && drain_errors(socket->fd))
		socket->fn(socket->owner, NULL, 0, 0);
	if (socket->fd >= 0)
		deliver_datagrams(socket);
	socket->delivering = false;
	if (socket->fd < 0)
		free(socket);
}

struct udp_socket *udp_open(struct loop *loop, const struct udp_path *path, const struct addr *peer,
			    uint16_t peer_port, struct addr *local, uint16_t *local_port,
			    udp_fn *fn, void *owner)
{
	static const struct udp_path plain;
	struct udp_socket *socket = memory_new(sizeof(*socket));
	int err;

	*socket = (struct udp_socket){.peer = *peer,
				      .peer_port = peer_port,
				      .fn = fn,
				      .owner = owner,
				      .vrf = path && path->vrf ? if_nametoindex(path->vrf) : 0};
	socket->fd = socket_new(peer->family);
	if (socket->fd >= 0 &&
	    !connect_to(socket->fd, path ? path : &plain, peer, peer_port, local, local_port))
		socket->watch = loop_watch(loop, socket->fd, EPOLLIN, on_ready, socket);
	if (socket->watch)
		return socket;
	err = errno;
	udp_close(socket);
	errno = err;
	return NULL;
}

const char *udp_why_not(int error)
{
	switch (error) {
	case ENETUNREACH:
	case EHOSTUNREACH:
		return "no route to the relay";
	case EADDRNOTAVAIL:
		return "this host does not have the source_address of [tunnels]";
	case ENODEV:
		return "there is no such vrf as [tunnels] names";
	default:
		return "cannot open a socket to the relay";
	}
}

bool udp_source(const struct udp_path *path, const struct addr *peer, struct addr *source)
{
	static const struct udp_path plain;
	int fd = socket_new(peer->family), err;
	uint16_t port;
	bool found =
		fd >= 0 && !connect_to(fd, path ? path : &plain, peer, PORT_ANY, source, &port);

	err = errno;
	if (fd >= 0)
		close(fd);
	errno = err;
	return found;
}

void udp_send(struct udp_socket *socket, const uint8_t *bytes, size_t length)
{
	/* A pending ICMP error makes one send fail. The error queue keeps the error for on_ready().
	 */
	if (send(socket->fd, bytes, length, 0) < 0 && errno != EAGAIN)
		send(socket->fd, bytes, length, 0);
}

size_t udp_payload_max(const struct udp_socket *socket)
{
	bool is_v4 = socket->peer.family == AF_INET;
	size_t headers =
		(is_v4 ? sizeof(struct iphdr) : sizeof(struct ip6_hdr)) + sizeof(struct udphdr);
	int mtu = 0;
	socklen_t length = sizeof(mtu);

	if (getsockopt(socket->fd, is_v4 ? IPPROTO_IP : IPPROTO_IPV6, is_v4 ? IP_MTU : IPV6_MTU,
		       &mtu, &length) ||
	    mtu < MTU_MIN)
		mtu = MTU_MIN;
	return mtu - headers;
}

void udp_count_lost(struct udp_socket *socket, unsigned long long *lost)
{
	if (socket)
		socket->lost = lost;
}

void udp_close(struct udp_socket *socket)
{
	if (!socket)
		return;
	loop_unwatch(socket->watch);
	if (socket->fd >= 0) {
		note_lost(socket);
		close(socket->fd);
	}
	socket->fd = -1;
	if (!socket->delivering)
		free(socket);
}
