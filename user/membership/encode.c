/* SPDX-License-Identifier: BSD-2-Clause */
#include "membership/encode.h"

#define REPORT_HEADER 8
#define RECORD_HEADER 4 /* without the group */
#define CHECKSUM_AT   2

static size_t header_length(int family)
{
	return family == AF_INET ? 20 + 4 : 40 + 8; /* with Router Alert */
}

/* Writes checksum and IP header, which need the length: the header has left room for both. */
static size_t finish(struct writer *w, const struct addr *source, const struct addr *destination)
{
	size_t at = header_length(source->family), length = writer_length(w) - at;
	struct writer head = writer_over(w->start, at);

	writer_patch_u16(
		w, at + CHECKSUM_AT,
		ip_message_checksum(source, destination, MEMBERSHIP_ICMPV6, w->start + at, length));
	ip_write_alert_header(&head, source, destination, membership_ip_protocol(source->family),
			      length);
	return writer_length(w);
}

/* Reports */

void membership_report_begin(struct membership_report *report, int family, void *bytes, size_t size)
{
	*report = (struct membership_report){.family = family, .w = writer_over(bytes, size)};
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

size_t membership_report_end(struct membership_report *report)
{
	struct addr source = {.family = report->family};
	struct addr destination = membership_all_routers(report->family);
	size_t at = header_length(report->family);

	if (!report->records)
		return 0;
	report->w.start[at] = report->family == AF_INET ? IGMP_REPORT : MLD_REPORT;
	writer_patch_u16(&report->w, at + REPORT_RECORD_COUNT_AT, report->records);
	return finish(&report->w, &source, &destination);
}

/* Queries */

struct addr membership_query_destination(const struct membership_question *question)
{
	return membership_destination(question->from.family, &question->group);
}

/* RFC 3376 section 4.1.1, RFC 3810 section 5.1.3: small values as they are; others as a set bit, an
 * exponent of three bits, and a mantissa of 4 or 12 bits. */
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
	writer_zero(w, header_length(question->from.family));
	write_query_head(w, question);
	writer_bytes(w, question->group.bytes, addr_length(question->from.family));
	writer_u8(w,
		  (question->suppress ? QUERY_SUPPRESS : 0) | (question->robustness & QUERY_QRV));
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
	size_t sources =
		header_length(family) + membership_group_offset(family) + addr_length(family) + 4;

	writer_patch_u16(w, sources - 2, (writer_length(w) - sources) / addr_length(family));
	return finish(w, &question->from, &destination);
}
