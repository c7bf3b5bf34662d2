/* SPDX-License-Identifier: BSD-2-Clause */
/* The wire side of IGMPv3 (RFC 3376 section 4) and MLDv2 (RFC 3810 section 5).
 *
 * Both protocols say the same with other sizes, so that one path serves both: a Query ends with
 * four bytes (flags and QRV, QQIC, number of sources) and the sources behind the group, at another
 * offset; a record has addresses of another length.
 *
 * On a LAN an MLD message must come from a link-local address, all must have TTL or hop limit 1,
 * and a Query must have gone to those whom it asks. Whether Router Alert must be there is the
 * operator's choice, and no question of the codec. Inside AMT any source address must be taken (RFC
 * 7450 section 5.2.3.5.4), and the nonce, not the hop limit, says that a Query is not from afar:
 * neither is checked. The Max Resp Code is never read: a gateway answers at once (RFC 7450
 * section 5.2.1), and a router's Last Member Query Time is made of its own values (RFC 3376
 * section 8.10). */
#include "membership/packets.h"

#define IGMP_QUERY          0x11
#define IGMP_REPORT_V1      0x12
#define IGMP_REPORT_V2      0x16
#define IGMP_LEAVE          0x17
#define IGMP_REPORT         0x22
#define MLD_QUERY           130
#define MLD_REPORT_V1       131
#define MLD_DONE            132
#define MLD_REPORT          143
#define SHORTEST            8 /* of all messages of both protocols */
#define IGMP_QUERY_OLD      8 /* versions 1 and 2 */
#define IGMP_QUERY_GROUP_AT 4
#define MLD_QUERY_OLD       24 /* version 1 */
#define MLD_QUERY_GROUP_AT  8
#define SUPPRESS            0x08
#define QRV_MASK            0x07
#define QRV_DEFAULT         2
#define QUERY_INTERVAL      125 /* seconds (RFC 3376 section 8.2, RFC 3810 section 9.2) */
#define REPORT_HEADER       8
#define RECORD_HEADER       4 /* and the group */
#define CHECKSUM_AT         2
#define RECORD_COUNT_AT     6

static uint8_t protocol_of(int family)
{
	return family == AF_INET ? MEMBERSHIP_IGMP : MEMBERSHIP_ICMPV6;
}

/* Queries */

static struct addr destination_of(int family, const struct addr *group)
{
	static const uint8_t v4[4] = {224, 0, 0, 1};
	static const uint8_t v6[16] = {0xff, 0x02, [15] = 0x01};

	if (!addr_is_unspecified(group))
		return *group;
	return addr_from_bytes(family, family == AF_INET ? v4 : v6);
}

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

static size_t group_offset(int family)
{
	return family == AF_INET ? IGMP_QUERY_GROUP_AT : MLD_QUERY_GROUP_AT;
}

/* Up to the number of sources, which is returned; the length was checked. */
static unsigned decode_query_head(struct cursor *c, int family, struct membership_message *message)
{
	struct membership_query *query = &message->query;
	uint8_t flags;

	cursor_bytes(c, group_offset(family));
	message->group = cursor_addr(c, family);
	flags = cursor_u8(c);
	message->suppress = flags & SUPPRESS;
	query->family = family;
	query->robustness = flags & QRV_MASK ? flags & QRV_MASK : QRV_DEFAULT;
	query->query_interval = decode_interval(cursor_u8(c));
	return cursor_u16(c);
}

/* What both uses of the protocols have in common */
static enum fault check_message(const struct ip_datagram *ip)
{
	size_t length = cursor_left(&ip->payload);

	if (ip->protocol != protocol_of(ip->source.family))
		return FAULT_TYPE;
	if (length < SHORTEST)
		return FAULT_TRUNCATED;
	if (ip_message_checksum(&ip->source, &ip->destination, MEMBERSHIP_ICMPV6, ip->payload.at,
				length))
		return FAULT_CHECKSUM;
	return FAULT_NONE;
}

enum fault membership_decode_query(const struct ip_datagram *ip, struct membership_query *query)
{
	int family = ip->source.family;
	struct cursor c = ip->payload;
	struct membership_message message;
	enum fault fault = check_message(ip);
	unsigned sources;

	*query = (struct membership_query){.family = family};
	if (fault)
		return fault;
	if (c.at[0] != (family == AF_INET ? IGMP_QUERY : MLD_QUERY))
		return FAULT_TYPE;
	fault = check_version(cursor_left(&c), family);
	if (fault)
		return fault;
	sources = decode_query_head(&c, family, &message);
	*query = message.query;
	return sources || !addr_is_unspecified(&message.group) ? FAULT_ADDRESS : FAULT_NONE;
}

