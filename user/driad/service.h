/* SPDX-License-Identifier: BSD-2-Clause */
/* RDATA of what DNS-SD finds relays by (RFC 6763, RFC 8777 section 3.1): PTR to SRV. */
#pragma once

#include "driad/name.h"

#define DNS_TYPE_PTR 12
#define DNS_TYPE_SRV 33

/* RFC 2782 */
struct service {
	uint16_t priority; /* lower is tried first */
	uint16_t weight, port;
	char target[DNS_NAME_TEXT];
};

/* Faults as name_decode() has them; a target of the root, too: the service is not there. */
enum fault service_decode(const uint8_t *rdata, size_t length, struct service *service);
/* The instance that a PTR names. */
enum fault service_pointer_decode(const uint8_t *rdata, size_t length, char name[DNS_NAME_TEXT]);
/* "_amt._udp." of a domain; false where that is too long for a name. */
bool service_name(const char *domain, char name[DNS_NAME_TEXT]);
