/* SPDX-License-Identifier: BSD-2-Clause */
/* What `receive` tells of a stream: RTP's sequence numbers, MPEG-TS' continuity, time and size. */
#include "gateway/stream.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct stream stream;

static void begin(void)
{
	stream = (struct stream){0};
}

TestSuite(stream, .init = begin);

static void take(const void *bytes, size_t length, usec_t now)
{
	struct payload payload = {
		.ttl = 14, .length = 28 + length, .bytes = cursor_over(bytes, length)};

	stream_take(&stream, &payload, now);
}

/* RTP */

#define ONE_SSRC 0xabad1dea

static void rtp(unsigned number, uint32_t ssrc)
{
	uint8_t bytes[20] = {0x80, 96, number >> 8, number & 0xff};

	for (int i = 0; i < 4; i++)
		bytes[8 + i] = ssrc >> (24 - 8 * i);
	take(bytes, sizeof(bytes), 0);
}

static const struct sequence_case {
	const char *what;
	unsigned numbers[16], count;
	uint64_t lost, late, twice;
} sequence_cases[] = {
	{"in order", {1, 2, 3, 4}, 4, 0, 0, 0},
	{"one is missing", {1, 2, 4, 5}, 4, 1, 0, 0},
	{"three are missing", {1, 5, 6, 7}, 4, 3, 0, 0},
	{"one is late", {1, 3, 2, 4}, 4, 0, 1, 0},
	{"one comes twice", {1, 2, 2, 3}, 4, 0, 0, 1},
	{"a late one comes twice", {1, 3, 2, 2}, 4, 0, 1, 1},
	{"one comes twice, one is missing", {1, 2, 2, 4}, 4, 1, 0, 1},
	{"the number wraps", {65534, 65535, 0, 1}, 4, 0, 0, 0},
	{"one is missing at the wrap", {65534, 65535, 1, 2}, 4, 1, 0, 0},
	{"before the first one", {10, 9, 11}, 3, 0, 0, 1},
	{"a leap is another stream", {1, 2, 30000, 30001}, 4, 0, 0, 0},
};

Test(stream, sequence_numbers_of_rtp)
{
	for (size_t i = 0; i < sizeof(sequence_cases) / sizeof(sequence_cases[0]); i++) {
		const struct sequence_case *c = &sequence_cases[i];

		begin();
		for (unsigned j = 0; j < c->count; j++)
			rtp(c->numbers[j], ONE_SSRC);
		cr_expect_eq(sequence_lost(&stream.rtp), c->lost, "%s: lost %llu", c->what,
			     (unsigned long long)sequence_lost(&stream.rtp));
		cr_expect_eq(stream.rtp.late, c->late, "%s: late", c->what);
		cr_expect_eq(stream.rtp.twice, c->twice, "%s: twice", c->what);
		cr_expect_eq(stream_is_rtp(&stream), stream.rtp.sources == 1, "%s", c->what);
	}
}

Test(stream, a_hundred_thousand_packets_of_rtp_with_two_lost)
{
	for (unsigned i = 0; i < 100000; i++)
		if (i != 40000 && i != 70000)
			rtp(i & 0xffff, ONE_SSRC);
	cr_expect_eq(sequence_lost(&stream.rtp), 2);
	cr_expect_eq(stream.rtp.twice, 0);
}

Test(stream, losses_of_an_ssrc_before_the_present_one_count)
{
	rtp(1, 1);
	rtp(3, 1);
	rtp(7, 2);
	rtp(9, 2);
	cr_expect_eq(sequence_lost(&stream.rtp), 2);
	cr_expect_eq(stream.rtp.sources, 2);
}

Test(stream, random_bytes_are_no_rtp)
{
	for (unsigned i = 0; i < 100; i++)
		rtp(i * 7919, i * 2654435761u);
	cr_expect_not(stream_is_rtp(&stream));
}

static const struct header_case {
	const char *what;
	uint8_t bytes[24];
	size_t length, payload; /* payload: its length, if it is RTP */
	bool is_rtp;
} header_cases[] = {
	{"a plain header", {0x80, 33}, 12, 0, true},
	{"a payload", {0x80, 33}, 20, 8, true},
	{"one CSRC", {0x81, 33}, 20, 4, true},
	{"an extension of one word", {0x90, 33, [14] = 0, 1}, 24, 4, true},
	{"padding", {0xa0, 33, [19] = 3}, 20, 5, true},
	{"padding that is longer than the rest", {0xa0, 33, [19] = 9}, 20, 0, false},
	{"padding of nothing", {0xa0, 33}, 12, 0, true},
	{"version 1", {0x40, 33}, 20, 0, false},
	{"too short", {0x80, 33}, 11, 0, false},
	{"fifteen CSRCs that are not there", {0x8f, 33}, 24, 0, false},
	{"an extension that is not there", {0x90, 33, [14] = 0xff, 0xff}, 24, 0, false},
	{"RTCP", {0x80, 200}, 20, 0, false},
};

