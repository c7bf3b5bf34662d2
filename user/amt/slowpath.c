/* SPDX-License-Identifier: BSD-2-Clause */
#include "amt/slowpath.h"
#include "base/checksum.h"
#include "mcingest/control.h"

#include <string.h>

#define IPV4_HEADER 20
#define IPV6_HEADER 40

/* Offsets in an IPv4 header */
#define V4_LENGTH   2
#define V4_FRAGMENT 6
#define V4_TTL      8
#define V4_PROTOCOL 9
#define V4_CHECKSUM 10
#define V4_SOURCE   12

/* Offsets in an IPv6 header */
#define V6_LENGTH    4
#define V6_NEXT      6
#define V6_HOP_LIMIT 7
#define V6_SOURCE    8

/* Flags and offset of IPv4 */
#define DONT_FRAGMENT  0x4000
#define MORE_FRAGMENTS 0x2000
#define OFFSET         0x1fff
#define OFFSET_UNIT    8
#define DATAGRAM_MAX   65535

#define OPTION_COPIED 0x80
#define OPTION_END    0
#define OPTION_NOP    1

_Static_assert(MCI_IS_DATA == SLOWPATH_GO_ON,
	       "mci_judge_protocol() and mci_judge_chain() return what a check does");

static uint16_t get16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static void put16(uint8_t *at, uint16_t value)
{
	at[0] = value >> 8;
	at[1] = value & 0xff;
}

static bool is_v4(const struct slowpath_packet *packet)
{
	return packet->sg.source.family == AF_INET;
}

/* Takes header and payload out of `data`; bytes behind them are ignored. */
static int take(struct cursor data, size_t header, size_t length, struct slowpath_packet *packet)
{
	if (length > cursor_left(&data))
		return MCI_DROP_TRUNCATED;
	packet->header_length = header;
	memcpy(packet->header, cursor_bytes(&data, header), header);
	packet->payload_length = length - header;
	packet->payload = cursor_bytes(&data, packet->payload_length);
	return SLOWPATH_GO_ON;
}

static int parse_v4(struct cursor data, struct slowpath_packet *packet)
{
	const uint8_t *ip = data.at;
	size_t header = (ip[0] & 0x0f) * 4u;

	if (cursor_left(&data) < IPV4_HEADER)
		return MCI_DROP_TRUNCATED;
	if (header < IPV4_HEADER || get16(ip + V4_LENGTH) < header)
		return MCI_DROP_INNER_HEADER;
	packet->sg.source = addr_from_bytes(AF_INET, ip + V4_SOURCE);
	packet->sg.group = addr_from_bytes(AF_INET, ip + V4_SOURCE + 4);
	if (!addr_is_multicast(&packet->sg.group))
		return MCI_DROP_NOT_MULTICAST;
	return take(data, header, get16(ip + V4_LENGTH), packet);
}

static int parse_v6(struct cursor data, struct slowpath_packet *packet)
{
	const uint8_t *ip = data.at;

	if (cursor_left(&data) < IPV6_HEADER)
		return MCI_DROP_TRUNCATED;
	packet->sg.source = addr_from_bytes(AF_INET6, ip + V6_SOURCE);
	packet->sg.group = addr_from_bytes(AF_INET6, ip + V6_SOURCE + 16);
	if (!addr_is_multicast(&packet->sg.group))
		return MCI_DROP_NOT_MULTICAST;
	return take(data, IPV6_HEADER, IPV6_HEADER + get16(ip + V6_LENGTH), packet);
}

static int parse(struct cursor data, struct slowpath_packet *packet)
{
	if (!cursor_left(&data))
		return MCI_DROP_TRUNCATED;
	switch (data.at[0] >> 4) {
	case 4:
		return parse_v4(data, packet);
	case 6:
		return parse_v6(data, packet);
	default:
		return MCI_DROP_INNER_VERSION;
	}
}

/* An mci_load function. */
static long load(void *context, uint32_t offset, void *to, uint32_t length)
{
	const struct slowpath_packet *packet = context;

	if (offset + length > packet->payload_length)
		return -1;
	memcpy(to, packet->payload + offset, length);
	return 0;
}

static int judge(struct slowpath_packet *packet)
{
	if (is_v4(packet))
		return mci_judge_protocol(packet->header[V4_PROTOCOL]);
	return mci_judge_chain(packet, load, 0, packet->payload_length, packet->header[V6_NEXT]);
}

