/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/dns_message.h"
#include "base/memory.h"

#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>

/* The data as it stands in a message, but with names expanded. */
static struct dns_record copy_data(const ldns_rr *rr)
{
	size_t length = 0, fields = ldns_rr_rd_count(rr);
	uint8_t *data;

	for (size_t i = 0; i < fields; i++)
		length += ldns_rdf_size(ldns_rr_rdf(rr, i));
	data = memory_new(length);
	length = 0;
	for (size_t i = 0; i < fields; i++) {
		const ldns_rdf *field = ldns_rr_rdf(rr, i);

		memcpy(data + length, ldns_rdf_data(field), ldns_rdf_size(field));
		length += ldns_rdf_size(field);
	}
	return (struct dns_record){.rdata = data, .length = length};
}

static void add_record(const ldns_rr *rr, struct dns_message *message)
{
	unsigned number = message->answer.count++;
	char *owner;

	message->records =
		memory_resize(message->records, (number + 1) * sizeof(*message->records));
	message->records[number] = copy_data(rr);
	if (message->canonical)
		return;
	owner = ldns_rdf2str(ldns_rr_owner(rr));
	message->canonical = memory_copy_text(owner ? owner : "");
	free(owner);
}

static void note_ttl(struct dns_message *message, uint32_t ttl)
{
	if (ttl < message->answer.ttl)
		message->answer.ttl = ttl;
}

/* The TTLs of CNAMEs count, too. */
static void take_answers(const ldns_rr_list *answers, unsigned type, struct dns_message *message)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(answers); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(answers, i);

		note_ttl(message, ldns_rr_ttl(rr));
		if (ldns_rr_get_type(rr) == type && ldns_rr_get_class(rr) == LDNS_RR_CLASS_IN)
			add_record(rr, message);
	}
}

/* The TTL of a negative answer (RFC 2308 section 5). MINIMUM is the last field of an SOA. */
static void take_authorities(const ldns_rr_list *authorities, struct dns_message *message)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(authorities); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(authorities, i);

		if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_SOA || ldns_rr_rd_count(rr) != 7)
			continue;
		note_ttl(message, ldns_rr_ttl(rr));
		note_ttl(message, ldns_rdf2native_int32(ldns_rr_rdf(rr, 6)));
	}
}

static enum dns_status status_of(ldns_pkt_rcode rcode, unsigned count)
{
	if (rcode == LDNS_RCODE_NXDOMAIN)
		return DNS_NAME_ERROR;
	if (rcode != LDNS_RCODE_NOERROR)
		return DNS_SERVER_FAILURE;
	return count ? DNS_OK : DNS_NO_DATA;
}

static void take_packet(const ldns_pkt *packet, unsigned type, struct dns_message *message)
{
	take_answers(ldns_pkt_answer(packet), type, message);
	if (!message->answer.count)
		take_authorities(ldns_pkt_authority(packet), message);
	message->answer.status = status_of(ldns_pkt_get_rcode(packet), message->answer.count);
}

void dns_message_decode(const uint8_t *bytes, size_t length, unsigned type,
			struct dns_message *message)
{
	ldns_pkt *packet = NULL;

	*message =
		(struct dns_message){.answer = {.status = DNS_SERVER_FAILURE, .ttl = UINT32_MAX}};
	if (ldns_wire2pkt(&packet, bytes, length) == LDNS_STATUS_OK)
		take_packet(packet, type, message);
	ldns_pkt_free(packet);
	if (message->answer.count && message->answer.status != DNS_OK) {
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
