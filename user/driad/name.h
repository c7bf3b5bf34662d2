/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of the DNS, between RDATA and text: absolute, with a final dot, in presentation form. */
#pragma once

#include "base/cursor.h"
#include "base/fault.h"

#define DNS_NAME_TEXT 1025 /* presentation form with every byte escaped, and its NUL */

/* All that is left is the name. FAULT_LENGTH where it holds a compressed or overlong label, ends
 * before the RDATA does, is too long, or is the root's; FAULT_TRUNCATED where it ends within a
 * label. One that lacks its final zero is taken: RFC 8777's own examples do. */
enum fault name_decode(struct cursor c, char name[DNS_NAME_TEXT]);
/* Text of a name, with or without its final dot; false where it is none, or the root's. */
bool name_parse(const char *text, char name[DNS_NAME_TEXT]);
/* Wire form, of a name that name_parse() or name_decode() has made. */
void name_encode(struct writer *w, const char *name);

struct ldns_struct_rdf;
/* Takes ldns's name and frees it; false for none, or one too long. */
bool name_to_text(struct ldns_struct_rdf *dname, char name[DNS_NAME_TEXT]);
