/* SPDX-License-Identifier: BSD-2-Clause */
/* Inner packets on the slow path: what goes to the LAN is what came but for TTL and checksum, and
 * the pieces that it is cut to are its payload, whole and in order, none longer than the MTU. The
 * last two bytes of the input are the MTU. */
#include "amt/slowpath.h"
#include "base/checksum.h"
#include "fuzz.h"
#include "mcingest/control.h"

#include <string.h>

#define OFFSET         0x1fff
#define MORE_FRAGMENTS 0x2000
#define OPTIONS_AT     20

static int always(void *context, const struct sg *sg)
{
	(void)context;
	must(sg->source.family == sg->group.family && addr_is_multicast(&sg->group));
	return SLOWPATH_GO_ON;
}

static unsigned get16(const uint8_t *at)
{
	return at[0] << 8 | at[1];
}

/* TTL and checksum made as before, the header is the one that came. */
static void check_header(const struct slowpath_packet *packet, struct cursor data)
{
	bool v4 = packet->sg.source.family == AF_INET;
	uint8_t header[SLOWPATH_HEADER_MAX];
	size_t length = packet->header_length;

	must(length <= sizeof(header) && length >= (v4 ? 20 : 40));
	memcpy(header, packet->header, length);
	must(++header[v4 ? 8 : 7] > 1);
	if (v4) {
		must(!checksum_fold(checksum_add(0, packet->header, length)) ==
		     !checksum_fold(checksum_add(0, data.at, length)));
		memcpy(header + 10, data.at + 10, 2);
	}
	must(!memcmp(header, data.at, length));
	must(!mci_is_link_protocol(header[v4 ? 9 : 6]));
	must(packet->payload == data.at + length);
	must(packet->payload + packet->payload_length <= data.end);
	must(get16(packet->header + (v4 ? 2 : 4)) ==
	     (v4 ? slowpath_length(packet) : packet->payload_length));
}

/* `done` bytes of the payload went before. */
static void check_piece(const struct slowpath_packet *piece, const struct slowpath_packet *packet,
			size_t done)
{
	unsigned fragment = get16(piece->header + 6), whole = get16(packet->header + 6);
	bool last = done + piece->payload_length == packet->payload_length;

	must(piece->payload == packet->payload + done && piece->payload_length);
	must(piece->header_length == packet->header_length);
	must(get16(piece->header + 2) == slowpath_length(piece));
	must((fragment & OFFSET) == (whole & OFFSET) + done / 8 && !(done % 8));
	must((fragment & ~OFFSET) == ((whole & ~OFFSET) | (last ? 0 : MORE_FRAGMENTS)));
	must(!checksum_fold(checksum_add(0, piece->header, piece->header_length)));
	must(!memcmp(piece->header, packet->header, 2));
	must(!memcmp(piece->header + 12, packet->header + 12, OPTIONS_AT - 12));
	if (!done)
		must(!memcmp(piece->header + OPTIONS_AT, packet->header + OPTIONS_AT,
			     piece->header_length - OPTIONS_AT));
}

static void check_pieces(const struct slowpath_packet *packet, size_t mtu)
{
	unsigned pieces = slowpath_pieces(packet, mtu);
	struct slowpath_packet piece;
	size_t done = 0;

	must((pieces == 1) == (slowpath_length(packet) <= mtu));
	for (unsigned number = 0; number < pieces; number++) {
		slowpath_piece(packet, mtu, number, &piece);
		must(slowpath_length(&piece) <= mtu);
		if (pieces == 1)
			must(!memcmp(&piece, packet, sizeof(piece)));
		else
			check_piece(&piece, packet, done);
		done += piece.payload_length;
	}
	must(!pieces || done == packet->payload_length);
}

static void try(struct cursor data)
{
	struct slowpath_packet packet;
	int verdict = slowpath_check(data, always, NULL, &packet);

	must(verdict >= SLOWPATH_GO_ON && verdict < MCI_DROP_COUNT);
	if (verdict != SLOWPATH_GO_ON)
		return;
	check_header(&packet, data);
	check_pieces(&packet, slowpath_length(&packet) - 1);
	check_pieces(&packet, packet.header_length + 8);
	if (cursor_left(&data) > 1)
		check_pieces(&packet, get16(data.end - 2) % 2048);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	fuzz_with_checksums(cursor_over(bytes, size), try);
	return 0;
}
