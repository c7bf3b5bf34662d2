/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads IGMPv3 (RFC 3376) and MLDv2 (RFC 3810) messages: those inside AMT Queries, and those of the
 * hosts and routers of a LAN. */
#pragma once

#include "base/ip.h"
#include "membership/wire.h"

struct membership_query {
	int family;              /* AF_INET: IGMPv3; AF_INET6: MLDv2 */
	unsigned robustness;     /* QRV; 2 if the field is 0 */
	unsigned query_interval; /* seconds, decoded from QQIC; 125 if the field is 0 */
};

/* Decodes a General Query inside AMT, from any source address (RFC 7450 section 5.2.1). Checks
 * protocol, lengths, and checksum (ICMPv6 with pseudo-header). Returns FAULT_TYPE for another IGMP
 * or MLD message, FAULT_ADDRESS for a Query that names a group or sources, FAULT_VERSION for a
 * Query of IGMPv1, IGMPv2 (8 bytes) or MLDv1 (24 bytes). */
enum fault membership_decode_query(const struct ip_datagram *ip, struct membership_query *query);

/* RFC 3376 section 4.2.12, RFC 3810 section 5.2.12 */
enum membership_record_type {
	MEMBERSHIP_IS_IN = 1,
	MEMBERSHIP_IS_EX = 2,
	MEMBERSHIP_TO_IN = 3,
	MEMBERSHIP_TO_EX = 4,
	MEMBERSHIP_ALLOW = 5,
	MEMBERSHIP_BLOCK = 6
};

enum membership_kind {
	MEMBERSHIP_QUERY,
	MEMBERSHIP_REPORT,
	MEMBERSHIP_OLD_QUERY,  /* of IGMPv1, IGMPv2 or MLDv1 */
	MEMBERSHIP_OLD_REPORT, /* report, Leave or Done of those versions */
	MEMBERSHIP_OTHER       /* ignored silently (RFC 3376 section 4) */
};

struct membership_message {
	enum membership_kind kind;
	struct addr group; /* of all kinds but MEMBERSHIP_REPORT; unspecified in a General Query */
	/* Of a Query: */
	struct membership_query query;
	bool suppress;         /* S flag: routers do not lower their timers */
	struct cursor sources; /* empty, or those of a Group-and-Source-Specific Query */
	/* Of a report. All records have been checked. */
	struct cursor records;
};

struct membership_record {
	uint8_t type; /* enum membership_record_type; an unknown type is skipped */
	struct addr group;
	struct cursor sources;
};

/* Decodes any message on a LAN: protocol, checksum, whole structure. Returns FAULT_OFF_LINK if TTL
 * or hop limit is not 1 (RFC 3376 section 4, RFC 3810 section 5); FAULT_ADDRESS for MLD that is not
 * from a link-local address, except reports from ::, and for an IGMP Query from an address that no
 * router can have; FAULT_DESTINATION for a General Query that is not sent to all hosts, or another
 * Query that is not sent to its group. The result points into the datagram. */
enum fault membership_decode(const struct ip_datagram *ip, struct membership_message *message);
/* Reads the next record of a report; returns false after the last. */
bool membership_next_record(struct cursor *records, int family, struct membership_record *record);
/* Reads the next address of `sources`; returns false after the last. */
bool membership_next_source(struct cursor *sources, int family, struct addr *source);
