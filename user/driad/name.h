/* SPDX-License-Identifier: BSD-2-Clause */
/* DNS names in RDATA, and as text: absolute, in presentation form, with a final dot. */
#pragma once

#include "base/cursor.h"
#include "base/fault.h"

#define DNS_NAME_TEXT 1025 /* presentation form with every byte escaped, and the NUL */

/* Decodes a name that fills the rest of the cursor. FAULT_LENGTH if it has a compressed or overlong
 * label, ends before the RDATA does, is too long, or is the root; FAULT_TRUNCATED if it ends within
 * a label. A name without its final zero is accepted, since the examples of RFC 8777 lack it. */
enum fault name_decode(struct cursor c, char name[DNS_NAME_TEXT]);
/* Reads text, with or without the final dot. Returns false if it is no name, or the root. */
bool name_parse(const char *text, char name[DNS_NAME_TEXT]);
/* Writes the wire form of a name that name_parse() or name_decode() has made. */
void name_encode(struct writer *w, const char *name);

struct ldns_struct_rdf;
/* Writes ldns's name as text and frees it. Returns false for NULL or a name that is too long. */
bool name_to_text(struct ldns_struct_rdf *dname, char name[DNS_NAME_TEXT]);
