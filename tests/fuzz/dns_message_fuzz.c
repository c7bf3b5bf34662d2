/* SPDX-License-Identifier: BSD-2-Clause */
/* DNS messages; and of those that ldns can read, what ldns then writes: we have the same records.
 * (As they come, ldns reads names beyond the length of their data.) The first byte says which type
 * is asked for. */
#include "fuzz.h"
#include "io/dns_message.h"

#include <ldns/ldns.h>
#include <string.h>

static void check_record(const struct dns_record *record, const ldns_rr *rr)
{
	size_t at = 0;

	for (size_t i = 0; i < ldns_rr_rd_count(rr); i++) {
		const ldns_rdf *field = ldns_rr_rdf(rr, i);

		must(ldns_rdf_size(field) <= record->length - at);
		must(!memcmp(record->rdata + at, ldns_rdf_data(field), ldns_rdf_size(field)));
		at += ldns_rdf_size(field);
	}
	must(at == record->length);
}

static void check_answer(const struct dns_answer *answer, const ldns_pkt *packet, unsigned type)
{
	const ldns_rr_list *list = ldns_pkt_answer(packet);
	unsigned count = 0;

	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(list, i);

		if (ldns_rr_get_type(rr) != type || ldns_rr_get_class(rr) != LDNS_RR_CLASS_IN)
			continue;
		must(count < answer->count);
		check_record(&answer->records[count++], rr);
	}
	must(count == answer->count);
}

static struct dns_message decode(const uint8_t *bytes, size_t size, unsigned type)
{
	struct dns_message message;

	dns_message_decode(bytes, size, type, &message);
	must((message.answer.status == DNS_OK) == (message.answer.count > 0));
	must(!message.answer.count == !message.answer.canonical);
	return message;
}

static void check_against_ldns(const uint8_t *bytes, size_t size, unsigned type)
{
	struct dns_message message;
	ldns_pkt *packet;
	uint8_t *written;
	size_t length;

	if (ldns_wire2pkt(&packet, bytes, size) != LDNS_STATUS_OK)
		return;
	if (ldns_pkt2wire(&written, packet, &length) == LDNS_STATUS_OK) {
		message = decode(written, length, type);
		if (ldns_pkt_get_rcode(packet) == LDNS_RCODE_NOERROR)
			check_answer(&message.answer, packet, type);
		dns_message_free(&message);
		free(written);
	}
	ldns_pkt_free(packet);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const unsigned types[] = {LDNS_RR_TYPE_A, LDNS_RR_TYPE_AAAA, LDNS_RR_TYPE_PTR,
					 LDNS_RR_TYPE_SRV, LDNS_RR_TYPE_AMTRELAY};
	struct dns_message message;
	unsigned type;

	if (!size)
		return 0;
	type = types[bytes[0] % (sizeof(types) / sizeof(types[0]))];
	message = decode(bytes + 1, size - 1, type);
	dns_message_free(&message);
	check_against_ldns(bytes + 1, size - 1, type);
	return 0;
}
