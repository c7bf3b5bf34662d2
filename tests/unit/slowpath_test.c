/* SPDX-License-Identifier: BSD-2-Clause */
/* The slow path: checks in the order of the BPF program, the changes to a packet, and
 * fragmentation. */
#include "amt/slowpath.h"
#include "base/checksum.h"
#include "samples.h"

#define GO_ON SLOWPATH_GO_ON

/* 192.0.2.10 to 232.1.1.1, TTL 15, UDP with 4 bytes, with a correct header checksum. */
#define V4_REST   "c000020a e8010101 1389138900 0c0000 61626364"
#define V4        "45000020 00004000 0f11c0c0" V4_REST
#define V6_SOURCE "20010db800050000 0000000000000010"
#define V6_GROUP  "ff3e000000000000 0000000080000001"
#define V6_UDP    "13891389000c0000 61626364"
#define V6        "60000000 000c110f" V6_SOURCE V6_GROUP V6_UDP

static int matched;

static int match(void *context, const struct sg *sg)
{
	cr_assert_eq(sg->source.family, sg->group.family);
	matched++;
	return *(int *)context;
}

/* clang-format off */
static const struct {
	const char *what, *bytes;
	int match, verdict;
	const char *on_lan;
} checks[] = {
	{"IPv4", V4, GO_ON, GO_ON, "45000020 00004000 0e11c1c0" V4_REST},
	{"IPv6", V6, GO_ON, GO_ON, "60000000 000c110e" V6_SOURCE V6_GROUP V6_UDP},
	{"IPv4, bytes behind it", V4 "ffff", GO_ON, GO_ON, "45000020 00004000 0e11c1c0" V4_REST},
	{"IPv6, bytes behind it", V6 "ff", GO_ON, GO_ON, "60000000 000c110e" V6_SOURCE V6_GROUP V6_UDP},
	{"TTL 2", "45000020 00004000 0211cdc0" V4_REST, GO_ON, GO_ON, "45000020 00004000 0111cec0" V4_REST},
	{"TTL 255", "45000020 00004000 ff11d0bf" V4_REST, GO_ON, GO_ON, "45000020 00004000 fe11d1bf" V4_REST},
	{"the checksum's carry", "45000020 1d004000 0f11fe00" V4_REST, GO_ON, GO_ON, "45000020 1d004000 0e11ff00" V4_REST},
	{"the checksum's carry around", "45000020 1d004000 0f11ff80" V4_REST, GO_ON, GO_ON, "45000020 1d004000 0e110081" V4_REST},
	{"a first fragment", "45000020 00002000 0f11e0c0" V4_REST, GO_ON, GO_ON, "45000020 00002000 0e11e1c0" V4_REST},
	{"a later fragment", "45000020 000000b5 0f11ce00" V4_REST, GO_ON, GO_ON, "45000020 000000b5 0e11cf00" V4_REST},
	{"options", "46000018 00000000 0f110000 c000020a e8010101 94040000", GO_ON, GO_ON,
	 "46000018 00000000 0e110100 c000020a e8010101 94040000"},
	{"no payload", "45000014 00000000 0f110000 c000020a e8010101", GO_ON, GO_ON,
	 "45000014 00000000 0e110100 c000020a e8010101"},
	{"no payload, IPv6", "60000000 00003b02" V6_SOURCE V6_GROUP, GO_ON, GO_ON,
	 "60000000 00003b01" V6_SOURCE V6_GROUP},

	{"ICMPv6 Echo Request", "60000000 00083a0f" V6_SOURCE V6_GROUP "8000000000000000", GO_ON, GO_ON,
	 "60000000 00083a0e" V6_SOURCE V6_GROUP "8000000000000000"},
	{"UDP behind hop-by-hop options", "60000000 0014000f" V6_SOURCE V6_GROUP "1100010400000000" V6_UDP, GO_ON, GO_ON,
	 "60000000 0014000e" V6_SOURCE V6_GROUP "1100010400000000" V6_UDP},

	{"IGMP", "45000020 00004000 0f02c0cf" V4_REST, GO_ON, MCI_DROP_INNER_CONTROL, NULL},
	{"IGMP, TTL 1", "45000020 00004000 0102cecf" V4_REST, GO_ON, MCI_DROP_INNER_CONTROL, NULL},
	{"IGMP, not joined", "45000020 00004000 0f02c0cf" V4_REST, MCI_DROP_NOT_JOINED, MCI_DROP_NOT_JOINED, NULL},
	{"PIM, a later fragment", "45000020 000000b5 0f67cdaa" V4_REST, GO_ON, MCI_DROP_INNER_CONTROL, NULL},
	{"PIM in IPv6", "60000000 000c670f" V6_SOURCE V6_GROUP V6_UDP, GO_ON, MCI_DROP_INNER_CONTROL, NULL},
	{"MLD behind hop-by-hop options", "60000000 0010000f" V6_SOURCE V6_GROUP "3a00050200000100 8200000000000000", GO_ON, MCI_DROP_INNER_CONTROL, NULL},
	{"hop-by-hop options that end outside", "60000000 000c000f" V6_SOURCE V6_GROUP "3a01050200000100 82000000", GO_ON, MCI_DROP_INNER_HEADER, NULL},
	{"an ICMPv6 message without its type", "60000000 00003a0f" V6_SOURCE V6_GROUP, GO_ON, MCI_DROP_INNER_HEADER, NULL},

	{"empty", "", GO_ON, MCI_DROP_TRUNCATED, NULL},
	{"19 bytes", "45000020 00004000 0f11c0c0 c000020a e80101", GO_ON, MCI_DROP_TRUNCATED, NULL},
	{"39 bytes of IPv6", "60000000 0000110f" V6_SOURCE "ff3e000000000000 00000000800000", GO_ON, MCI_DROP_TRUNCATED, NULL},
	{"IPv4, longer than there is", "45000021 00004000 0f11c0c0" V4_REST, GO_ON, MCI_DROP_TRUNCATED, NULL},
	{"IPv6, longer than there is", "60000000 000d110f" V6_SOURCE V6_GROUP V6_UDP, GO_ON, MCI_DROP_TRUNCATED, NULL},
	{"version 5", "55000020 00004000 0f11c0c0" V4_REST, GO_ON, MCI_DROP_INNER_VERSION, NULL},
	{"version 0", "00", GO_ON, MCI_DROP_INNER_VERSION, NULL},
	{"IHL 4", "44000020 00004000 0f11c0c0" V4_REST, GO_ON, MCI_DROP_INNER_HEADER, NULL},
	{"IHL beyond the total length", "4f000020 00004000 0f11c0c0" V4_REST, GO_ON, MCI_DROP_INNER_HEADER, NULL},
	{"total length below the header's", "45000013 00004000 0f11c0c0" V4_REST, GO_ON, MCI_DROP_INNER_HEADER, NULL},
	{"to a host", "45000020 00004000 0f11c0c0 c000020a 0a000032 138913890 00c0000 61626364", GO_ON, MCI_DROP_NOT_MULTICAST, NULL},
	{"to a host, IPv6", "60000000 000c110f" V6_SOURCE V6_SOURCE V6_UDP, GO_ON, MCI_DROP_NOT_MULTICAST, NULL},
	{"not joined", V4, MCI_DROP_NOT_JOINED, MCI_DROP_NOT_JOINED, NULL},
	{"joined through another tunnel", V6, MCI_DROP_OTHER_TUNNEL, MCI_DROP_OTHER_TUNNEL, NULL},
	{"TTL 1", "45000020 00004000 0111cec0" V4_REST, GO_ON, MCI_DROP_TTL, NULL},
	{"TTL 0", "45000020 00004000 0011cfc0" V4_REST, GO_ON, MCI_DROP_TTL, NULL},
	{"TTL 1, not joined", "45000020 00004000 0111cec0" V4_REST, MCI_DROP_NOT_JOINED, MCI_DROP_NOT_JOINED, NULL},
	{"hop limit 1", "60000000 000c1101" V6_SOURCE V6_GROUP V6_UDP, GO_ON, MCI_DROP_TTL, NULL},
};
/* clang-format on */

