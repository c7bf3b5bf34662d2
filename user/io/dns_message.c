/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/dns_message.h"
#include "base/cursor.h"
#include "base/memory.h"

#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>

/* Names are read at their place in the whole message, because compressed names point into it. */
struct reader {
	const uint8_t *bytes;
	size_t length, at;
	bool failed;
};

struct record {
	ldns_rdf *owner; /* NULL if it could not be read */
	unsigned type, class;
	uint32_t ttl;
	size_t data; /* offset in the message */
	uint16_t length;
};

static struct cursor take(struct reader *reader, size_t length)
{
	struct cursor rest = cursor_over(reader->bytes + reader->at, reader->length - reader->at);
	struct cursor taken = cursor_sub(&rest, length);

	reader->failed |= taken.failed;
	if (!reader->failed)
		reader->at += length;
	return taken;
}

static ldns_rdf *take_name(struct reader *reader)
{
	ldns_rdf *name = NULL;

	if (reader->failed ||
	    ldns_wire2dname(&name, reader->bytes, reader->length, &reader->at) != LDNS_STATUS_OK) {
		reader->failed = true;
		return NULL;
	}
	return name;
}

static struct record take_record(struct reader *reader)
{
	struct record record = {.owner = take_name(reader)};
	struct cursor c = take(reader, 10);

	record.type = cursor_u16(&c);
	record.class = cursor_u16(&c);
	record.ttl = cursor_u32(&c);
	record.length = cursor_u16(&c);
	record.data = reader->at;
	take(reader, record.length);
	return record;
}

/* How many bytes of the data are copied unchanged. A name that must be expanded follows them. */
static size_t plain_length(const struct record *record)
{
	if (record->type == LDNS_RR_TYPE_PTR)
		return 0;
	return record->type == LDNS_RR_TYPE_SRV ? 6 : record->length;
}

static struct dns_record copy_data(struct reader *reader, const struct record *record)
{
	struct reader inside = {.bytes = reader->bytes,
				.length = record->data + record->length,
				.at = record->data};
	size_t plain = plain_length(record);
	const uint8_t *start = take(&inside, plain).at;
	ldns_rdf *name = plain < record->length ? take_name(&inside) : NULL;
	size_t more = name ? ldns_rdf_size(name) : 0;
	uint8_t *data = memory_new(plain + more);

	reader->failed |= inside.failed || inside.at != inside.length;
	if (!reader->failed) {
		memcpy(data, start, plain);
		memcpy(data + plain, name ? ldns_rdf_data(name) : start, more);
	}
	ldns_rdf_deep_free(name);
	return (struct dns_record){.rdata = data, .length = plain + more};
}

static void add_record(struct reader *reader, const struct record *record,
		       struct dns_message *message)
{
	unsigned number = message->answer.count++;
	char *owner;

	message->records =
		memory_resize(message->records, (number + 1) * sizeof(*message->records));
	message->records[number] = copy_data(reader, record);
	if (message->canonical)
		return;
	owner = ldns_rdf2str(record->owner);
	message->canonical = memory_copy_text(owner ? owner : "");
	free(owner);
}

static void note_ttl(struct dns_message *message, uint32_t ttl)
{
	if (ttl < message->answer.ttl)
		message->answer.ttl = ttl;
}

/* The TTLs of CNAMEs count, too. */
static void take_answers(struct reader *reader, unsigned count, unsigned type,
			 struct dns_message *message)
{
	for (; count && !reader->failed; count--) {
		struct record record = take_record(reader);

		if (!reader->failed)
			note_ttl(message, record.ttl);
		if (!reader->failed && record.type == type && record.class == LDNS_RR_CLASS_IN)
			add_record(reader, &record, message);
		ldns_rdf_deep_free(record.owner);
	}
}

/* The TTL of a negative answer (RFC 2308 section 5). MINIMUM is the last field of an SOA. */
static uint32_t negative_ttl(const struct reader *reader, const struct record *soa)
{
	struct cursor c = cursor_over(reader->bytes + soa->data, soa->length);
	uint32_t minimum;

	cursor_bytes(&c, soa->length < sizeof(minimum) ? 0 : soa->length - sizeof(minimum));
	minimum = cursor_u32(&c);
	return soa->ttl < minimum ? soa->ttl : minimum;
}

static void take_authorities(struct reader *reader, unsigned count, struct dns_message *message)
{
	for (; count && !reader->failed; count--) {
		struct record record = take_record(reader);

		if (!reader->failed && record.type == LDNS_RR_TYPE_SOA)
			note_ttl(message, negative_ttl(reader, &record));
		ldns_rdf_deep_free(record.owner);
	}
}

static enum dns_status status_of(unsigned rcode, unsigned count)
{
	if (rcode == LDNS_RCODE_NXDOMAIN)
		return DNS_NAME_ERROR;
	if (rcode != LDNS_RCODE_NOERROR)
		return DNS_SERVER_FAILURE;
	return count ? DNS_OK : DNS_NO_DATA;
}

static void take_message(struct reader *reader, unsigned type, struct dns_message *message)
{
	struct cursor header = take(reader, LDNS_HEADER_SIZE);
	unsigned flags, questions, answers, authorities;

	cursor_u16(&header); /* ID */
	flags = cursor_u16(&header);
	questions = cursor_u16(&header);
	answers = cursor_u16(&header);
	authorities = cursor_u16(&header);
	for (; questions && !reader->failed; questions--) {
		ldns_rdf_deep_free(take_name(reader));
		take(reader, 4); /* type and class */
	}
	take_answers(reader, answers, type, message);
	if (!message->answer.count)
		take_authorities(reader, authorities, message);
	message->answer.status = status_of(flags & 0xf, message->answer.count);
}

void dns_message_decode(const uint8_t *bytes, size_t length, unsigned type,
			struct dns_message *message)
{
	struct reader reader = {.bytes = bytes, .length = length};

	*message = (struct dns_message){.answer.ttl = UINT32_MAX};
	take_message(&reader, type, message);
	if (reader.failed || (message->answer.count && message->answer.status != DNS_OK)) {
		dns_message_free(message);
		message->answer.status = DNS_SERVER_FAILURE;
	}
	if (message->answer.ttl == UINT32_MAX)
		message->answer.ttl = 0;
	message->answer.records = message->records;
	message->answer.canonical = message->canonical;
}

void dns_message_free(struct dns_message *message)
{
	for (unsigned i = 0; i < message->answer.count; i++)
		free((void *)message->records[i].rdata);
	free(message->records);
	free(message->canonical);
	*message = (struct dns_message){0};
}
