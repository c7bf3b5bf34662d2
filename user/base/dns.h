/* SPDX-License-Identifier: BSD-2-Clause */
/* An answer of the DNS, as the resolver gives it and the state machines take it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DNS_TYPE_A    1
#define DNS_TYPE_AAAA 28

enum dns_status {
	DNS_OK,             /* at least one record */
	DNS_NO_DATA,        /* the name exists, the type does not */
	DNS_NAME_ERROR,     /* NXDOMAIN */
	DNS_SERVER_FAILURE, /* SERVFAIL, REFUSED, or no usable answer */
	DNS_TIMEOUT,
	DNS_BOGUS /* DNSSEC validation failed */
};

struct dns_record {
	const uint8_t *rdata;
	size_t length;
};

/* Memory belongs to the giver and lasts for the call. */
struct dns_answer {
	enum dns_status status;
	const char *canonical; /* owner of the records after CNAME and DNAME; NULL: as asked */
	uint32_t ttl;          /* seconds; of a negative answer too */
	bool secure;           /* validated by DNSSEC */
	unsigned count;
	const struct dns_record *records;
};