static void expect_bytes(const struct slowpath_packet *packet, const char *hex, const char *what)
{
	struct cursor wanted = from_hex(hex);
	size_t header = packet->header_length;

	cr_expect_eq(slowpath_length(packet), cursor_left(&wanted), "%s: %zu bytes", what,
		     slowpath_length(packet));
	cr_expect(!memcmp(packet->header, wanted.at, header), "%s: header", what);
	cr_expect(!memcmp(packet->payload, wanted.at + header, packet->payload_length),
		  "%s: payload", what);
	exact_free(wanted);
}

Test(slowpath, checks)
{
	EACH(i, checks)
	{
		struct cursor bytes = from_hex(checks[i].bytes);
		struct slowpath_packet packet;
		int asked = checks[i].match;

		cr_expect_eq(slowpath_check(bytes, match, &asked, &packet), checks[i].verdict, "%s",
			     checks[i].what);
		if (checks[i].on_lan)
			expect_bytes(&packet, checks[i].on_lan, checks[i].what);
		exact_free(bytes);
	}
}

Test(slowpath, what_is_malformed_is_not_looked_up)
{
	int asked = GO_ON;

	for (size_t length = 0; length < 52; length++) {
		struct cursor whole = from_hex(V6), bytes = exact_copy(whole.at, length);
		struct slowpath_packet packet;

		cr_expect_eq(slowpath_check(bytes, match, &asked, &packet), MCI_DROP_TRUNCATED,
			     "%zu bytes", length);
		exact_free(bytes);
		exact_free(whole);
	}
	cr_expect_eq(matched, 0);
}