/* On a LAN: what is read */

static enum membership_kind kind_of(uint8_t type, size_t length, int family)
{
	static const struct {
		int family;
		uint8_t type;
		enum membership_kind kind;
	} kinds[] = {
		{AF_INET, IGMP_QUERY, MEMBERSHIP_QUERY},
		{AF_INET, IGMP_REPORT, MEMBERSHIP_REPORT},
		{AF_INET, IGMP_REPORT_V1, MEMBERSHIP_OLD_REPORT},
		{AF_INET, IGMP_REPORT_V2, MEMBERSHIP_OLD_REPORT},
		{AF_INET, IGMP_LEAVE, MEMBERSHIP_OLD_REPORT},
		{AF_INET6, MLD_QUERY, MEMBERSHIP_QUERY},
		{AF_INET6, MLD_REPORT, MEMBERSHIP_REPORT},
		{AF_INET6, MLD_REPORT_V1, MEMBERSHIP_OLD_REPORT},
		{AF_INET6, MLD_DONE, MEMBERSHIP_OLD_REPORT},
	};
	enum membership_kind kind = MEMBERSHIP_OTHER;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].family == family && kinds[i].type == type)
			kind = kinds[i].kind;
	if (kind == MEMBERSHIP_QUERY && check_version(length, family) == FAULT_VERSION)
		kind = MEMBERSHIP_OLD_QUERY;
	return kind;
}

/* A switch that stands in for a querier asks from 0.0.0.0 (RFC 4541 section 2.1.1). */
static bool source_is_fit(const struct addr *source, enum membership_kind kind)
{
	bool query = kind == MEMBERSHIP_QUERY || kind == MEMBERSHIP_OLD_QUERY;

	if (source->family == AF_INET6)
		return addr_is_link_local(source) || (!query && addr_is_unspecified(source));
	return !query || addr_is_unspecified(source) || addr_is_link_local(source) ||
	       !addr_is_martian(source);
}

static enum fault check_link(const struct ip_datagram *ip, enum membership_kind kind)
{
	if (ip->ttl != 1)
		return FAULT_OFF_LINK;
	return source_is_fit(&ip->source, kind) ? FAULT_NONE : FAULT_ADDRESS;
}

static enum fault decode_query(struct cursor c, int family, struct membership_message *message)
{
	enum fault fault = check_version(cursor_left(&c), family);
	unsigned sources;

	if (fault)
		return fault;
	sources = decode_query_head(&c, family, message);
	message->sources = cursor_sub(&c, sources * addr_length(family));
	if (message->sources.failed)
		return FAULT_TRUNCATED;
	if (sources && !addr_is_multicast(&message->group))
		return FAULT_ADDRESS;
	return FAULT_NONE;
}

static enum fault decode_report(struct cursor c, int family, struct membership_message *message)
{
	struct membership_record record;
	struct cursor walker;
	unsigned records;

	cursor_bytes(&c, RECORD_COUNT_AT);
	records = cursor_u16(&c);
	walker = message->records = c;
	while (records--)
		if (!membership_next_record(&walker, family, &record))
			return FAULT_TRUNCATED;
	message->records.end = walker.at; /* what follows is to be ignored */
	return FAULT_NONE;
}

static enum fault decode_old(struct cursor c, int family, struct membership_message *message)
{
	cursor_bytes(&c, group_offset(family));
	message->group = cursor_addr(&c, family);
	return c.failed ? FAULT_TRUNCATED : FAULT_NONE;
}

static enum fault decode_body(const struct ip_datagram *ip, struct membership_message *message)
{
	int family = ip->source.family;

	if (message->kind == MEMBERSHIP_QUERY)
		return decode_query(ip->payload, family, message);
	if (message->kind == MEMBERSHIP_REPORT)
		return decode_report(ip->payload, family, message);
	return decode_old(ip->payload, family, message);
}

/* Hosts that did not hear it will not answer (RFC 3376 section 4.1.12, RFC 3810 section 5.1.15):
 * one to a single host or to another group means nothing to a router. */
static bool is_well_aimed(const struct ip_datagram *ip, const struct membership_message *message)
{
	struct addr awaited = destination_of(ip->source.family, &message->group);

	return (message->kind != MEMBERSHIP_QUERY && message->kind != MEMBERSHIP_OLD_QUERY) ||
	       addr_equal(&ip->destination, &awaited);
}

enum fault membership_decode(const struct ip_datagram *ip, struct membership_message *message)
{
	int family = ip->source.family;
	enum fault fault = check_message(ip);

