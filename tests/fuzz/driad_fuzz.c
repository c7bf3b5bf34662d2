/* SPDX-License-Identifier: BSD-2-Clause */
/* RDATA of AMTRELAY: the relay is the one in the bytes, and a name's text, read by ldns, makes the
 * same bytes again. */
#include "driad/rdata.h"
#include "fuzz.h"

#include <ldns/ldns.h>
#include <string.h>

#define RELAY_AT 2

static void check_address(const struct amtrelay *record, struct cursor field)
{
	must(cursor_left(&field) == addr_length(record->relay.family));
	must(!memcmp(record->relay.bytes, field.at, cursor_left(&field)));
	must(!addr_is_martian(&record->relay));
}

/* The final zero may be missing in the RDATA. */
static void check_name(const struct amtrelay *record, struct cursor field)
{
	size_t length = strnlen(record->name, sizeof(record->name)), wire;
	ldns_rdf *name;

	must(length && length < sizeof(record->name) && record->name[length - 1] == '.');
	must(ldns_str2rdf_dname(&name, record->name) == LDNS_STATUS_OK);
	wire = ldns_rdf_size(name);
	must(wire == cursor_left(&field) || wire == cursor_left(&field) + 1);
	must(!memcmp(ldns_rdf_data(name), field.at, cursor_left(&field)));
	ldns_rdf_deep_free(name);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct amtrelay record;

	if (amtrelay_decode(bytes, size, &record))
		return 0;
	must(bytes[0] == record.precedence);
	must(bytes[1] == (record.type | (record.discovery_optional ? 0x80 : 0)));
	if (record.type == AMTRELAY_NAME)
		check_name(&record, cursor_over(bytes + RELAY_AT, size - RELAY_AT));
	else if (record.type == AMTRELAY_NONE)
		must(size == RELAY_AT);
	else
		check_address(&record, cursor_over(bytes + RELAY_AT, size - RELAY_AT));
	return 0;
}