Test(stream, headers_of_rtp)
{
	for (size_t i = 0; i < sizeof(header_cases) / sizeof(header_cases[0]); i++) {
		const struct header_case *c = &header_cases[i];
		struct rtp_header header;
		bool is_rtp = rtp_header_read(cursor_over(c->bytes, c->length), &header);

		cr_expect_eq(is_rtp, c->is_rtp, "%s", c->what);
		if (is_rtp)
			cr_expect_eq(cursor_left(&header.payload), c->payload, "%s", c->what);
	}
}

/* MPEG-TS */

#define PAYLOAD 0x10
#define FIELD   0x20

static void ts_packet(uint8_t bytes[MPEG_TS_PACKET], unsigned pid, unsigned control)
{
	memset(bytes, 0xff, MPEG_TS_PACKET);
	bytes[0] = 0x47;
	bytes[1] = pid >> 8;
	bytes[2] = pid & 0xff;
	bytes[3] = control;
	bytes[4] = 1;
	bytes[5] = 0;
}

static void ts(unsigned pid, unsigned control)
{
	uint8_t bytes[MPEG_TS_PACKET];

	ts_packet(bytes, pid, control);
	take(bytes, sizeof(bytes), 0);
}

static const struct ts_case {
	const char *what;
	unsigned pid;
	uint8_t controls[8], count;
	uint64_t faults;
} ts_cases[] = {
	{"in order", 256, {PAYLOAD | 1, PAYLOAD | 2, PAYLOAD | 3}, 3, 0},
	{"wraps", 256, {PAYLOAD | 14, PAYLOAD | 15, PAYLOAD | 0}, 3, 0},
	{"one is missing", 256, {PAYLOAD | 1, PAYLOAD | 3, PAYLOAD | 4}, 3, 1},
	{"sixteen are missing, which cannot be seen", 256, {PAYLOAD | 1, PAYLOAD | 2}, 2, 0},
	{"twice", 256, {PAYLOAD | 1, PAYLOAD | 1, PAYLOAD | 2}, 3, 0},
	{"three times", 256, {PAYLOAD | 1, PAYLOAD | 1, PAYLOAD | 1, PAYLOAD | 2}, 4, 1},
	{"no payload does not count on", 256, {PAYLOAD | 1, FIELD | 1, PAYLOAD | 2}, 3, 0},
	{"no payload, but counted on", 256, {PAYLOAD | 1, FIELD | 2, PAYLOAD | 3}, 3, 1},
	{"null packets are not looked at", 0x1fff, {PAYLOAD | 1, PAYLOAD | 9, PAYLOAD | 4}, 3, 0},
};

Test(stream, continuity_of_mpeg_ts)
{
	for (size_t i = 0; i < sizeof(ts_cases) / sizeof(ts_cases[0]); i++) {
		const struct ts_case *c = &ts_cases[i];

		begin();
		for (unsigned j = 0; j < c->count; j++)
			ts(c->pid, c->controls[j]);
		cr_expect_eq(stream.ts.faults, c->faults, "%s: %llu", c->what,
			     (unsigned long long)stream.ts.faults);
		cr_expect_eq(stream.ts.packets, c->count, "%s", c->what);
	}
}

Test(stream, a_discontinuity_that_is_announced_is_none)
{
	uint8_t bytes[MPEG_TS_PACKET];

	ts(256, PAYLOAD | 1);
	ts_packet(bytes, 256, PAYLOAD | FIELD | 9);
	bytes[5] = 0x80;
	take(bytes, sizeof(bytes), 0);
	ts(256, PAYLOAD | 10);
	cr_expect_eq(stream.ts.faults, 0);
}

Test(stream, pids_are_apart_and_a_datagram_has_several_packets)
{
	uint8_t bytes[2 * MPEG_TS_PACKET];

	for (unsigned i = 0; i < 3; i++) {
		ts_packet(bytes, 256, PAYLOAD | i);
		ts_packet(bytes + MPEG_TS_PACKET, 257, PAYLOAD | (i + 5));
		take(bytes, sizeof(bytes), 0);
	}
	cr_expect_eq(stream.ts.packets, 6);
	cr_expect_eq(stream.ts.pids, 2);
	cr_expect_eq(stream.ts.faults, 0);
}

