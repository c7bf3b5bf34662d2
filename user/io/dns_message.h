/* SPDX-License-Identifier: BSD-2-Clause */
/* A DNS message (RFC 1035 section 4) as the answer to its question. */
#pragma once

#include "base/dns.h"

/* With the memory that the answer's pointers lead to. */
struct dns_message {
	struct dns_answer answer;
	struct dns_record *records;
	char *canonical;
};

/* The records of `type` in the answer section, and no others; names in their data (PTR, SRV) are
 * expanded. What cannot be read is DNS_SERVER_FAILURE. `secure` is left to the caller, who frees
 * the message by dns_message_free(). */
void dns_message_decode(const uint8_t *bytes, size_t length, unsigned type,
			struct dns_message *message);
void dns_message_free(struct dns_message *message);
