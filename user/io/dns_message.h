/* SPDX-License-Identifier: BSD-2-Clause */
/* Decodes a DNS message (RFC 1035 section 4) into the answer to its question. */
#pragma once

#include "base/dns.h"

/* Owns the memory that the answer points to. */
struct dns_message {
	struct dns_answer answer;
	struct dns_record *records;
	char *canonical;
};

/* Takes only the records of `type` in the answer section. Names in their data (PTR, SRV) are
 * expanded. The status is DNS_SERVER_FAILURE if the message cannot be read. The caller sets
 * `secure`, and frees the message with dns_message_free(). */
void dns_message_decode(const uint8_t *bytes, size_t length, unsigned type,
			struct dns_message *message);
void dns_message_free(struct dns_message *message);