Test(stream, mpeg_ts_within_rtp)
{
	uint8_t bytes[12 + MPEG_TS_PACKET] = {0x80, 33};

	for (unsigned i = 0; i < 4; i++) {
		bytes[3] = i;
		ts_packet(bytes + 12, 256, PAYLOAD | i);
		take(bytes, sizeof(bytes), 0);
	}
	cr_expect_eq(stream.ts.packets, 4);
	cr_expect_eq(stream.ts.faults, 0);
	cr_expect(stream_is_rtp(&stream));
}

Test(stream, other_payloads_are_no_mpeg_ts)
{
	uint8_t bytes[MPEG_TS_PACKET + 1];

	ts_packet(bytes, 256, PAYLOAD);
	cr_expect_not(mpeg_ts_take(&stream.ts, cursor_over(bytes, sizeof(bytes))));
	cr_expect_not(mpeg_ts_take(&stream.ts, cursor_over(bytes, 0)));
	bytes[0] = 'x';
	cr_expect_not(mpeg_ts_take(&stream.ts, cursor_over(bytes, MPEG_TS_PACKET)));
	cr_expect_eq(stream.ts.packets, 0);
}

/* Time, size and TTL */

Test(stream, counts_time_bytes_and_ttl)
{
	struct payload payload = {.ttl = 14, .length = 100};

	stream_take(&stream, &payload, 5 * USEC_PER_SEC);
	payload.ttl = 13;
	payload.length = 300;
	stream_take(&stream, &payload, 7 * USEC_PER_SEC);
	cr_expect_eq(stream.packets, 2);
	cr_expect_eq(stream.bytes, 400);
	cr_expect_eq(stream.longest, 300);
	cr_expect_eq(stream.ttl_min, 13);
	cr_expect_eq(stream.ttl_max, 14);
	cr_expect_float_eq(stream_seconds(&stream), 2.0, 1e-9);
}

/* From the tunnel's data to the payload */

static struct timers timers;
static unsigned lost;

static void on_lost(void *context, const struct addr *source)
{
	(void)context;
	(void)source;
	lost++;
}

static uint8_t packet[64] = {0x45, 0,    0, 40, 0,  7,   0x40, 0,   9,   17,   0,
			     0,    192,  0, 2,  10, 232, 1,    1,   1,   0x13, 0x88,
			     0x13, 0x89, 0, 20, 0,  0,   'h',  'e', 'l', 'l',  'o'};

static void set_checksum(void)
{
	uint32_t sum = 0;

	packet[10] = packet[11] = 0;
	for (int i = 0; i < 20; i += 2)
		sum += packet[i] << 8 | packet[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = ~sum;
	packet[10] = sum >> 8;
	packet[11] = sum;
}

static const struct packet_case {
	const char *what;
	unsigned at;
	uint8_t value;
	size_t length;
	enum payload_kind kind;
} packet_cases[] = {
	{"whole", 0, 0x45, 40, PAYLOAD_UDP},
	{"bytes behind it", 0, 0x45, 64, PAYLOAD_UDP},
	{"cut off", 0, 0x45, 39, PAYLOAD_BROKEN},
	{"empty", 0, 0x45, 0, PAYLOAD_BROKEN},
	{"TCP", 9, 6, 40, PAYLOAD_OTHER},
	{"a first fragment of an odd length", 6, 0x20, 40, PAYLOAD_BROKEN},
	{"UDP is longer than IP", 25, 21, 40, PAYLOAD_BROKEN},
	{"UDP is shorter than its header", 25, 7, 40, PAYLOAD_BROKEN},
	{"another version", 0, 0x55, 40, PAYLOAD_BROKEN},
};

Test(payload, what_a_packet_is)
{
	for (size_t i = 0; i < sizeof(packet_cases) / sizeof(packet_cases[0]); i++) {
		const struct packet_case *c = &packet_cases[i];
		struct reassembly reassembly = {.timers = &timers, .lost = on_lost};
		struct payload found = {0};
		uint8_t before = packet[c->at];

		packet[c->at] = c->value;
		set_checksum();
		cr_expect_eq(payload_read(&reassembly, cursor_over(packet, c->length), &found),
			     c->kind, "%s", c->what);
		packet[c->at] = before;
		reassembly_free(&reassembly);
		if (c->kind != PAYLOAD_UDP)
			continue;
		cr_expect_eq(found.port, 5001);
		cr_expect_eq(found.ttl, 9);
		cr_expect_eq(found.length, 40, "%s: %zu", c->what, found.length);
		cr_expect_eq(cursor_left(&found.bytes), 12);
		cr_expect_eq(memcmp(found.bytes.at, "hello", 5), 0);
	}
	timers_free(&timers);
}
