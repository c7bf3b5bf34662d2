/* SPDX-License-Identifier: BSD-2-Clause */
/* The records by which DNS-SD finds relays (RFC 6763, RFC 8777 section 3.1): PTR and SRV. */
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

/* Decodes the RDATA of an SRV, with the faults of name_decode(). The root as target, which means
 * that there is no such service, is FAULT_LENGTH. */
enum fault service_decode(const uint8_t *rdata, size_t length, struct service *service);
/* Decodes the RDATA of a PTR: the name of a service instance. */
enum fault service_pointer_decode(const uint8_t *rdata, size_t length, char name[DNS_NAME_TEXT]);
/* Writes "_amt._udp." and the domain. Returns false if that is too long for a name. */
bool service_name(const char *domain, char name[DNS_NAME_TEXT]);
