/* SPDX-License-Identifier: BSD-2-Clause */
/* The AMTRELAY record (RFC 8777 section 4): its owner's name and its RDATA. */
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
	bool discovery_optional;  /* D: a Request may be sent straight to the relay */
	uint8_t type;             /* enum amtrelay_type */
	struct addr relay;        /* types 1 and 2 */
	char name[DNS_NAME_TEXT]; /* type 3: absolute, presentation form, ends with a dot */
};

/* Decodes RDATA (section 4.2). FAULT_TYPE for relay types 4 to 127 (the record is to be ignored),
 * FAULT_LENGTH where the field does not fit its type or holds a compressed, overlong or empty name,
 * FAULT_TRUNCATED where it ends within a label or before the type, FAULT_ADDRESS for a relay
 * address that is martian (addr.h). A name that ends exactly at the RDATA's end without its final
 * zero is taken: RFC 8777's own examples lack it. */
enum fault amtrelay_decode(const uint8_t *rdata, size_t length, struct amtrelay *record);

/* The RDATA; 0 where it does not fit. */
size_t amtrelay_encode(const struct amtrelay *record, uint8_t rdata[AMTRELAY_MAX]);

/* "10 0 1 203.0.113.15": precedence, D, type and relay (section 4.3). Of text, a name's final dot
 * may be missing; false where it is no such thing, or the relay's address is martian. */
void amtrelay_format(const struct amtrelay *record, char text[AMTRELAY_TEXT]);
bool amtrelay_parse(const char *text, struct amtrelay *record);

/* The reverse name under which a source's relays are published (section 2.1), with final dot;
 * empty for the none address. */
void amtrelay_owner(const struct addr *source, char name[DNS_NAME_TEXT]);
