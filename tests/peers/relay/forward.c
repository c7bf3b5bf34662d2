/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward.h"

#include "../clock.h"
#include "../ip.h"
#include "endpoints.h"
#include "fragment.h"
#include "manners.h"
#include "messages.h"
#include "relay.h"

#include <errno.h>

#define QUEUE_LENGTH 64

/* The messages of one sendmmsg(). Each has an AMT header, an IP header of its own if it is a
 * fragment, and bytes that are still where they were received. */
static struct {
	uint8_t head[AMT_DATA_HEADER + IPV4_HEADER_MAX];
	struct iovec iov[2];
	union path_control control;
} queue[QUEUE_LENGTH];
static struct mmsghdr messages[QUEUE_LENGTH];
static unsigned queued;
static int queue_fd;

void forward_flush(void)
{
	unsigned done = 0, failures = 0;

	while (done < queued) {
		int sent = sendmmsg(queue_fd, messages + done, queued - done, 0);

		if (sent > 0) {
			done += (unsigned)sent;
			counters.data_out += (unsigned)sent;
			failures = 0;
		} else if (++failures > 1) {
			/* With RECVERR, the first error may be a late one of an earlier message. */
			counters.drop_send++;
			failures = 0;
			done++;
		}
	}
	queued = 0;
}

static void enqueue(const struct path *path, const uint8_t *header, size_t header_length,
		    const uint8_t *bytes, size_t length)
{
	struct msghdr *m = &messages[queued].msg_hdr;
	struct iovec *iov = queue[queued].iov;
	uint8_t *head = queue[queued].head;

	head[0] = AMT_DATA;
	head[1] = 0;
	if (header_length)
		memcpy(head + AMT_DATA_HEADER, header, header_length);
	iov[0] = (struct iovec){.iov_base = head, .iov_len = AMT_DATA_HEADER + header_length};
	iov[1] = (struct iovec){.iov_base = (void *)bytes, .iov_len = length};
	*m = (struct msghdr){.msg_iov = iov, .msg_iovlen = 2};
	path_address(path, m, &queue[queued].control);
	queued++;
}

static void send_data(const struct path *path, const uint8_t *header, size_t header_length,
		      const uint8_t *bytes, size_t length)
{
	int fd = path_data_fd(path);

	if (queued == QUEUE_LENGTH || (queued && queue_fd != fd))
		forward_flush();
	queue_fd = fd;
	enqueue(path, header, header_length, bytes, length);
}

/* Section 5.3.3.6.1: the path's MTU without IP, UDP and AMT headers. */
static size_t tunnel_mtu(const struct path *path)
{
	return settings.path_mtu - (path->relay.family == AF_INET ? 20 : 40) - 8 - AMT_DATA_HEADER;
}

/* Section 5.3.3.6.2; instead of an ICMP error to the source, a counter. */
static void send_fragments(const struct path *path, const uint8_t *bytes, const struct datagram *d)
{
	struct fragment f = {.datagram = bytes, .room = tunnel_mtu(path)};

	if (d->source.family == AF_INET6 || get16(bytes + 6) & IP_DF) {
		counters.drop_mtu++;
		return;
	}
	while (fragment_next(&f))
		send_data(path, f.header, f.header_length, f.payload, f.payload_length);
}

static void send_whole(const struct path *path, const uint8_t *bytes, const struct datagram *d)
{
	if (settings.path_mtu && d->length > tunnel_mtu(path))
		send_fragments(path, bytes, d);
	else
		send_data(path, NULL, 0, bytes, d->length);
}

static void forward_to(struct subscription *s, const uint8_t *bytes, const struct datagram *d,
		       int64_t now)
{
	const struct path *path = &s->endpoint->path;

	if (!s->packets)
		event("first data of (%s, %s) to %s port %u, %.1f ms after its join",
		      address_text(&d->source), address_text(&d->destination),
		      address_text(&path->gateway), path->port,
		      (double)(now - s->since) / NS_PER_MS);
	s->packets++;
	s->bytes += d->length;
	for (int i = 0; i < (manners.twice ? 2 : 1); i++)
		send_whole(path, bytes, d);
}

/* A sender on this machine may have left the checksum to a network card that does not exist. */
static void finish_checksum(uint8_t *bytes, const struct datagram *d)
{
	uint8_t *checksum = bytes + d->header + 6;
	uint16_t sum;

	if (!datagram_is_udp(d))
		return;
	put16(checksum, 0);
	sum = datagram_checksum(bytes, d);
	put16(checksum, sum ? sum : 0xffff);
}

static void decrement_ttl(uint8_t *bytes, const struct datagram *d)
{
	if (d->source.family == AF_INET6) {
		bytes[7]--;
		return;
	}
	bytes[8]--;
	put16(bytes + 10, 0);
	put16(bytes + 10, sum_finish(sum_add(0, bytes, (bytes[0] & 15) * 4u)));
}

void forward(uint8_t *bytes, size_t length, bool checksum_unfinished, int64_t now)
{
	struct subscription *s;
	struct datagram d;
	struct channel *c;

	if (datagram_parse(bytes, length, &d) || !datagram_header_ok(bytes, &d)) {
		counters.drop_header++;
		return;
	}
	c = channel_find(&d.source, &d.destination);
	if (!c)
		return;
	counters.data_in++;
	if (manners.mute)
		return;
	if (d.ttl <= 1) {
		counters.drop_ttl++;
		return;
	}
	if (checksum_unfinished)
		finish_checksum(bytes, &d);
	decrement_ttl(bytes, &d);
	LIST_FOREACH(s, &c->subscriptions, in_channel)
	forward_to(s, bytes, &d, now);
}
