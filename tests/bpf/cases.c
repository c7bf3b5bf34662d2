/* SPDX-License-Identifier: BSD-2-Clause */
#include "cases.h"

/* clang-format off */
const struct ingest_case ingest_cases[] = {
	/* Forwarded, in every pair of families */
	{"IPv4 in IPv4", {.outer = 4, .inner = 4}, {}, ON_LAN, 0},
	{"IPv6 in IPv4", {.outer = 4, .inner = 6}, {}, ON_LAN, 0},
	{"IPv4 in IPv6", {.outer = 6, .inner = 4}, {}, ON_LAN, 0},
	{"IPv6 in IPv6", {.outer = 6, .inner = 6}, {}, ON_LAN, 0},
	{"IPv4 in IPv4, 1400 bytes", {.payload = 1400}, {}, ON_LAN, 0},
	{"IPv6 in IPv4, 1400 bytes", {.inner = 6, .payload = 1400}, {}, ON_LAN, 0},
	{"IPv4 in IPv6, 1400 bytes", {.outer = 6, .payload = 1400}, {}, ON_LAN, 0},
	{"IPv6 in IPv6, 1400 bytes", {.outer = 6, .inner = 6, .payload = 1400}, {}, ON_LAN, 0},
	{"options of the outer header", {.outer_options = 1}, {}, PASSES, 0},
	{"the most options, IPv6 inside", {.outer_options = 10, .inner = 6}, {}, PASSES, 0},
	{"options of the inner header", {.inner_options = 1}, {}, ON_LAN, 0},
	{"the most inner options, in IPv6", {.outer = 6, .inner_options = 10}, {}, ON_LAN, 0},
	{"first inner fragment", {.inner_fragment = 0x2000}, {}, ON_LAN, 0},
	{"last inner fragment", {.inner_fragment = 0x00b5}, {}, ON_LAN, 0},
	{"last inner fragment, 1 byte", {.inner_fragment = 0x00b5, .payload = 1}, {}, ON_LAN, 0},
	{"no payload", {.payload = NOTHING}, {}, ON_LAN, 0},
	{"no payload, IPv4 in IPv6", {.outer = 6, .payload = NOTHING}, {}, ON_LAN, 0},
	{"no payload, IPv6 in IPv4", {.inner = 6, .payload = NOTHING}, {}, ON_LAN, 0},
	{"no payload, IPv6 in IPv6", {.outer = 6, .inner = 6, .payload = NOTHING}, {}, ON_LAN, 0},
	{"8 bytes of payload, IPv4 in IPv6", {.outer = 6, .payload = 8}, {}, ON_LAN, 0},
	{"Ethernet's padding", {.payload = 8, .padding = 6}, {}, ON_LAN, 0},
	{"Ethernet's padding, no payload", {.payload = NOTHING, .padding = 10}, {}, ON_LAN, 0},
	{"bytes after the inner packet", {.trailing = 3}, {}, ON_LAN, 0},
	{"the same, IPv6 in IPv6", {.outer = 6, .inner = 6, .trailing = 700}, {}, ON_LAN, 0},
	{"bytes after the UDP datagram", {.udp_length_wrong = -5, .trailing = 5}, {}, ON_LAN, 0},
	{"TTL 2", {.ttl = 2}, {}, ON_LAN, 0},
	{"TTL 255", {.ttl = 255}, {}, ON_LAN, 0},
	{"hop limit 2", {.inner = 6, .ttl = 2}, {}, ON_LAN, 0},
	{"AMT's reserved byte set", {.amt_reserved = 0xff}, {}, ON_LAN, 0},
	{"exactly the MTU", {.payload = 1180}, {.mtu = 1200}, ON_LAN, 0},

	/* Dropped */
	{"from another address than the relay's", {.from_stranger = true}, {}, MCI_DROP_WRONG_RELAY, 0},
	{"the same in IPv6", {.outer = 6, .from_stranger = true}, {}, MCI_DROP_WRONG_RELAY, 0},
	{"from another port than the relay's", {.source_port = 2269}, {}, MCI_DROP_WRONG_RELAY, 0},
	{"the same in IPv6", {.outer = 6, .source_port = 2269}, {}, MCI_DROP_WRONG_RELAY, 0},
	{"malformed and from a stranger", {.from_stranger = true, .inner_version = 5}, {}, MCI_DROP_WRONG_RELAY, 0},
	{"(S,G) joined through another relay", {}, {.other_relay = true}, MCI_DROP_OTHER_TUNNEL, 0},
	{"(S,G) joined through another tunnel", {}, {.other_tunnel = true}, MCI_DROP_OTHER_TUNNEL, 0},
	{"(S,G) not joined", {}, {.none = true}, MCI_DROP_NOT_JOINED, 0},
	{"(S,G) of IPv6 not joined", {.inner = 6}, {.none = true}, MCI_DROP_NOT_JOINED, 0},
	{"another source of the group", {.other_source = true}, {}, MCI_DROP_NOT_JOINED, 0},
	{"the daemon is gone", {}, {.expired = true}, MCI_DROP_EXPIRED, 0},
	{"no LAN wants it now", {}, {.no_egress = true}, MCI_DROP_NO_EGRESS, 0},
	{"TTL 1", {.ttl = 1}, {}, MCI_DROP_TTL, 0},
	{"TTL 0", {.ttl = NOTHING}, {}, MCI_DROP_TTL, 0},
	{"hop limit 1", {.inner = 6, .ttl = 1}, {}, MCI_DROP_TTL, 0},
	{"longer than the MTU, DF", {.payload = 1181, .inner_fragment = 0x4000}, {.mtu = 1200}, MCI_DROP_EXCEEDS_MTU, 0},
	{"longer than the MTU: the daemon cuts it", {.payload = 1181}, {.mtu = 1200}, PASSES, 0},
	{"longer than the MTU, IPv6", {.inner = 6, .payload = 1261}, {.mtu = 1300}, MCI_DROP_EXCEEDS_MTU, 0},
	{"an inner unicast address", {.unicast = true}, {}, MCI_DROP_NOT_MULTICAST, 0},
	{"an inner unicast address, IPv6", {.inner = 6, .unicast = true}, {}, MCI_DROP_NOT_MULTICAST, 0},
	{"inner version 5", {.inner_version = 5}, {}, MCI_DROP_INNER_VERSION, 0},
	{"inner version 0", {.inner_version = NOTHING}, {}, MCI_DROP_INNER_VERSION, 0},
	{"IHL 4", {.inner_ihl = 4}, {}, MCI_DROP_INNER_HEADER, 0},
	{"total length below the header's", {.inner_length_wrong = -35}, {}, MCI_DROP_INNER_HEADER, 0},
	{"IHL beyond the total length", {.inner_ihl = 15}, {}, MCI_DROP_INNER_HEADER, 0},
	{"total length beyond the datagram", {.inner_length_wrong = 1}, {}, MCI_DROP_TRUNCATED, 0},
	{"the same, with padding behind", {.inner_length_wrong = 1, .padding = 9}, {}, MCI_DROP_TRUNCATED, 0},
	{"payload length beyond the datagram", {.inner = 6, .inner_length_wrong = 1}, {}, MCI_DROP_TRUNCATED, 0},
	{"empty Data", {.keep = NOTHING}, {}, MCI_DROP_TRUNCATED, 0},
	{"empty Data, padded", {.keep = NOTHING, .padding = 60}, {}, MCI_DROP_TRUNCATED, 0},
	{"Data of 1 byte", {.keep = NOTHING, .udp_length_wrong = -1}, {}, MCI_DROP_TRUNCATED, 0},
	{"1 byte of an inner packet", {.keep = 1}, {}, MCI_DROP_TRUNCATED, 0},
	{"19 bytes of an inner packet", {.keep = 19}, {}, MCI_DROP_TRUNCATED, 0},
	{"19 bytes, padded", {.keep = 19, .padding = 40}, {}, MCI_DROP_TRUNCATED, 0},
	{"39 bytes of an inner packet, IPv6", {.inner = 6, .keep = 39}, {}, MCI_DROP_TRUNCATED, 0},
	{"39 bytes, padded, in IPv6", {.outer = 6, .inner = 6, .keep = 39, .padding = 9}, {}, MCI_DROP_TRUNCATED, 0},
	{"UDP length beyond the IP packet", {.udp_length_wrong = 1, .padding = 9}, {}, MCI_DROP_TRUNCATED, 0},
	{"IP length beyond the frame", {.outer_length_wrong = 9, .udp_length_wrong = 9}, {}, MCI_DROP_TRUNCATED, 0},

	/* Passed up the stack, untouched */
	{"outer fragment, the first", {.outer_fragment = 0x2000}, {}, PASSES, 0},
	{"outer fragment, a later one", {.outer_fragment = 0x00b5}, {}, PASSES, 0},
	{"outer IPv6 fragment header", {.outer = 6, .outer_extension = 44}, {}, PASSES, 0},
	{"outer destination options", {.outer = 6, .outer_extension = 60}, {}, PASSES, 0},
	{"several glued together by GRO", {}, {}, PASSES, 100},
	{"a tag of a VLAN", {.tag = true}, {}, PASSES, 0},
	{"to another host's MAC", {.to_other_host = true}, {}, PASSES, 0},
	{"not to a tunnel of ours", {}, {.none = true, .no_tunnel = true}, PASSES, 0},
	{"malformed, not to a tunnel of ours", {.inner_version = 5}, {.no_tunnel = true}, PASSES, 0},
	{"to another address than the tunnel's", {.to_stranger = true}, {}, PASSES, 0},
	{"to another port than the tunnel's", {.destination_port = 40002}, {}, PASSES, 0},
	{"from another port than AMT's, not to us", {.source_port = 2269}, {.no_tunnel = true}, PASSES, 0},
	{"AMT Advertisement", {.amt = 2}, {}, PASSES, 0},
	{"AMT Membership Query", {.amt = 4}, {}, PASSES, 0},
	{"AMT Teardown", {.amt = 7}, {}, PASSES, 0},
	{"AMT data of another version", {.amt = 0x16}, {}, PASSES, 0},
	{"an empty UDP datagram", {.keep = NOTHING, .udp_length_wrong = -2}, {}, PASSES, 0},
	{"TCP", {.outer_protocol = 6}, {}, PASSES, 0},
	{"TCP over IPv6", {.outer = 6, .outer_protocol = 6}, {}, PASSES, 0},
};
const unsigned ingest_case_count = sizeof(ingest_cases) / sizeof(*ingest_cases);

