/* SPDX-License-Identifier: BSD-2-Clause */
/* The AMTRELAY record (RFC 8777): the name of its owner (section 2.1) and its RDATA (section 4). */
#pragma once

#include "base/addr.h"
#include "driad/name.h"

#include <stddef.h>

#define DNS_TYPE_AMTRELAY 260
#define AMTRELAY_TEXT     (DNS_NAME_TEXT + 16)
#define AMTRELAY_MAX      257 /* bytes of RDATA */

enum amtrelay_type {
	AMTRELAY_NONE = 0, /* no relay is to be used for this source */
	AMTRELAY_IPV4 = 1,
	AMTRELAY_IPV6 = 2,
	AMTRELAY_NAME = 3
};

struct amtrelay {
	uint8_t precedence;       /* lower is tried first */
	bool discovery_optional;  /* D bit: a Request may be sent without Discovery */
	uint8_t type;             /* enum amtrelay_type */
	struct addr relay;        /* types 1 and 2 */
	char name[DNS_NAME_TEXT]; /* type 3: absolute, presentation form, ends with a dot */
};

/* Decodes RDATA (section 4.2). FAULT_TYPE for relay types 4 to 127 (the record is to be ignored),
 * FAULT_LENGTH if the relay field does not fit its type or holds a compressed, overlong or empty
 * name, FAULT_TRUNCATED if it ends within a label or before the type, FAULT_ADDRESS for a martian
 * relay address (base/addr.h). A name without its final zero is accepted: see driad/name.h. */
enum fault amtrelay_decode(const uint8_t *rdata, size_t length, struct amtrelay *record);

/* Writes RDATA. Returns its length, or 0 if it does not fit. */
size_t amtrelay_encode(const struct amtrelay *record, uint8_t rdata[AMTRELAY_MAX]);

/* Writes the presentation form (section 4.3): "10 0 1 203.0.113.15". */
void amtrelay_format(const struct amtrelay *record, char text[AMTRELAY_TEXT]);
/* Reads the presentation form; the final dot of a name may be missing. Returns false if the text is
 * none, or the relay's address is a martian. */
bool amtrelay_parse(const char *text, struct amtrelay *record);

/* The reverse name under which the relays of a source are published (section 2.1), with final dot;
 * empty if `source` is AF_UNSPEC. */
void amtrelay_owner(const struct addr *source, char name[DNS_NAME_TEXT]);
