/* SPDX-License-Identifier: BSD-2-Clause */
#include "listener.h"

#include "../clock.h"
#include "../options.h"
#include "endpoints.h"
#include "manners.h"
#include "relay.h"

#include <linux/errqueue.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <unistd.h>

#define BUFFER_SIZE (16 << 20)

static struct {
	int fd;
	int family;
} listeners[ADDRESSES_MAX];
static unsigned listener_count;

static void set_int(int fd, int level, int option, int value, const char *what)
{
	if (setsockopt(fd, level, option, &value, sizeof(value)))
		fail(1, "%s: %s", what, strerror(errno));
}

/* DF is clear by default, as in Linux's relay: datagrams longer than the path's MTU become outer
 * fragments. With --path-mtu, DF is set (RFC 7450 section 5.3.3.6.3) and the relay fragments the
 * inner datagram. */
static void listener_options(int fd, int family)
{
	int level = family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6, size = BUFFER_SIZE;
	bool v4 = family == AF_INET;

	set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1, "SO_REUSEADDR");
	if (!v4)
		set_int(fd, level, IPV6_V6ONLY, 1, "IPV6_V6ONLY");
	set_int(fd, level, v4 ? IP_PKTINFO : IPV6_RECVPKTINFO, 1, "PKTINFO");
	if (settings.path_mtu)
		set_int(fd, level, v4 ? IP_MTU_DISCOVER : IPV6_MTU_DISCOVER, IP_PMTUDISC_PROBE,
			"DF bit");
	else
		set_int(fd, level, v4 ? IP_MTU_DISCOVER : IPV6_MTU_DISCOVER, IP_PMTUDISC_DONT,
			"DF bit");
	if (settings.unreachable)
		set_int(fd, level, v4 ? IP_RECVERR : IPV6_RECVERR, 1, "RECVERR");
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
}

static int bound_socket(const struct address *at, uint16_t port)
{
	int fd = socket(at->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_storage local;
	socklen_t length = address_socket(at, port, &local);

	/* A machine without IPv6 is served over IPv4, unless an IPv6 address was asked for. */
	if (fd < 0 && errno == EAFNOSUPPORT && address_is_unspecified(at))
		return -1;
	if (fd < 0)
		fail(1, "UDP socket: %s", strerror(errno));
	listener_options(fd, at->family);
	if (bind(fd, (void *)&local, length))
		fail(1, "port %d of %s: %s", port, address_text(at), strerror(errno));
	return fd;
}

static void listener_open(const struct address *at)
{
	int fd = bound_socket(at, AMT_PORT);

	if (fd < 0)
		return;
	listeners[listener_count].fd = fd;
	listeners[listener_count++].family = at->family;
	report("listening on %s port %d", address_text(at), AMT_PORT);
}

unsigned listeners_open(void)
{
	static const struct address any[] = {{.family = AF_INET}, {.family = AF_INET6}};

	for (unsigned i = 0; i < settings.listen_count; i++)
		listener_open(&settings.listen[i]);
	for (unsigned i = 0; !settings.listen_count && i < 2; i++)
		listener_open(&any[i]);
	return listener_count;
}

int listener_fd(unsigned index)
{
	return listeners[index].fd;
}

int path_data_fd(const struct path *path)
{
	static struct {
		int fd;
		unsigned port;
	} other[2];
	const struct address any = {.family = path->relay.family};
	unsigned i = any.family == AF_INET6;

	if (!manners.data_port)
		return path->fd;
	if (other[i].port != manners.data_port) {
		if (other[i].port)
			close(other[i].fd);
		other[i].fd = bound_socket(&any, (uint16_t)manners.data_port);
		other[i].port = manners.data_port;
	}
	return other[i].fd;
}

/* The destination in the IP header of the message. */
static struct address received_at(struct msghdr *m)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		const struct in_pktinfo *in = (void *)CMSG_DATA(c);
		const struct in6_pktinfo *in6 = (void *)CMSG_DATA(c);

		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO)
			return address_from(AF_INET, &in->ipi_addr);
		if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO)
			return address_from(AF_INET6, &in6->ipi6_addr);
	}
	return (struct address){0};
}

