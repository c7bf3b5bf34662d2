/* SPDX-License-Identifier: BSD-2-Clause */
/* Names are checked here before ldns turns them into text. ldns would follow compression pointers,
 * which the records read here must not have (RFC 8777 section 4.2.3, RFC 2782) and which would lead
 * nowhere in RDATA without its message; and it rejects names without their final zero. */
#include "driad/name.h"

#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>

#define NAME_WIRE_MAX 255 /* RFC 1035 section 2.3.4 */

bool name_to_text(ldns_rdf *dname, char name[DNS_NAME_TEXT])
{
	char *text = dname ? ldns_rdf2str(dname) : NULL;
	size_t length = text ? strlen(text) : DNS_NAME_TEXT;

	if (length < DNS_NAME_TEXT)
		memcpy(name, text, length + 1);
	free(text);
	ldns_rdf_deep_free(dname);
	return length < DNS_NAME_TEXT;
}

/* Copies the labels. A length above 63 is a compression pointer or undefined. */
static enum fault read_labels(struct cursor c, struct writer *wire)
{
	while (cursor_left(&c)) {
		uint8_t length = cursor_u8(&c);

		if (!length)
			return cursor_left(&c) ? FAULT_LENGTH : FAULT_NONE;
		if (length > LDNS_MAX_LABELLEN)
			return FAULT_LENGTH;
		if (cursor_left(&c) < length)
			return FAULT_TRUNCATED;
		writer_u8(wire, length);
		writer_bytes(wire, cursor_bytes(&c, length), length);
	}
	return FAULT_NONE;
}

enum fault name_decode(struct cursor c, char name[DNS_NAME_TEXT])
{
	uint8_t bytes[NAME_WIRE_MAX];
	struct writer wire = writer_over(bytes, sizeof(bytes));
	enum fault fault = read_labels(c, &wire);

	if (fault)
		return fault;
	if (!writer_length(&wire)) /* the root */
		return FAULT_LENGTH;
	writer_u8(&wire, 0);
	if (wire.failed)
		return FAULT_LENGTH;
	return name_to_text(ldns_dname_new_frm_data(writer_length(&wire), bytes), name)
		       ? FAULT_NONE
		       : FAULT_LENGTH;
}

bool name_parse(const char *text, char name[DNS_NAME_TEXT])
{
	ldns_rdf *dname = NULL;

	if (ldns_str2rdf_dname(&dname, text) != LDNS_STATUS_OK)
		return false;
	if (ldns_rdf_size(dname) <= 1) {
		ldns_rdf_deep_free(dname);
		return false;
	}
	return name_to_text(dname, name);
}

void name_encode(struct writer *w, const char *name)
{
	ldns_rdf *dname = NULL;

	if (ldns_str2rdf_dname(&dname, name) == LDNS_STATUS_OK)
		writer_bytes(w, ldns_rdf_data(dname), ldns_rdf_size(dname));
	else
		w->failed = true;
	ldns_rdf_deep_free(dname);
}
