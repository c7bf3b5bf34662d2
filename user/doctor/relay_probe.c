/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/relay_probe.h"
#include "amt/packets.h"
#include "base/random.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define AGAIN          USEC_PER_SEC
#define RECEIVED_BYTES 2048

static void end(struct relay_probe *probe, int error)
{
	loop_unwatch(probe->watch);
	probe->watch = NULL;
	timer_stop(probe->timers, &probe->again);
	if (probe->fd >= 0)
		close(probe->fd);
	probe->fd = -1;
	if (error)
		probe->error = error;
}

static bool is_done(const struct relay_probe *probe)
{
	return probe->discovery.on_socket && (probe->request.on_socket || !probe->asks);
}

/* Sending */

static void send_bytes(struct relay_probe *probe, const uint8_t *bytes, size_t length)
{
	/* A pending ICMP error makes one send fail; the error queue keeps it. */
	if (send(probe->fd, bytes, length, 0) < 0 && errno == EPERM)
		probe->error = EPERM;
}

static void ask(struct relay_probe *probe)
{
	uint8_t request[AMT_REQUEST_LENGTH];

	if (!probe->asks || probe->request.on_socket)
		return;
	amt_encode_request(probe->nonce, 0, request);
	send_bytes(probe, request, sizeof(request));
}

static void discover(struct relay_probe *probe)
{
	uint8_t discovery[AMT_DISCOVERY_LENGTH];

	amt_encode_discovery(probe->nonce, discovery);
	send_bytes(probe, discovery, sizeof(discovery));
}

static void again(struct timer *timer)
{
	struct relay_probe *probe = container_of(timer, struct relay_probe, again);

	timer_start(probe->timers, timer, AGAIN);
	if (!probe->discovery.on_socket)
		discover(probe);
	ask(probe);
}

/* Receiving */

static void note(struct relay_probe *probe, struct relay_step *step)
{
	if (step->on_socket)
		return;
	step->on_socket = true;
	step->took = probe->timers->now - probe->begun;
}

static void take_message(struct relay_probe *probe, struct cursor bytes)
{
	struct amt_message message;

	if (amt_decode(bytes, &message))
		return;
	if (message.type == AMT_ADVERTISEMENT && message.advertisement.nonce == probe->nonce) {
		probe->named = message.advertisement.relay;
		note(probe, &probe->discovery);
		ask(probe);
	} else if (message.type == AMT_QUERY && message.query.ticket.nonce == probe->nonce) {
		note(probe, &probe->request);
	}
}

static void take_error(struct relay_probe *probe, const struct sock_extended_err *error)
{
	const struct sockaddr_storage *from = (const void *)SO_EE_OFFENDER(error);
	uint16_t port;

	if (error->ee_origin != SO_EE_ORIGIN_ICMP && error->ee_origin != SO_EE_ORIGIN_ICMP6)
		return;
	probe->icmp = addr_from_sockaddr(from, &port);
	probe->icmp_type = error->ee_type;
	probe->icmp_code = error->ee_code;
}

static void drain_errors(struct relay_probe *probe)
{
	union {
		char bytes[CMSG_SPACE(sizeof(struct sock_extended_err) +
				      sizeof(struct sockaddr_in6))];
		struct cmsghdr align;
	} control;
	struct msghdr msg = {.msg_control = &control, .msg_controllen = sizeof(control)};

	while (recvmsg(probe->fd, &msg, MSG_ERRQUEUE) >= 0) {
		for (struct cmsghdr *c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c))
			if (c->cmsg_type == IP_RECVERR || c->cmsg_type == IPV6_RECVERR)
				take_error(probe, (const void *)CMSG_DATA(c));
		msg.msg_controllen = sizeof(control);
	}
	getsockopt(probe->fd, SOL_SOCKET, SO_ERROR, &(int){0}, &(socklen_t){sizeof(int)});
}

