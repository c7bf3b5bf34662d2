/* SPDX-License-Identifier: BSD-2-Clause */
/* One path reads both protocols, see wire.h.
 *
 * On a LAN an MLD message must come from a link-local address, every message must have TTL or hop
 * limit 1, and a Query must be sent to those whom it asks. Whether Router Alert is required is the
 * operator's choice, which querier.c checks. Inside AMT any source address must be accepted (RFC
 * 7450 section 5.2.3.5.4), and the nonce, not the hop limit, proves the origin of a Query; so
 * neither is checked there.
 *
 * The Max Resp Code is never read: a gateway answers at once (RFC 7450 section 5.2.1), and a
 * router's Last Member Query Time follows from its own values (RFC 3376 section 8.10). */
#include "membership/packets.h"

#define MESSAGE_MIN            8 /* bytes, of both protocols */
#define IGMP_QUERY_OLD         8 /* bytes of an IGMPv1 or IGMPv2 Query */
#define MLD_QUERY_OLD          24
#define QRV_DEFAULT            2
#define QUERY_INTERVAL_DEFAULT 125 /* seconds (RFC 3376 section 8.2, RFC 3810 section 9.2) */

/* RFC 3376 section 4.1.7, RFC 3810 section 5.1.9 */
static unsigned decode_interval(uint8_t code)
{
	if (!code)
		return QUERY_INTERVAL_DEFAULT;
	if (code < 128)
		return code;
	return ((code & 0x0fu) | 0x10u) << ((code >> 4 & 0x07) + 3);
}

/* The length tells the version (RFC 3376 section 7.1, RFC 3810 section 8.1). */
static enum fault check_version(size_t length, int family)
{
	size_t old = family == AF_INET ? IGMP_QUERY_OLD : MLD_QUERY_OLD;

	if (length == old)
		return FAULT_VERSION;
	return length < old + 4 ? FAULT_LENGTH : FAULT_NONE;
}

/* Reads a Query up to the number of its sources, which is returned. The caller has checked the
 * length. */
static unsigned decode_query_head(struct cursor *c, int family, struct membership_message *message)
{
	struct membership_query *query = &message->query;
	uint8_t flags;

	cursor_bytes(c, membership_group_offset(family));
	message->group = cursor_addr(c, family);
	flags = cursor_u8(c);
	message->suppress = flags & QUERY_SUPPRESS;
	query->family = family;
	query->robustness = flags & QUERY_QRV ? flags & QUERY_QRV : QRV_DEFAULT;
	query->query_interval = decode_interval(cursor_u8(c));
	return cursor_u16(c);
}

/* Checks that apply both on a LAN and inside AMT. */
static enum fault check_message(const struct ip_datagram *ip)
{
	size_t length = cursor_left(&ip->payload);

	if (ip->protocol != membership_ip_protocol(ip->source.family))
		return FAULT_TYPE;
	if (length < MESSAGE_MIN)
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

/* On a LAN */

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

/* A switch that stands in for a querier sends Queries from 0.0.0.0 (RFC 4541 section 2.1.1). */
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

	cursor_bytes(&c, REPORT_RECORD_COUNT_AT);
	records = cursor_u16(&c);
	walker = message->records = c;
	while (records--)
		if (!membership_next_record(&walker, family, &record))
			return FAULT_TRUNCATED;
	message->records.end = walker.at; /* bytes behind the last record are ignored */
	return FAULT_NONE;
}

static enum fault decode_old(struct cursor c, int family, struct membership_message *message)
{
	cursor_bytes(&c, membership_group_offset(family));
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

/* A Query sent to a single host or to another group means nothing to a router: the hosts that it
 * asks did not hear it (RFC 3376 section 4.1.12, RFC 3810 section 5.1.15). */
static bool is_sent_to_asked(const struct ip_datagram *ip, const struct membership_message *message)
{
	struct addr expected = membership_destination(ip->source.family, &message->group);

	return (message->kind != MEMBERSHIP_QUERY && message->kind != MEMBERSHIP_OLD_QUERY) ||
	       addr_equal(&ip->destination, &expected);
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
	if (!fault && !is_sent_to_asked(ip, message))
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
