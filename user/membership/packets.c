/* SPDX-License-Identifier: BSD-2-Clause */
/* The wire side of IGMPv3 (RFC 3376 section 4) and MLDv2 (RFC 3810 section 5), as an AMT gateway
 * needs it: it reads the General Query of a relay and writes reports.
 *
 * Both protocols say the same with other sizes, so that one path serves both: a Query ends with
 * four bytes (flags and QRV, QQIC, number of sources) behind the group, at another offset; a record
 * has addresses of another length.
 *
 * On a LAN an MLD message must come from a link-local address with hop limit 1 and Router Alert
 * (RFC 3810 section 6.2). Inside AMT any source address must be taken (RFC 7450 section 5.2.3.5.4),
 * and the nonce, not the hop limit, says that a Query is not from afar: neither is checked. The Max
 * Resp Code is not read, since a gateway answers at once (section 5.2.1).
 *
 * Left out: reports of others, Queries for a group; TO_IN, TO_EX and IS_EX records, as a gateway
 * that wants (S,G) never changes its filter mode. */
#include "membership/packets.h"

#define IGMP                2
#define ICMPV6              58
#define IGMP_QUERY          0x11
#define MLD_QUERY           130
#define IGMP_REPORT         0x22
#define MLD_REPORT          143
#define SHORTEST            8 /* of all messages of both protocols */
#define IGMP_QUERY_OLD      8 /* versions 1 and 2 */
#define IGMP_QUERY_GROUP_AT 4
#define MLD_QUERY_OLD       24 /* version 1 */
#define MLD_QUERY_GROUP_AT  8
#define QRV_MASK            0x07
#define QRV_DEFAULT         2
#define QUERY_INTERVAL      125 /* seconds (RFC 3376 section 8.2, RFC 3810 section 9.2) */
#define REPORT_HEADER       8
#define RECORD_HEADER       4 /* and the group */
#define CHECKSUM_AT         2
#define RECORD_COUNT_AT     6

static uint8_t protocol_of(int family)
{
	return family == AF_INET ? IGMP : ICMPV6;
}

/* Queries */

/* RFC 3376 section 4.1.7, RFC 3810 section 5.1.9 */
static unsigned decode_interval(uint8_t code)
{
	if (!code)
		return QUERY_INTERVAL;
	if (code < 128)
		return code;
	return ((code & 0x0fu) | 0x10u) << ((code >> 4 & 0x07) + 3);
}

/* RFC 3376 section 7.1, RFC 3810 section 8.1: the length tells the version. */
static enum fault check_version(size_t length, int family)
{
	size_t old = family == AF_INET ? IGMP_QUERY_OLD : MLD_QUERY_OLD;

	if (length == old)
		return FAULT_VERSION;
	return length < old + 4 ? FAULT_LENGTH : FAULT_NONE;
}

static enum fault decode_general(struct cursor c, struct membership_query *query)
{
	struct addr group;

	cursor_bytes(&c, query->family == AF_INET ? IGMP_QUERY_GROUP_AT : MLD_QUERY_GROUP_AT);
	group = cursor_addr(&c, query->family);
	query->robustness = cursor_u8(&c) & QRV_MASK;
	if (!query->robustness)
		query->robustness = QRV_DEFAULT;
	query->query_interval = decode_interval(cursor_u8(&c));
	return cursor_u16(&c) || !addr_is_unspecified(&group) ? FAULT_ADDRESS : FAULT_NONE;
}

enum fault membership_decode_query(const struct ip_datagram *ip, struct membership_query *query)
{
	size_t length = cursor_left(&ip->payload);
	enum fault fault;

	*query = (struct membership_query){.family = ip->source.family};
	if (ip->protocol != protocol_of(query->family))
		return FAULT_TYPE;
	if (length < SHORTEST)
		return FAULT_TRUNCATED;
	if (ip_message_checksum(&ip->source, &ip->destination, ICMPV6, ip->payload.at, length))
		return FAULT_CHECKSUM;
	if (ip->payload.at[0] != (query->family == AF_INET ? IGMP_QUERY : MLD_QUERY))
		return FAULT_TYPE;
	fault = check_version(length, query->family);
	return fault ? fault : decode_general(ip->payload, query);
}

/* Reports */

static struct addr report_destination(int family)
{
	static const uint8_t v4[4] = {224, 0, 0, 22};
	static const uint8_t v6[16] = {0xff, 0x02, [15] = 0x16};

	return addr_from_bytes(family, family == AF_INET ? v4 : v6);
}

static struct addr report_source(int family)
{
	return (struct addr){.family = family};
}

static size_t header_length(int family)
{
	return family == AF_INET ? 20 + 4 : 40 + 8; /* with Router Alert */
}

void membership_report_begin(struct membership_report *report, int family, void *bytes, size_t size)
{
	*report = (struct membership_report){.family = family, .w = writer_over(bytes, size)};
	/* The IP header needs the length: it is written last, into this place. */
	writer_zero(&report->w, header_length(family) + REPORT_HEADER);
}

static void open_record(struct membership_report *report, enum membership_record_type type,
			const struct addr *group)
{
	report->record = writer_length(&report->w);
	report->records++;
	report->type = type;
	report->group = *group;
	report->sources = 0;
	writer_u8(&report->w, type);
	writer_u8(&report->w, 0); /* no auxiliary data */
	writer_u16(&report->w, 0);
	writer_addr(&report->w, group);
}

bool membership_report_add(struct membership_report *report, enum membership_record_type type,
			   const struct sg *sg)
{
	bool shared =
		report->records && report->type == type && addr_equal(&report->group, &sg->group);
	size_t address = addr_length(report->family);

	if (writer_left(&report->w) < (shared ? address : RECORD_HEADER + 2 * address))
		return false;
	if (!shared)
		open_record(report, type, &sg->group);
	writer_addr(&report->w, &sg->source);
	writer_patch_u16(&report->w, report->record + 2, ++report->sources);
	return true;
}

static void write_ip_header(struct membership_report *report, const struct addr *source,
			    const struct addr *destination, size_t payload_length)
{
	struct writer head = writer_over(report->w.start, header_length(report->family));

	ip_write_alert_header(&head, source, destination, protocol_of(report->family),
			      payload_length);
}

size_t membership_report_end(struct membership_report *report)
{
	struct addr source = report_source(report->family);
	struct addr destination = report_destination(report->family);
	size_t at = header_length(report->family);
	size_t length;

	if (!report->records)
		return 0;
	length = writer_length(&report->w) - at;
	report->w.start[at] = report->family == AF_INET ? IGMP_REPORT : MLD_REPORT;
	writer_patch_u16(&report->w, at + RECORD_COUNT_AT, report->records);
	writer_patch_u16(
		&report->w, at + CHECKSUM_AT,
		ip_message_checksum(&source, &destination, ICMPV6, report->w.start + at, length));
	write_ip_header(report, &source, &destination, length);
	return writer_length(&report->w);
}
