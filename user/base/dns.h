/* SPDX-License-Identifier: BSD-2-Clause */
/* A DNS answer, as the resolver hands it to the state machines. */
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
	DNS_UNREACHABLE, /* no packet gets to a server */
	DNS_BOGUS,       /* DNSSEC validation failed */
	DNS_STATUSES
};

/* Whether the same question may get an answer as soon as a server is well again. */
static inline bool dns_is_server_fault(enum dns_status status)
{
	return status == DNS_SERVER_FAILURE || status == DNS_TIMEOUT || status == DNS_UNREACHABLE;
}

struct dns_record {
	const uint8_t *rdata;
	size_t length;
};

/* The memory is the resolver's and is valid during the call only. */
struct dns_answer {
	enum dns_status status;
	const char *detail; /* of a failure: which server did what, or why it is bogus; or NULL */
	const char
		*canonical; /* owner of the records behind CNAME or DNAME; NULL: the name asked */
	uint32_t ttl;       /* seconds; of negative answers as well */
	bool secure;        /* validated by DNSSEC */
	unsigned count;
	const struct dns_record *records;
};
