/* SPDX-License-Identifier: BSD-2-Clause */
#include "membership.h"

#define IGMP_QUERY       0x11
#define IGMP_REPORT      0x22
#define MLD_QUERY        130
#define MLD_REPORT       143
#define QUERY_LENGTH4    12
#define QUERY_LENGTH6    28
#define HEADER_LENGTH4   24 /* with Router Alert */
#define HEADER_LENGTH6   48
#define INTERNET_CONTROL 0xc0

static const uint8_t all_systems4[4] = {224, 0, 0, 1};
static const uint8_t all_routers4[4] = {224, 0, 0, 22};
static const uint8_t all_nodes6[16] = {0xff, 2, [15] = 1};
static const uint8_t all_routers6[16] = {0xff, 2, [15] = 22};
static const uint8_t querier6[16] = {0xfe, 0x80, [15] = 1};

uint8_t interval_code(unsigned seconds)
{
	unsigned exponent = 0;

	if (seconds < 128)
		return (uint8_t)seconds;
	while (seconds >> (exponent + 3) > 31)
		exponent++;
	return (uint8_t)(0x80 | exponent << 4 | (seconds >> (exponent + 3) & 15));
}

unsigned interval_seconds(uint8_t code)
{
	return code < 128 ? code : ((code & 15u) | 16) << ((code >> 4 & 7) + 3);
}

static size_t query_write4(uint8_t *b, uint8_t qrv, uint8_t qqic)
{
	static const uint8_t header[HEADER_LENGTH4] = {
		0x46,    INTERNET_CONTROL, 0,           HEADER_LENGTH4 + QUERY_LENGTH4,
		[8] = 1, IPPROTO_IGMP,     [20] = 0x94, 4};
	uint8_t *igmp = b + HEADER_LENGTH4;

	memset(b, 0, HEADER_LENGTH4 + QUERY_LENGTH4);
	memcpy(b, header, sizeof(header));
	memcpy(b + 16, all_systems4, 4);
	put16(b + 10, sum_finish(sum_add(0, b, HEADER_LENGTH4)));
	igmp[0] = IGMP_QUERY;
	igmp[1] = 1; /* answer at once: section 5.3.3.3 of RFC 7450 */
	igmp[8] = qrv;
	igmp[9] = qqic;
	put16(igmp + 2, sum_finish(sum_add(0, igmp, QUERY_LENGTH4)));
	return HEADER_LENGTH4 + QUERY_LENGTH4;
}

static size_t query_write6(uint8_t *b, uint8_t qrv, uint8_t qqic)
{
	static const uint8_t hop_by_hop[8] = {IPPROTO_ICMPV6, 0, 5, 2, 0, 0, 1, 0};
	struct datagram d = {.protocol = IPPROTO_ICMPV6,
			     .source = address_from(AF_INET6, querier6),
			     .destination = address_from(AF_INET6, all_nodes6),
			     .header = HEADER_LENGTH6,
			     .length = HEADER_LENGTH6 + QUERY_LENGTH6};
	uint8_t *mld = b + HEADER_LENGTH6;

	memset(b, 0, d.length);
	put32(b, 6u << 28 | INTERNET_CONTROL << 20);
	put16(b + 4, sizeof(hop_by_hop) + QUERY_LENGTH6);
	b[6] = IPPROTO_HOPOPTS;
	b[7] = 1;
	memcpy(b + 8, querier6, 16);
	memcpy(b + 24, all_nodes6, 16);
	memcpy(b + 40, hop_by_hop, sizeof(hop_by_hop));
	mld[0] = MLD_QUERY;
	put16(mld + 4, 1);
	mld[24] = qrv;
	mld[25] = qqic;
	put16(mld + 2, datagram_checksum(b, &d));
	return d.length;
}

size_t query_write(uint8_t *b, bool mld, uint8_t qrv, uint8_t qqic)
{
	return mld ? query_write6(b, qrv, qqic) : query_write4(b, qrv, qqic);
}

/* RFC 3376 section 4 and RFC 3810 section 5, but for the source address: RFC 7450 section 5.3.3.4.
 */
static const char *header_problem(const uint8_t *b, const struct datagram *d)
{
	bool v4 = d->source.family == AF_INET;
	const uint8_t *routers = v4 ? all_routers4 : all_routers6;

	if (d->fragment)
		return "inner fragment";
	if (!datagram_header_ok(b, d))
		return "wrong inner IPv4 header checksum";
	if (d->protocol != (v4 ? IPPROTO_IGMP : IPPROTO_ICMPV6))
		return "inner protocol is neither IGMP nor ICMPv6";
	if (d->ttl != 1)
		return "inner TTL is not 1";
	if (!d->router_alert)
		return "no Router Alert";
	if (v4 && d->tos != INTERNET_CONTROL)
		return "inner TOS is not 0xc0";
	if (memcmp(d->destination.bytes, routers, address_length(d->destination.family)))
		return "inner destination is not 224.0.0.22 or ff02::16";
	return NULL;
}

static const char *message_problem(const uint8_t *b, const struct datagram *d)
{
	const uint8_t *message = b + d->header;
	size_t length = d->length - d->header;
	bool v4 = d->source.family == AF_INET;

	if (length < 8)
		return "short report";
	if (v4 ? sum_finish(sum_add(0, message, length)) : datagram_checksum(b, d))
		return "wrong IGMP or MLD checksum";
	if (message[0] != (v4 ? IGMP_REPORT : MLD_REPORT))
		return "neither an IGMPv3 nor an MLDv2 report";
	return NULL;
}

static size_t record_length(const uint8_t *b, int family)
{
	return 4 + address_length(family) * (1 + get16(b + 2)) + b[1] * 4u;
}

static const char *records_problem(const uint8_t *b, size_t length, const struct report_message *r)
{
	size_t least = 4 + address_length(r->family);

	for (unsigned i = 0; i < r->records; i++) {
		size_t record = length < least ? SIZE_MAX : record_length(b, r->family);

		if (record > length)
			return "record beyond the end of the report";
		b += record;
		length -= record;
	}
	return NULL;
}

const char *report_read(const uint8_t *b, size_t length, struct report_message *r)
{
	struct datagram d;
	const char *problem = datagram_parse(b, length, &d);

	if (!problem)
		problem = header_problem(b, &d);
	if (!problem)
		problem = message_problem(b, &d);
	if (problem)
		return problem;
	*r = (struct report_message){.family = d.source.family,
				     .records = get16(b + d.header + 6),
				     .at = b + d.header + 8};
	return records_problem(r->at, d.length - d.header - 8, r);
}

bool report_next(struct report_message *r, struct record *out)
{
	if (!r->records)
		return false;
	r->records--;
	*out = (struct record){.type = r->at[0],
			       .group = address_from(r->family, r->at + 4),
			       .source_count = get16(r->at + 2),
			       .sources = r->at + 4 + address_length(r->family)};
	r->at += record_length(r->at, r->family);
	return true;
}

struct address record_source(const struct record *r, unsigned index)
{
	int family = r->group.family;

	return address_from(family, r->sources + index * address_length(family));
}

const char *record_name(uint8_t type)
{
	static const char *const names[] = {"?",     "IS_IN", "IS_EX", "TO_IN",
					    "TO_EX", "ALLOW", "BLOCK"};

	return type < sizeof(names) / sizeof(*names) ? names[type] : names[0];
}