#define PIM_V4  "01005e00000d 020000000009 0800"
#define PIM_V6  "33330000000d 020000000009 86dd"
#define TO_US   "000000000000 020000000009"
#define HELLO   "2000dfad 000100020069"
#define IPV4(protocol, to) "45c0001e 00000000 01" protocol "0000 0a000002" to
#define IPV6(header, to) "6c000000 000a" header "01 fe80000000000000 0000000000000002" to
#define ALL_V4  "e000000d"
#define ALL_V6  "ff02000000000000 000000000000000d"
#define US_V6   "fe80000000000000 0000000000000001"
#define MLD(type) type "00 0000 27100000"
#define EMPTY_EXTENSION(next) next "00 0104 00000000"

const struct observe_case observe_cases[] = {
	{"PIM in IPv4", PIM_V4 IPV4("67", ALL_V4) HELLO, 0, OBSERVED},
	{"PIM in IPv4, padded", PIM_V4 IPV4("67", ALL_V4) HELLO, 16, OBSERVED},
	{"PIM in IPv4 to our own address", TO_US "0800" IPV4("67", "0a000001") HELLO, 0, OBSERVED},
	{"PIM in IPv6", PIM_V6 IPV6("67", ALL_V6) HELLO, 0, OBSERVED},
	{"PIM in IPv6 to our own address", TO_US "86dd" IPV6("67", US_V6) HELLO, 0, OBSERVED},
	{"PIM behind hop-by-hop options", PIM_V6 IPV6("00", ALL_V6) EMPTY_EXTENSION("67") HELLO, 0, OBSERVED},
	{"PIM behind four extension headers", PIM_V6 IPV6("00", ALL_V6) EMPTY_EXTENSION("3c")
	 EMPTY_EXTENSION("3c") EMPTY_EXTENSION("3c") EMPTY_EXTENSION("67") HELLO, 0, OBSERVED},
	{"PIM as long as a short record", PIM_V4 IPV4("67", ALL_V4) HELLO, 226, OBSERVED},
	{"PIM longer than a short record", PIM_V4 IPV4("67", ALL_V4) HELLO, 227, OBSERVED},
	{"PIM of 1,500 bytes", PIM_V4 IPV4("67", ALL_V4) HELLO, 1470, OBSERVED},
	{"PIM of 1,501 bytes", PIM_V4 IPV4("67", ALL_V4) HELLO, 1471, OBSERVED},
	{"PIM of 3,300 bytes", PIM_V4 IPV4("67", ALL_V4) HELLO, 3270, OBSERVED},
	{"PIM, the first fragment of IPv4", PIM_V4 "45c0001e 00012000 01670000 0a000002" ALL_V4 HELLO, 0, OBSERVED},
	{"PIM, a later fragment of IPv4", PIM_V4 "45c0001e 000100b9 01670000 0a000002" ALL_V4 HELLO, 0, OBSERVED},
	{"PIM, the first fragment of IPv6", PIM_V6 IPV6("2c", ALL_V6) "67000001 00000001" HELLO, 0, OBSERVED},
	{"PIM, a later fragment of IPv6", PIM_V6 IPV6("2c", ALL_V6) "670005a8 00000001" HELLO, 0, OBSERVED},
	{"PIM, a fragment behind hop-by-hop options", PIM_V6 IPV6("00", ALL_V6) EMPTY_EXTENSION("2c") "670005a8 00000001" HELLO, 0, OBSERVED},
	{"only an IP header", PIM_V4 IPV4("67", ALL_V4), 0, OBSERVED},

	{"PIM behind five extension headers", PIM_V6 IPV6("00", ALL_V6) EMPTY_EXTENSION("3c")
	 EMPTY_EXTENSION("3c") EMPTY_EXTENSION("3c") EMPTY_EXTENSION("3c") EMPTY_EXTENSION("67") HELLO, 0, NOT_OBSERVED},
	{"an extension header that is not there", PIM_V6 IPV6("00", ALL_V6), 0, NOT_OBSERVED},
	{"an extension header that ends outside", PIM_V6 IPV6("00", ALL_V6) "3cff0104 00000000" HELLO, 0, NOT_OBSERVED},
	{"PIM to another host's MAC", "000000000001 020000000009 0800" IPV4("67", "0a000001") HELLO, 0, NOT_OBSERVED},
	{"PIM behind a tag", "01005e00000d 020000000009 8100 0007 0800" IPV4("67", ALL_V4) HELLO, 0, NOT_OBSERVED},
	{"UDP", PIM_V4 IPV4("11", ALL_V4) HELLO, 0, NOT_OBSERVED},
	{"a fragment of UDP over IPv6", PIM_V6 IPV6("2c", ALL_V6) "1100000100000001" HELLO, 0, NOT_OBSERVED},
	{"a fragment header that is not there", PIM_V6 IPV6("2c", ALL_V6), 0, NOT_OBSERVED},
	{"a fragment of ICMPv6 to ourselves", TO_US "86dd" IPV6("2c", US_V6) "3a000001 00000001" MLD("8f"), 0, NOT_OBSERVED},
	{"ARP", "ffffffffffff 020000000009 0806 0001080006040001", 20, NOT_OBSERVED},

	{"an IGMPv3 report", PIM_V4 IPV4("02", "e0000016") "22000000 00000000", 0, OBSERVED_WHERE_ASKED},
	{"an IGMPv2 report", PIM_V4 IPV4("02", "e8010101") "16000000 e8010101", 40, OBSERVED_WHERE_ASKED},
	{"IGMP behind a tag", "01005e000016 020000000009 8100 0007 0800" IPV4("02", "e0000016") HELLO, 0, NOT_OBSERVED},
	{"an MLD Query", PIM_V6 IPV6("00", ALL_V6) EMPTY_EXTENSION("3a") MLD("82"), 0, OBSERVED_WHERE_ASKED},
	{"an MLDv1 report", PIM_V6 IPV6("00", ALL_V6) EMPTY_EXTENSION("3a") MLD("83"), 0, OBSERVED_WHERE_ASKED},
	{"an MLDv1 Done", PIM_V6 IPV6("00", ALL_V6) EMPTY_EXTENSION("3a") MLD("84"), 0, OBSERVED_WHERE_ASKED},
	{"an MLDv2 report", PIM_V6 IPV6("00", ALL_V6) EMPTY_EXTENSION("3a") MLD("8f"), 1600, OBSERVED_WHERE_ASKED},
	{"an MLDv2 report without hop-by-hop options", PIM_V6 IPV6("3a", ALL_V6) MLD("8f"), 0, OBSERVED_WHERE_ASKED},
	{"an MLDv2 report, the first fragment", PIM_V6 IPV6("00", ALL_V6) EMPTY_EXTENSION("2c") "3a000001 00000001" MLD("8f"), 0, OBSERVED_WHERE_ASKED},
	{"an MLDv2 report, a later fragment", PIM_V6 IPV6("00", ALL_V6) EMPTY_EXTENSION("2c") "3a0005a8 00000001" MLD("00"), 0, OBSERVED_WHERE_ASKED},
	{"an Echo Reply", PIM_V6 IPV6("3a", ALL_V6) MLD("81"), 0, NOT_OBSERVED},
	{"a Router Solicitation", PIM_V6 IPV6("3a", ALL_V6) MLD("85"), 0, NOT_OBSERVED},
	{"ICMPv6 of another kind behind hop-by-hop options", PIM_V6 IPV6("00", ALL_V6) EMPTY_EXTENSION("3a") MLD("90"), 0, NOT_OBSERVED},
	{"ICMPv6 that ends before its type", PIM_V6 IPV6("3a", ALL_V6), 0, NOT_OBSERVED},
};
const unsigned observe_case_count = sizeof(observe_cases) / sizeof(*observe_cases);
