/* SPDX-License-Identifier: BSD-2-Clause */
/* The rows of cases.c that are about the inner packet, through the daemon's slow path: what the
 * programs say of it, it says as well. */
#include "amt/slowpath.h"
#include "through.h"

#include <string.h>

#define ETHERNET  14
#define TAG       4
#define UDP_BYTES 8
#define AMT_BYTES 2

static int match(void *context, const struct sg *sg)
{
	const struct ingest_case *row = context;

	(void)sg;
	return row->expect == MCI_DROP_NOT_JOINED ? MCI_DROP_NOT_JOINED : SLOWPATH_GO_ON;
}

/* What is wrong outside of it never comes out of a socket, and an MTU is the next step's. */
static bool is_about_inner(const struct ingest_case *row)
{
	if (row->packet.outer_length_wrong || row->packet.udp_length_wrong)
		return false;
	switch (row->expect) {
	case ON_LAN:
	case MCI_DROP_NOT_JOINED:
	case MCI_DROP_TRUNCATED:
	case MCI_DROP_INNER_VERSION:
	case MCI_DROP_INNER_HEADER:
	case MCI_DROP_INNER_CONTROL:
	case MCI_DROP_NOT_MULTICAST:
	case MCI_DROP_TTL:
		return true;
	default:
		return false;
	}
}

/* What a tunnel's socket would hand over. */
static struct cursor data_of(const struct packet *packet, const uint8_t *frame)
{
	size_t udp = ETHERNET + (packet->tag ? TAG : 0) +
		     (family_of(packet->outer) == 4 ? 20 + 4 * packet->outer_options : 40);
	size_t length = frame[udp + 4] << 8 | frame[udp + 5];

	return cursor_over(frame + udp + UDP_BYTES + AMT_BYTES, length - UDP_BYTES - AMT_BYTES);
}

static bool same_packet(const struct ingest_case *row, const struct slowpath_packet *packet)
{
	uint8_t frame[FRAME_MAX], *ip = frame + ETHERNET;

	packet_on_lan(&row->packet, egress_mac, frame);
	return !memcmp(packet->header, ip, packet->header_length) &&
	       !memcmp(packet->payload, ip + packet->header_length, packet->payload_length);
}

static void test_row(const struct ingest_case *row)
{
	uint8_t frame[FRAME_MAX];
	struct slowpath_packet packet;
	int verdict;

	packet_build(&row->packet, frame);
	verdict = slowpath_check(data_of(&row->packet, frame), match, (void *)row, &packet);
	tap(verdict == row->expect && (verdict != SLOWPATH_GO_ON || same_packet(row, &packet)),
	    "slow path: %s", row->what);
}

void slow_tests(void)
{
	_Static_assert(SLOWPATH_GO_ON == ON_LAN, "a verdict stands in a row as it is");

	for (unsigned i = 0; i < ingest_case_count; i++)
		if (is_about_inner(&ingest_cases[i]))
			test_row(&ingest_cases[i]);
}
