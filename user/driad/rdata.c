/* SPDX-License-Identifier: BSD-2-Clause */
/* The AMTRELAY record: RFC 8777 sections 2.1 (owner) and 4.2 (RDATA).
 *
 * ldns 1.8 does not know the type, so that the RDATA is read here byte by byte. Names are walked
 * here as well, before ldns turns them into text: it would follow a compression pointer, which this
 * record must not have (section 4.2.3; a pointer would point into RDATA that is cut from its
 * message), and it refuses names without their final zero, which are to be taken.
 *
 * A relay address that no packet can come from is refused at once. Beyond the obvious ones those
 * are the IPv4-mapped IPv6 addresses: a socket would turn ::ffff:127.0.0.1 into a way to this host.
 *
 * Left out: which records of an answer are used, and in what order (section 3.1). */
#include "driad/rdata.h"
#include "base/cursor.h"

#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>

#define DISCOVERY_OPTIONAL 0x80 /* D; the other bits are the relay type */
#define NAME_WIRE_MAX      255  /* RFC 1035 section 2.3.4 */

/* Takes the name and frees it; nothing where ldns has no memory for its text. */
static bool name_to_text(ldns_rdf *dname, char name[DNS_NAME_TEXT])
{
	char *text = dname ? ldns_rdf2str(dname) : NULL;
	size_t length = text ? strlen(text) : DNS_NAME_TEXT;

	if (length < DNS_NAME_TEXT)
		memcpy(name, text, length + 1);
	free(text);
	ldns_rdf_deep_free(dname);
	return length < DNS_NAME_TEXT;
}

static enum fault decode_address(struct cursor c, int family, struct addr *relay)
{
	if (cursor_left(&c) != addr_length(family))
		return FAULT_LENGTH;
	*relay = cursor_addr(&c, family);
	return addr_is_martian(relay) ? FAULT_ADDRESS : FAULT_NONE;
}

/* Copies the labels. Their lengths are below 64: larger values are compression pointers, or mean
 * nothing. */
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

static enum fault decode_name(struct cursor c, char name[DNS_NAME_TEXT])
{
	uint8_t bytes[NAME_WIRE_MAX];
	struct writer wire = writer_over(bytes, sizeof(bytes));
	enum fault fault = read_labels(c, &wire);

	if (fault)
		return fault;
	if (!writer_length(&wire)) /* the root is nobody's relay */
		return FAULT_LENGTH;
	writer_u8(&wire, 0);
	if (wire.failed)
		return FAULT_LENGTH;
	return name_to_text(ldns_dname_new_frm_data(writer_length(&wire), bytes), name)
		       ? FAULT_NONE
		       : FAULT_LENGTH;
}

enum fault amtrelay_decode(const uint8_t *rdata, size_t length, struct amtrelay *record)
{
	struct cursor c = cursor_over(rdata, length);
	uint8_t flags;

	*record = (struct amtrelay){.precedence = cursor_u8(&c)};
	flags = cursor_u8(&c);
	if (c.failed)
		return FAULT_TRUNCATED;
	record->discovery_optional = flags & DISCOVERY_OPTIONAL;
	record->type = flags & ~DISCOVERY_OPTIONAL;
	switch (record->type) {
	case AMTRELAY_NONE:
		return cursor_left(&c) ? FAULT_LENGTH : FAULT_NONE;
	case AMTRELAY_IPV4:
		return decode_address(c, AF_INET, &record->relay);
	case AMTRELAY_IPV6:
		return decode_address(c, AF_INET6, &record->relay);
	case AMTRELAY_NAME:
		return decode_name(c, record->name);
	default:
		return FAULT_TYPE;
	}
}

void amtrelay_owner(const struct addr *source, char name[DNS_NAME_TEXT])
{
	ldns_rdf_type type = source->family == AF_INET ? LDNS_RDF_TYPE_A : LDNS_RDF_TYPE_AAAA;
	size_t length = addr_length(source->family);
	ldns_rdf *address = length ? ldns_rdf_new_frm_data(type, length, source->bytes) : NULL;

	name[0] = '\0';
	if (address)
		name_to_text(ldns_rdf_address_reverse(address), name);
	ldns_rdf_deep_free(address);
}