static void ready(void *owner, uint32_t events)
{
	struct relay_probe *probe = owner;
	uint8_t bytes[RECEIVED_BYTES];
	ssize_t length;

	if (events & EPOLLERR)
		drain_errors(probe);
	length = recv(probe->fd, bytes, sizeof(bytes), 0);
	if (length > 0)
		take_message(probe, cursor_over(bytes, length));
	if (is_done(probe))
		end(probe, 0);
}

/* Starting */

static int open_socket(struct relay_probe *probe, const struct relay_probe_path *path)
{
	bool is_v4 = probe->relay.family == AF_INET;
	struct addr source = path->source;
	struct sockaddr_storage ss;
	socklen_t length;
	int fd = socket(probe->relay.family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	probe->fd = fd;
	source.family = probe->relay.family;
	setsockopt(fd, is_v4 ? IPPROTO_IP : IPPROTO_IPV6, is_v4 ? IP_RECVERR : IPV6_RECVERR,
		   &(int){1}, sizeof(int));
	length = addr_to_sockaddr(&source, path->port, &ss);
	if ((path->mark && setsockopt(fd, SOL_SOCKET, SO_MARK, &path->mark, sizeof(path->mark))) ||
	    (*path->vrf &&
	     setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, path->vrf, strlen(path->vrf))) ||
	    bind(fd, (struct sockaddr *)&ss, length))
		return -1;
	length = addr_to_sockaddr(&probe->relay, AMT_PORT, &ss);
	if (connect(fd, (struct sockaddr *)&ss, length))
		return -1;
	length = sizeof(ss);
	getsockname(fd, (struct sockaddr *)&ss, &length);
	addr_from_sockaddr(&ss, &probe->port);
	return 0;
}

void relay_probe_start(struct relay_probe *probe, struct loop *loop, struct timers *timers,
		       const struct addr *relay, const struct relay_probe_path *path)
{
	*probe = (struct relay_probe){.relay = *relay,
				      .loop = loop,
				      .timers = timers,
				      .fd = -1,
				      .again = {.fn = again},
				      .asks = path->port,
				      .begun = timers->now,
				      .nonce = random_nonzero_u32()};
	if (open_socket(probe, path)) {
		end(probe, errno);
		return;
	}
	probe->watch = loop_watch(loop, probe->fd, EPOLLIN, ready, probe);
	if (!probe->watch) {
		end(probe, errno);
		return;
	}
	timer_start(timers, &probe->again, AGAIN);
	discover(probe);
}

/* The wire */

static void see_ours(struct relay_probe *probe, const struct capture_packet *packet, unsigned type)
{
	probe->requests_on_wire += type == AMT_REQUEST;
	if (packet->source_port != probe->port)
		return;
	probe->discovery.sent |= type == AMT_DISCOVERY;
	probe->request.sent |= type == AMT_REQUEST;
}

static void see_theirs(struct relay_probe *probe, const struct capture_packet *packet,
		       unsigned type)
{
	probe->queries_on_wire += type == AMT_QUERY;
	if (packet->destination_port != probe->port)
		return;
	probe->discovery.on_wire |= type == AMT_ADVERTISEMENT;
	probe->request.on_wire |= type == AMT_QUERY;
}

void relay_probe_see(struct relay_probe *probe, const struct capture_packet *packet)
{
	struct cursor payload = packet->payload;
	unsigned type = cursor_u8(&payload) & 0xf;

	if (addr_equal(&packet->destination, &probe->relay) && packet->destination_port == AMT_PORT)
		see_ours(probe, packet, type);
	else if (addr_equal(&packet->source, &probe->relay) && packet->source_port == AMT_PORT)
		see_theirs(probe, packet, type);
}

bool relay_probe_is_over(const struct relay_probe *probe)
{
	return probe->fd < 0;
}

void relay_probe_stop(struct relay_probe *probe)
{
	if (probe->fd >= 0)
		end(probe, 0);
}