/* Each byte of the header with each value, and each truncation of the result. */
Test(slowpath, nothing_reads_or_writes_outside)
{
	struct cursor whole = from_hex("46000024 00000000 0f110000 c000020a e8010101 94040000"
				       "1389138900 0c0000 61626364");
	struct slowpath_packet packet, piece;
	int asked = GO_ON;

	for (unsigned change = 0; change < 24 * 256; change++) {
		for (size_t length = 0; length <= 36; length++) {
			struct cursor bytes = exact_copy(whole.at, length);

			if (change / 256 < length)
				((uint8_t *)bytes.at)[change / 256] = change;
			if (slowpath_check(bytes, match, &asked, &packet) == GO_ON)
				for (unsigned n = slowpath_pieces(&packet, 33); n; n--)
					slowpath_piece(&packet, 33, n - 1, &piece);
			exact_free(bytes);
		}
	}
	exact_free(whole);
}

/* Fragmentation: a given header, with length and checksum filled in, and a payload of numbers. */

static uint8_t payload[65536];

static struct slowpath_packet packet_of(const char *hex, size_t payload_length)
{
	struct cursor bytes = from_hex(hex);
	struct slowpath_packet packet = {.header_length = cursor_left(&bytes),
					 .payload = payload,
					 .payload_length = payload_length};
	uint8_t *ip = packet.header;
	uint16_t sum;

	packet.sg.source.family = packet.sg.group.family =
		bytes.at[0] >> 4 == 4 ? AF_INET : AF_INET6;
	memcpy(ip, bytes.at, packet.header_length);
	ip[2] = slowpath_length(&packet) >> 8;
	ip[3] = slowpath_length(&packet);
	sum = checksum_fold(checksum_add(0, ip, packet.header_length));
	ip[10] = sum >> 8;
	ip[11] = sum;
	exact_free(bytes);
	return packet;
}

#define CUT(fragment) "4500ffff 1234" fragment "0e110000 c000020a e8010101"
#define CUT_OPTIONS   "4800ffff 12340000 0e110000 c000020a e8010101 "

/* clang-format off */
static const struct {
	const char *what, *header;
	size_t payload, mtu;
	unsigned pieces;
	struct { size_t length; uint16_t fragment; } each[4];
} cuts[] = {
	{"it fits", CUT("0000"), 1480, 1500, 1, {{1500, 0}}},
	{"it fits, DF", CUT("4000"), 1480, 1500, 1, {{1500, 0x4000}}},
	{"one byte too long", CUT("0000"), 1481, 1500, 2, {{1500, 0x2000}, {21, 185}}},
	{"one byte too long, DF", CUT("4000"), 1481, 1500, 0, {}},
	{"an MTU that is no multiple of 8", CUT("0000"), 1400, 1403, 2, {{1396, 0x2000}, {44, 172}}},
	{"the last is longer than the others", CUT("0000"), 15, 34, 2, {{28, 0x2000}, {27, 1}}},
	{"the same, exactly", CUT("0000"), 22, 34, 2, {{28, 0x2000}, {34, 1}}},
	{"and one byte more", CUT("0000"), 23, 34, 3, {{28, 0x2000}, {28, 0x2001}, {27, 2}}},
	{"three", CUT("0000"), 2960, 1400, 3, {{1396, 0x2000}, {1396, 0x20ac}, {228, 344}}},
	{"a first fragment", CUT("2000"), 1480, 1400, 2, {{1396, 0x2000}, {124, 0x20ac}}},
	{"a middle fragment", CUT("20b9"), 1480, 1400, 2, {{1396, 0x20b9}, {124, 0x2165}}},
	{"a last fragment", CUT("00b9"), 1480, 1400, 2, {{1396, 0x20b9}, {124, 0x0165}}},
	{"a fragment with DF", CUT("60b9"), 1480, 1400, 0, {}},
	{"a fragment to the end of the longest datagram", CUT("1fd7"), 327, 320, 2, {{316, 0x3fd7}, {51, 0x1ffc}}},
	{"a fragment beyond it", CUT("1fd7"), 328, 320, 0, {}},
	{"no room for payload", CUT("0000"), 100, 27, 0, {}},
	{"no room for the header", CUT("0000"), 100, 19, 0, {}},
	{"MTU 0", CUT("0000"), 100, 0, 0, {}},
	{"options", CUT_OPTIONS "94040000 44080500 00000000", 100, 100, 2, {{96, 0x2000}, {68, 8}}},
	{"IPv6", "60000000 00001108" V6_SOURCE V6_GROUP, 1480, 1500, 0, {}},
};
/* clang-format on */

