/* SPDX-License-Identifier: BSD-2-Clause */
/* IGMP and MLD: Queries as a relay sends them, what is said on a LAN (a message that was found
 * whole is read to its end and not beyond), and reports of any (S,G): what is added is what a
 * reader of RFC 3376 section 4.2 (RFC 3810 section 5.2) finds in them. */
#include "fuzz.h"
#include "membership/encode.h"

#include <string.h>

#define REPORT_HEADER 8
#define ADDED_MAX     256
#define INTERVAL_MAX  31744 /* seconds, of QQIC 0xff */

/* Queries */

static void try_query(struct cursor bytes)
{
	struct membership_query query;
	struct ip_datagram ip;

	if (ip_decode(bytes, &ip) || membership_decode_query(&ip, &query))
		return;
	must(query.family == ip.source.family);
	must(query.robustness >= 1 && query.robustness <= 7);
	must(query.query_interval >= 1 && query.query_interval <= INTERVAL_MAX);
}

/* On a LAN */

static void read_sources(struct cursor sources, int family)
{
	size_t count = cursor_left(&sources) / addr_length(family);
	struct addr source;

	must(cursor_left(&sources) == count * addr_length(family));
	while (membership_next_source(&sources, family, &source)) {
		must(source.family == family);
		must(count--);
	}
	must(!count);
}

static void try_lan(struct cursor bytes)
{
	struct membership_message message;
	struct membership_record record;
	struct ip_datagram ip;
	int family;

	if (ip_decode(bytes, &ip) || membership_decode(&ip, &message))
		return;
	family = ip.source.family;
	must(message.kind == MEMBERSHIP_OTHER || ip.ttl == 1);
	if (message.kind == MEMBERSHIP_QUERY) {
		must(message.query.robustness >= 1 && message.query.query_interval >= 1);
		read_sources(message.sources, family);
	}
	while (message.kind == MEMBERSHIP_REPORT && cursor_left(&message.records)) {
		must(membership_next_record(&message.records, family, &record));
		read_sources(record.sources, family);
	}
}

/* Reports */

struct added {
	uint8_t type;
	struct sg sg;
};

static const uint8_t types[] = {MEMBERSHIP_IS_IN, MEMBERSHIP_ALLOW, MEMBERSHIP_BLOCK};

/* One byte of type and of the group, two of the source, so that some have the same group. */
static bool next_wanted(struct cursor *input, int family, struct added *wanted)
{
	uint8_t bytes[16] = {0xff, 0x3e}, kind = cursor_u8(input);

	wanted->type = types[kind % sizeof(types)];
	bytes[addr_length(family) - 1] = kind & 0x0f;
	if (family == AF_INET)
		bytes[0] = 232;
	wanted->sg.group = addr_from_bytes(family, bytes);
	bytes[0] = 0x20;
	bytes[1] = cursor_u8(input);
	bytes[2] = cursor_u8(input);
	wanted->sg.source = addr_from_bytes(family, bytes);
	return !input->failed;
}

static void check_record(struct cursor *c, int family, const struct added *added, unsigned *next,
			 unsigned count)
{
	uint8_t type = cursor_u8(c), auxiliary = cursor_u8(c);
	uint16_t sources = cursor_u16(c);
	struct addr group = cursor_addr(c, family);

	must(!auxiliary && sources);
	for (; sources; sources--, (*next)++) {
		struct addr source = cursor_addr(c, family);

		must(*next < count && added[*next].type == type);
		must(addr_equal(&added[*next].sg.group, &group));
		must(addr_equal(&added[*next].sg.source, &source));
	}
}

static void check_report(struct cursor datagram, int family, const struct added *added,
			 unsigned count)
{
	struct ip_datagram ip;
	unsigned records, next = 0;

	must(ip_decode(datagram, &ip) == FAULT_NONE);
	must(ip.source.family == family && ip.router_alert && ip.ttl == 1);
	must(ip.payload.end == datagram.end);
	must(!ip_message_checksum(&ip.source, &ip.destination, ip.protocol, ip.payload.at,
				  cursor_left(&ip.payload)));
	must(cursor_u8(&ip.payload) == (family == AF_INET ? 0x22 : 143));
	cursor_bytes(&ip.payload, REPORT_HEADER - 3);
	for (records = cursor_u16(&ip.payload); records; records--)
		check_record(&ip.payload, family, added, &next, count);
	must(!ip.payload.failed && !cursor_left(&ip.payload) && next == count);
}

/* The first byte gives the family, and the room, which may be too little for a record. */
static void try_report(struct cursor input)
{
	uint8_t first = cursor_u8(&input), bytes[1420];
	int family = first & 1 ? AF_INET6 : AF_INET;
	size_t size = first & 2 ? sizeof(bytes) : 64 + first, length;
	struct membership_report report;
	struct added added[ADDED_MAX];
	unsigned count = 0;

	membership_report_begin(&report, family, bytes, size);
	while (count < ADDED_MAX && next_wanted(&input, family, &added[count]) &&
	       membership_report_add(&report, added[count].type, &added[count].sg))
		count++;
	length = membership_report_end(&report);
	must(length <= size && !length == !count);
	if (length)
		check_report(cursor_over(bytes, length), family, added, count);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	fuzz_with_checksums(cursor_over(bytes, size), try_query);
	fuzz_with_checksums(cursor_over(bytes, size), try_lan);
	try_report(cursor_over(bytes, size));
	return 0;
}