/* RFC 1624, equation 3: a checksum that was wrong stays wrong. TTL and protocol share a word. */
static void lower_ttl_v4(uint8_t *ip)
{
	uint32_t sum = (uint16_t)~get16(ip + V4_CHECKSUM) + (uint16_t)~get16(ip + V4_TTL);

	ip[V4_TTL]--;
	put16(ip + V4_CHECKSUM, checksum_fold(sum + get16(ip + V4_TTL)));
}

static int lower_ttl(struct slowpath_packet *packet)
{
	uint8_t *ip = packet->header;

	if (ip[is_v4(packet) ? V4_TTL : V6_HOP_LIMIT] <= 1)
		return MCI_DROP_TTL;
	if (is_v4(packet))
		lower_ttl_v4(ip);
	else
		ip[V6_HOP_LIMIT]--;
	return SLOWPATH_GO_ON;
}

int slowpath_check(struct cursor data, slowpath_match_fn *match, void *context,
		   struct slowpath_packet *packet)
{
	int reason = parse(data, packet);

	if (reason == SLOWPATH_GO_ON)
		reason = match(context, &packet->sg);
	if (reason == SLOWPATH_GO_ON)
		reason = judge(packet);
	return reason == SLOWPATH_GO_ON ? lower_ttl(packet) : reason;
}

size_t slowpath_length(const struct slowpath_packet *packet)
{
	return packet->header_length + packet->payload_length;
}

/* Payload of each fragment but the last. */
static size_t piece_size(const struct slowpath_packet *packet, size_t mtu)
{
	if (mtu < packet->header_length)
		return 0;
	return (mtu - packet->header_length) & ~(size_t)(OFFSET_UNIT - 1);
}

/* A packet with a wrong header checksum is not fragmented, since its fragments would get right
 * ones; nor one that ends beyond the longest datagram, since the offsets would overflow. */
static bool may_be_cut(const struct slowpath_packet *packet)
{
	const uint8_t *ip = packet->header;
	uint16_t fragment = get16(ip + V4_FRAGMENT);
	size_t start = (fragment & OFFSET) * (size_t)OFFSET_UNIT;

	return is_v4(packet) && !(fragment & DONT_FRAGMENT) &&
	       start + packet->payload_length <= DATAGRAM_MAX &&
	       !checksum_fold(checksum_add(0, ip, packet->header_length));
}

unsigned slowpath_pieces(const struct slowpath_packet *packet, size_t mtu)
{
	size_t size = piece_size(packet, mtu), last;

	if (slowpath_length(packet) <= mtu)
		return 1;
	if (!size || !may_be_cut(packet))
		return 0;
	last = mtu - packet->header_length;
	/* The last fragment may be a few bytes longer than the others. */
	return 1 + (packet->payload_length - last + size - 1) / size;
}

/* Options without the copied flag stay in the first fragment only. In the others they become
 * padding, and the header keeps its length. */
static void blank_options(uint8_t *at, size_t left)
{
	while (left && *at != OPTION_END) {
		size_t step = *at == OPTION_NOP || left < 2 ? 1 : at[1];

		if (!step || step > left)
			return;
		if (!(*at & OPTION_COPIED))
			memset(at, OPTION_NOP, step);
		at += step;
		left -= step;
	}
}

/* The packet may be a fragment itself: offsets continue from its own, and its last fragment keeps
 * its "more fragments" flag. */
static void fragment_header(struct slowpath_packet *piece, size_t done, bool last)
{
	uint8_t *ip = piece->header;
	uint16_t fragment = get16(ip + V4_FRAGMENT) + (uint16_t)(done / OFFSET_UNIT);

	if (done)
		blank_options(ip + IPV4_HEADER, piece->header_length - IPV4_HEADER);
	put16(ip + V4_LENGTH, slowpath_length(piece));
	put16(ip + V4_FRAGMENT, last ? fragment : fragment | MORE_FRAGMENTS);
	put16(ip + V4_CHECKSUM, 0);
	put16(ip + V4_CHECKSUM, checksum_fold(checksum_add(0, ip, piece->header_length)));
}

void slowpath_piece(const struct slowpath_packet *packet, size_t mtu, unsigned number,
		    struct slowpath_packet *piece)
{
	size_t size = piece_size(packet, mtu), done = number * size;
	bool last = number + 1 == slowpath_pieces(packet, mtu);

	*piece = *packet;
	if (slowpath_length(packet) <= mtu)
		return;
	piece->payload += done;
	piece->payload_length = last ? packet->payload_length - done : size;
	fragment_header(piece, done, last);
}