ssize_t listener_receive(unsigned index, void *bytes, size_t size, struct path *path)
{
	union path_control control;
	struct iovec iov = {.iov_base = bytes, .iov_len = size};
	struct msghdr m = {.msg_name = &path->peer,
			   .msg_namelen = sizeof(path->peer),
			   .msg_iov = &iov,
			   .msg_iovlen = 1,
			   .msg_control = &control,
			   .msg_controllen = sizeof(control)};
	ssize_t length = recvmsg(listeners[index].fd, &m, MSG_DONTWAIT);

	if (length < 0)
		return -1;
	path->fd = listeners[index].fd;
	path->peer_length = m.msg_namelen;
	path->gateway = address_of(&path->peer, &path->port);
	path->relay = received_at(&m);
	return length;
}

void path_address(const struct path *path, struct msghdr *m, union path_control *control)
{
	bool v4 = path->relay.family == AF_INET;
	const struct address *other = &manners.other_address[!v4];
	const struct address *from = other->family ? other : &path->relay;
	const struct sockaddr_in6 *peer = (const void *)&path->peer;
	struct cmsghdr *c = &control->align;

	m->msg_name = (void *)&path->peer;
	m->msg_namelen = path->peer_length;
	m->msg_control = control;
	m->msg_controllen = v4 ? CMSG_SPACE(sizeof(struct in_pktinfo)) : PATH_CONTROL_SIZE;
	memset(control, 0, sizeof(*control));
	c->cmsg_level = v4 ? IPPROTO_IP : IPPROTO_IPV6;
	c->cmsg_type = v4 ? IP_PKTINFO : IPV6_PKTINFO;
	if (v4) {
		struct in_pktinfo *in = (void *)CMSG_DATA(c);

		c->cmsg_len = CMSG_LEN(sizeof(*in));
		memcpy(&in->ipi_spec_dst, from->bytes, 4);
	} else {
		struct in6_pktinfo *in6 = (void *)CMSG_DATA(c);

		c->cmsg_len = CMSG_LEN(sizeof(*in6));
		memcpy(&in6->ipi6_addr, from->bytes, 16);
		in6->ipi6_ifindex = peer->sin6_scope_id;
	}
}

void path_send(const struct path *path, const void *bytes, size_t length)
{
	union path_control control;
	struct iovec iov = {.iov_base = (void *)bytes, .iov_len = length};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};

	path_address(path, &m, &control);
	if (sendmsg(path->fd, &m, 0) < 0)
		report("answer from %s to %s port %u not sent: %s", address_text(&path->relay),
		       address_text(&path->gateway), path->port, strerror(errno));
}

static bool is_unreachable(const struct sock_extended_err *e)
{
	if (e->ee_origin == SO_EE_ORIGIN_ICMP)
		return e->ee_type == ICMP_DEST_UNREACH && e->ee_code != ICMP_FRAG_NEEDED;
	return e->ee_origin == SO_EE_ORIGIN_ICMP6 && e->ee_type == ICMPV6_DEST_UNREACH;
}

static bool error_read(int fd, struct sockaddr_storage *to, bool *unreachable)
{
	union {
		struct cmsghdr align;
		uint8_t bytes[512];
	} control;
	struct msghdr m = {.msg_name = to,
			   .msg_namelen = sizeof(*to),
			   .msg_control = &control,
			   .msg_controllen = sizeof(control)};

	if (recvmsg(fd, &m, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
		return false;
	*unreachable = false;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c))
		if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
		    (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR))
			*unreachable |= is_unreachable((void *)CMSG_DATA(c));
	return true;
}

void listener_errors(unsigned index)
{
	struct sockaddr_storage to;
	bool unreachable;

	while (error_read(listeners[index].fd, &to, &unreachable)) {
		uint16_t port;
		struct address gateway = address_of(&to, &port);

		if (unreachable)
			endpoints_unreachable(&gateway, port);
	}
}
