/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire.h"

#include "../ip.h"
#include "../options.h"

#include <linux/if_ether.h>
#include <linux/if_packet.h>

/* The payload of Ethernet's shortest frame of 60 bytes: up to here, bytes after a datagram are
 * padding. */
#define PADDED_LENGTH 46

void wire_open(struct wire *w, unsigned interface)
{
	uint16_t protocol = htons(w->group.family == AF_INET ? ETH_P_IP : ETH_P_IPV6);
	struct sockaddr_ll on = {
		.sll_family = AF_PACKET, .sll_protocol = protocol, .sll_ifindex = (int)interface};
	int yes = 1, size = 32 << 20;

	/* Protocol 0 until the socket is bound, or packets of other interfaces would come first. */
	w->fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (w->fd < 0)
		fail(1, "packet socket: %s", strerror(errno));
	if (setsockopt(w->fd, SOL_PACKET, PACKET_AUXDATA, &yes, sizeof(yes)))
		fail(1, "packet socket: PACKET_AUXDATA: %s", strerror(errno));
	setsockopt(w->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (bind(w->fd, (void *)&on, sizeof(on)))
		fail(1, "packet socket: %s", strerror(errno));
}

static uint32_t wire_status(struct msghdr *m)
{
	struct tpacket_auxdata aux = {0};

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c))
		if (c->cmsg_level == SOL_PACKET && c->cmsg_type == PACKET_AUXDATA)
			memcpy(&aux, CMSG_DATA(c), sizeof(aux));
	return aux.tp_status;
}

static bool wire_is_ours(const struct wire *w, const uint8_t *b, const struct datagram *d)
{
	if (!address_equal(&d->source, &w->source) || !address_equal(&d->destination, &w->group))
		return false;
	/* Only the first fragment has the port: count all fragments of the channel. */
	return d->fragment || (datagram_is_udp(d) && get16(b + d->header + 2) == w->port);
}

static void wire_packet(struct wire *w, const uint8_t *b, size_t length, uint32_t status)
{
	struct datagram d;

	if (datagram_parse(b, length, &d) || !wire_is_ours(w, b, &d))
		return;
	w->packets++;
	if (length > d.length && length > PADDED_LENGTH)
		w->trailing++;
	/* The UDP checksum of a packet that never left this machine may not be computed yet. */
	if (!datagram_header_ok(b, &d) ||
	    (datagram_is_udp(&d) && !datagram_udp_ok(b, &d) && !(status & TP_STATUS_CSUMNOTREADY)))
		w->bad_checksums++;
}

void wire_drain(struct wire *w)
{
	static uint8_t bytes[65536 + 64];
	char control[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	struct iovec iov = {.iov_base = bytes, .iov_len = sizeof(bytes)};

	for (;;) {
		struct sockaddr_ll from;
		struct msghdr m = {.msg_name = &from,
				   .msg_namelen = sizeof(from),
				   .msg_iov = &iov,
				   .msg_iovlen = 1,
				   .msg_control = control,
				   .msg_controllen = sizeof(control)};
		ssize_t length = recvmsg(w->fd, &m, 0);

		if (length < 0)
			return;
		if (from.sll_pkttype != PACKET_OUTGOING)
			wire_packet(w, bytes, (size_t)length, wire_status(&m));
	}
}
