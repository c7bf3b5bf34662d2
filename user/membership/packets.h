/* SPDX-License-Identifier: BSD-2-Clause */
/* IGMPv3 (RFC 3376) and MLDv2 (RFC 3810) messages, as whole IP datagrams: what travels inside AMT
 * Queries and Updates. */
#pragma once

#include "base/ip.h"

struct membership_query {
	int family;              /* AF_INET: IGMPv3; AF_INET6: MLDv2 */
	unsigned robustness;     /* QRV; 2 where the field is 0 */
	unsigned query_interval; /* seconds, decoded from QQIC; 125 where the field is 0 */
};

/* Decodes a General Query; any source address is taken (RFC 7450 section 5.2.1). Checks protocol,
 * lengths, checksum (ICMPv6 with pseudo-header); FAULT_TYPE for another IGMP or MLD message,
 * FAULT_ADDRESS for a Query that names a group or sources. IGMPv1 and v2 Queries (8 bytes):
 * FAULT_VERSION, likewise MLDv1 (24 bytes). */
enum fault membership_decode_query(const struct ip_datagram *ip, struct membership_query *query);

enum membership_record_type { /* RFC 3376 section 4.2.12, RFC 3810 section 5.2.12 */
			      MEMBERSHIP_IS_IN = 1,
			      MEMBERSHIP_ALLOW = 5,
			      MEMBERSHIP_BLOCK = 6
};

/* A report in the making, in memory of the caller's. */
struct membership_report {
	int family;
	struct writer w;
	unsigned records;
	struct addr group; /* of the record that is open */
	uint8_t type;
	size_t record; /* its offset */
	unsigned sources;
};

/* The report will be a datagram of at most `size` bytes from the unspecified address (0.0.0.0, ::)
 * to 224.0.0.22 or ff02::16, with Router Alert. */
void membership_report_begin(struct membership_report *report, int family, void *bytes,
			     size_t size);
/* Adds one (S,G); neighbours of the same type and group share a record. False, and nothing
 * changed, where there is no room: end this report and begin another. */
bool membership_report_add(struct membership_report *report, enum membership_record_type type,
			   const struct sg *sg);
/* Fills lengths and checksums in. Returns the datagram's length, 0 where nothing was added. */
size_t membership_report_end(struct membership_report *report);
