/* SPDX-License-Identifier: BSD-2-Clause */
/* The AMTRELAY record (RFC 8777 section 4): its owner's name and its RDATA. */
#pragma once

#include "base/addr.h"
#include "base/fault.h"

#include <stddef.h>

#define DNS_TYPE_AMTRELAY 260
#define DNS_NAME_TEXT     1025 /* presentation form with every byte escaped, and its NUL */

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

/* The reverse name under which a source's relays are published (section 2.1), with final dot;
 * empty for the none address. */
void amtrelay_owner(const struct addr *source, char name[DNS_NAME_TEXT]);
