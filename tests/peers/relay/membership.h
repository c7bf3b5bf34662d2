/* SPDX-License-Identifier: BSD-2-Clause */
/* IGMPv3 (RFC 3376) and MLDv2 (RFC 3810) in complete IP datagrams: writes General Queries, reads
 * reports. */
#pragma once

#include "../ip.h"

#define QUERY_DATAGRAM_MAX 76

enum record_type { IS_IN = 1, IS_EX, TO_IN, TO_EX, ALLOW, BLOCK };

struct report_message {
	int family;
	unsigned records; /* not read yet */
	const uint8_t *at;
};

struct record {
	uint8_t type;
	struct address group;
	unsigned source_count;
	const uint8_t *sources;
};

/* Returns the length. `qrv` and `qqic` are written as they are. */
size_t query_write(uint8_t *b, bool mld, uint8_t qrv, uint8_t qqic);

/* Returns NULL, or why the datagram is rejected. Headers, checksums and the lengths of all records
 * are checked before the first record is read. */
const char *report_read(const uint8_t *b, size_t length, struct report_message *r);

bool report_next(struct report_message *r, struct record *out);
struct address record_source(const struct record *r, unsigned index);
const char *record_name(uint8_t type);

/* The code of an interval, rounded down to what a code can express; and back. For both protocols.
 */
uint8_t interval_code(unsigned seconds);
unsigned interval_seconds(uint8_t code);
