/* SPDX-License-Identifier: BSD-2-Clause */
#include "own_data.h"

#include "../clock.h"
#include "../payload.h"
#include "channels.h"
#include "forward.h"
#include "relay.h"

#define PORT         5001
#define TTL          16
#define UDP_HEADER   8
#define HEADER_MAX   40
#define BATCH        32
#define PAYLOAD_SIZE 1472 /* of a payload: what a frame of 1,500 bytes takes */

static size_t write_ipv4(uint8_t *b, const struct address *source, const struct address *group,
			 size_t payload)
{
	memset(b, 0, 20);
	b[0] = 0x45;
	put16(b + 2, 20 + UDP_HEADER + payload);
	put16(b + 6, IP_DF);
	b[8] = TTL;
	b[9] = IPPROTO_UDP;
	memcpy(b + 12, source->bytes, 4);
	memcpy(b + 16, group->bytes, 4);
	put16(b + 10, sum_finish(sum_add(0, b, 20)));
	return 20;
}

static size_t write_ipv6(uint8_t *b, const struct address *source, const struct address *group,
			 size_t payload)
{
	memset(b, 0, 8);
	b[0] = 0x60;
	put16(b + 4, UDP_HEADER + payload);
	b[6] = IPPROTO_UDP;
	b[7] = TTL;
	memcpy(b + 8, source->bytes, 16);
	memcpy(b + 24, group->bytes, 16);
	return 40;
}

/* The bytes stay until forward_flush(). */
static void send_one(uint8_t *bytes, const struct address *source, const struct address *group,
		     size_t size, const struct payload *payload)
{
	size_t at = group->family == AF_INET ? write_ipv4(bytes, source, group, size)
					     : write_ipv6(bytes, source, group, size);

	put16(bytes + at, PORT);
	put16(bytes + at + 2, PORT);
	put16(bytes + at + 4, UDP_HEADER + size);
	payload_write(bytes + at + UDP_HEADER, size, payload);
	forward(bytes, at + UDP_HEADER + size, true, (int64_t)payload->sent_ns);
}

void own_data_greet(const struct address *source, const struct address *group, int64_t now)
{
	uint8_t bytes[HEADER_MAX + UDP_HEADER + PAYLOAD_HEADER];
	struct payload payload = {.sent_ns = (uint64_t)now};

	if (!settings.greet)
		return;
	send_one(bytes, source, group, PAYLOAD_HEADER, &payload);
	forward_flush();
}

static void feed(struct channel *channel, int64_t now)
{
	static uint8_t bytes[BATCH][HEADER_MAX + UDP_HEADER + PAYLOAD_SIZE];
	struct payload payload = {.sent_ns = (uint64_t)now};
	uint64_t due;

	if (!channel->fed_since)
		channel->fed_since = now;
	due = (uint64_t)(now - channel->fed_since) * settings.feed / NS_PER_S;
	for (unsigned i = 0; channel->fed < due; i = (i + 1) % BATCH) {
		payload.sequence = channel->fed++;
		send_one(bytes[i], &channel->source, &channel->group, settings.feed_size, &payload);
		if (i == BATCH - 1)
			forward_flush();
	}
	forward_flush();
}

void own_data_send_due(int64_t now)
{
	if (settings.feed)
		channels_each(feed, now);
}

int own_data_wait(int most)
{
	return settings.feed && most > 1 ? 1 : most;
}
