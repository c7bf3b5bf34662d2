/* SPDX-License-Identifier: BSD-2-Clause */
#include "greet.h"

#include "../payload.h"
#include "forward.h"
#include "relay.h"

#define PORT       5001
#define TTL        16
#define UDP_HEADER 8
#define HEADER_MAX 40

static size_t write_ipv4(uint8_t *b, const struct address *source, const struct address *group)
{
	b[0] = 0x45;
	put16(b + 2, 20 + UDP_HEADER + PAYLOAD_HEADER);
	b[8] = TTL;
	b[9] = IPPROTO_UDP;
	memcpy(b + 12, source->bytes, 4);
	memcpy(b + 16, group->bytes, 4);
	put16(b + 10, sum_finish(sum_add(0, b, 20)));
	return 20;
}

static size_t write_ipv6(uint8_t *b, const struct address *source, const struct address *group)
{
	b[0] = 0x60;
	put16(b + 4, UDP_HEADER + PAYLOAD_HEADER);
	b[6] = IPPROTO_UDP;
	b[7] = TTL;
	memcpy(b + 8, source->bytes, 16);
	memcpy(b + 24, group->bytes, 16);
	return 40;
}

void greet(const struct address *source, const struct address *group, int64_t now)
{
	uint8_t bytes[HEADER_MAX + UDP_HEADER + PAYLOAD_HEADER] = {0};
	struct payload payload = {.sent_ns = (uint64_t)now};
	size_t at;

	if (!settings.greet)
		return;
	at = group->family == AF_INET ? write_ipv4(bytes, source, group)
				      : write_ipv6(bytes, source, group);
	put16(bytes + at, PORT);
	put16(bytes + at + 2, PORT);
	put16(bytes + at + 4, UDP_HEADER + PAYLOAD_HEADER);
	payload_write(bytes + at + UDP_HEADER, PAYLOAD_HEADER, &payload);
	forward(bytes, at + UDP_HEADER + PAYLOAD_HEADER, true, now);
	forward_flush();
}
