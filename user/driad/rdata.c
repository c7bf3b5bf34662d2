/* SPDX-License-Identifier: BSD-2-Clause */
/* ldns 1.8 does not know the record type, so its RDATA is decoded here.
 *
 * Martian relay addresses are rejected, IPv4-mapped IPv6 addresses among them: a socket would take
 * ::ffff:127.0.0.1 for this host. */
#include "driad/rdata.h"
#include "driad/name.h"

#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DISCOVERY_OPTIONAL 0x80 /* D; the other bits are the relay type */

static enum fault decode_address(struct cursor c, int family, struct addr *relay)
{
	if (cursor_left(&c) != addr_length(family))
		return FAULT_LENGTH;
	*relay = cursor_addr(&c, family);
	return addr_is_martian(relay) ? FAULT_ADDRESS : FAULT_NONE;
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
		return name_decode(c, record->name);
	default:
		return FAULT_TYPE;
	}
}

size_t amtrelay_encode(const struct amtrelay *record, uint8_t rdata[AMTRELAY_MAX])
{
	struct writer w = writer_over(rdata, AMTRELAY_MAX);

	writer_u8(&w, record->precedence);
	writer_u8(&w, record->type | (record->discovery_optional ? DISCOVERY_OPTIONAL : 0));
	if (record->type == AMTRELAY_NAME)
		name_encode(&w, record->name);
	else if (record->type != AMTRELAY_NONE)
		writer_addr(&w, &record->relay);
	return w.failed ? 0 : writer_length(&w);
}

/* Presentation form (section 4.3) */

void amtrelay_format(const struct amtrelay *record, char text[AMTRELAY_TEXT])
{
	char relay[ADDR_TEXT];

	snprintf(text, AMTRELAY_TEXT, "%u %d %u %s", record->precedence, record->discovery_optional,
		 record->type,
		 record->type == AMTRELAY_NAME   ? record->name
		 : record->type == AMTRELAY_NONE ? "."
						 : addr_format(&record->relay, relay));
}

static bool parse_number(const char *word, unsigned max, unsigned *number)
{
	char *end;

	*number = (unsigned)strtoul(word, &end, 10);
	return *word >= '0' && *word <= '9' && !*end && strlen(word) <= 3 && *number <= max;
}

static bool parse_relay(const char *word, struct amtrelay *record)
{
	switch (record->type) {
	case AMTRELAY_NONE:
		return !strcmp(word, ".");
	case AMTRELAY_NAME:
		return name_parse(word, record->name);
	default:
		return addr_parse(word, &record->relay) && !addr_is_martian(&record->relay) &&
		       (record->relay.family == AF_INET) == (record->type == AMTRELAY_IPV4);
	}
}

bool amtrelay_parse(const char *text, struct amtrelay *record)
{
	char words[3][4], relay[DNS_NAME_TEXT];
	unsigned numbers[3];
	int end = 0;

	if (sscanf(text, "%3s %3s %3s %1024s%n", words[0], words[1], words[2], relay, &end) < 4 ||
	    text[end + strspn(text + end, " \t")] ||
	    !parse_number(words[0], UINT8_MAX, &numbers[0]) ||
	    !parse_number(words[1], 1, &numbers[1]) ||
	    !parse_number(words[2], AMTRELAY_NAME, &numbers[2]))
		return false;
	*record = (struct amtrelay){.precedence = (uint8_t)numbers[0],
				    .discovery_optional = numbers[1],
				    .type = (uint8_t)numbers[2]};
	return parse_relay(relay, record);
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