static void expect_piece(const struct slowpath_packet *piece, size_t length, unsigned fragment,
			 const char *what, unsigned n)
{
	const uint8_t *ip = piece->header;

	cr_expect_eq(slowpath_length(piece), length, "%s, piece %u: %zu bytes", what, n,
		     slowpath_length(piece));
	cr_expect_eq(ip[2] << 8 | ip[3], (int)length, "%s, piece %u: its own length", what, n);
	cr_expect_eq(ip[6] << 8 | ip[7], (int)fragment, "%s, piece %u: 0x%02x%02x", what, n, ip[6],
		     ip[7]);
	cr_expect_eq(checksum_fold(checksum_add(0, ip, piece->header_length)), 0,
		     "%s, piece %u: checksum", what, n);
}

Test(slowpath, cutting)
{
	EACH(i, cuts)
	{
		struct slowpath_packet packet = packet_of(cuts[i].header, cuts[i].payload), piece;
		unsigned pieces = slowpath_pieces(&packet, cuts[i].mtu);
		const uint8_t *at = payload;

		cr_expect_eq(pieces, cuts[i].pieces, "%s: %u", cuts[i].what, pieces);
		for (unsigned n = 0; n < pieces; n++) {
			slowpath_piece(&packet, cuts[i].mtu, n, &piece);
			expect_piece(&piece, cuts[i].each[n].length, cuts[i].each[n].fragment,
				     cuts[i].what, n);
			cr_expect_eq(piece.payload, at, "%s: piece %u goes on", cuts[i].what, n);
			at += piece.payload_length;
		}
		cr_expect(!pieces || at == payload + cuts[i].payload, "%s: all", cuts[i].what);
	}
}

/* All sizes: the fragments hold the whole payload, and none is too long. */
Test(slowpath, every_length_and_mtu)
{
	for (size_t length = 0; length < 300; length++) {
		struct slowpath_packet packet = packet_of(CUT("0000"), length), piece;

		for (size_t mtu = 28; mtu < 100; mtu++) {
			unsigned pieces = slowpath_pieces(&packet, mtu);
			size_t sum = 0;

			for (unsigned n = 0; n < pieces; n++) {
				slowpath_piece(&packet, mtu, n, &piece);
				cr_assert_leq(slowpath_length(&piece), mtu);
				cr_assert(piece.payload_length || !length);
				sum += piece.payload_length;
			}
			cr_assert_eq(sum, length, "%zu bytes, MTU %zu", length, mtu);
		}
	}
}

/* Router Alert has the copied flag, Timestamp has not. */
Test(slowpath, options_that_are_not_to_be_copied)
{
	static const uint8_t first[12] = {0x94, 4, 0, 0, 0x44, 8, 5, 0, 0, 0, 0, 0};
	static const uint8_t later[12] = {0x94, 4, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1};
	struct slowpath_packet packet = packet_of(CUT_OPTIONS "94040000 44080500 00000000", 100);
	struct slowpath_packet piece;

	slowpath_piece(&packet, 100, 0, &piece);
	cr_expect(!memcmp(piece.header + 20, first, sizeof(first)));
	slowpath_piece(&packet, 100, 1, &piece);
	cr_expect(!memcmp(piece.header + 20, later, sizeof(later)));
}

Test(slowpath, a_wrong_checksum_is_not_made_right)
{
	struct slowpath_packet packet = packet_of(CUT("0000"), 1480);

	packet.header[10] ^= 1;
	cr_expect_eq(slowpath_pieces(&packet, 1500), 1);
	cr_expect_eq(slowpath_pieces(&packet, 1400), 0);
}