	*message = (struct membership_message){.kind = MEMBERSHIP_OTHER};
	if (fault)
		return fault;
	message->kind = kind_of(ip->payload.at[0], cursor_left(&ip->payload), family);
	if (message->kind == MEMBERSHIP_OTHER)
		return FAULT_NONE;
	fault = check_link(ip, message->kind);
	if (!fault)
		fault = decode_body(ip, message);
	if (!fault && !is_well_aimed(ip, message))
		fault = FAULT_DESTINATION;
	return fault;
}

bool membership_next_record(struct cursor *records, int family, struct membership_record *record)
{
	unsigned auxiliary, sources;

	record->type = cursor_u8(records);
	auxiliary = cursor_u8(records);
	sources = cursor_u16(records);
	record->group = cursor_addr(records, family);
	record->sources = cursor_sub(records, sources * addr_length(family));
	cursor_bytes(records, auxiliary * 4);
	return !records->failed;
}

bool membership_next_source(struct cursor *sources, int family, struct addr *source)
{
	*source = cursor_addr(sources, family);
	return !sources->failed;
}

/* Reports */

struct addr membership_all_routers(int family)
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

/* Writes what depends on the length: checksum and IP header, before which everything stands. */
static size_t finish(struct writer *w, const struct addr *source, const struct addr *destination)
{
	size_t at = header_length(source->family), length = writer_length(w) - at;
	struct writer head = writer_over(w->start, at);

	writer_patch_u16(
		w, at + CHECKSUM_AT,
		ip_message_checksum(source, destination, MEMBERSHIP_ICMPV6, w->start + at, length));
	ip_write_alert_header(&head, source, destination, protocol_of(source->family), length);
	return writer_length(w);
}

size_t membership_report_end(struct membership_report *report)
{
	struct addr source = report_source(report->family);
	struct addr destination = membership_all_routers(report->family);
	size_t at = header_length(report->family);

	if (!report->records)
		return 0;
	report->w.start[at] = report->family == AF_INET ? IGMP_REPORT : MLD_REPORT;
	writer_patch_u16(&report->w, at + RECORD_COUNT_AT, report->records);
	return finish(&report->w, &source, &destination);
}

/* On a LAN: what is written */

struct addr membership_query_destination(const struct membership_question *question)
{
	return destination_of(question->from.family, &question->group);
}

/* RFC 3376 section 4.1.1, RFC 3810 section 5.1.3: a number, or one bit that is set, three of
 * exponent, and a mantissa of 4 or 12 bits. */
static unsigned encode_float(unsigned value, unsigned mantissa)
{
	unsigned exponent = 0, limit = 8u << mantissa;

	if (value < limit)
		return value;
	while (value >> (exponent + 3) >= 2u << mantissa)
		exponent++;
	if (exponent > 7)
		return 2 * limit - 1;
	return limit | exponent << mantissa | (value >> (exponent + 3) & ((1u << mantissa) - 1));
}

static void write_query_head(struct writer *w, const struct membership_question *question)
{
	unsigned response = question->max_response_ms;

	if (question->from.family == AF_INET) {
		writer_u8(w, IGMP_QUERY);
		writer_u8(w, encode_float(response / 100, 4));
		writer_u16(w, 0);
	} else {
		writer_u8(w, MLD_QUERY);
		writer_u8(w, 0);
		writer_u16(w, 0);
		writer_u16(w, encode_float(response, 12));
		writer_u16(w, 0);
	}
}

void membership_query_begin(struct writer *w, const struct membership_question *question,
			    void *bytes, size_t size)
{
	*w = writer_over(bytes, size);
	/* The IP header needs the length: it is written last, into this place. */
	writer_zero(w, header_length(question->from.family));
	write_query_head(w, question);
	writer_bytes(w, question->group.bytes, addr_length(question->from.family));
	writer_u8(w, (question->suppress ? SUPPRESS : 0) | (question->robustness & QRV_MASK));
	writer_u8(w, encode_float(question->query_interval, 4));
	writer_u16(w, 0);
}

bool membership_query_add(struct writer *w, const struct addr *source)
{
	if (writer_left(w) < addr_length(source->family))
		return false;
	writer_addr(w, source);
	return true;
}

size_t membership_query_end(struct writer *w, const struct membership_question *question)
{
	int family = question->from.family;
	struct addr destination = membership_query_destination(question);
	size_t sources = header_length(family) + group_offset(family) + addr_length(family) + 4;

	writer_patch_u16(w, sources - 2, (writer_length(w) - sources) / addr_length(family));
	return finish(w, &question->from, &destination);
}
