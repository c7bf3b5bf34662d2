/* SPDX-License-Identifier: BSD-2-Clause */
/* IGMPv3 (RFC 3376) and MLDv2 (RFC 3810) messages, as whole IP datagrams: what travels inside AMT
 * Queries and Updates, and what hosts and queriers of a LAN say to each other. */
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
			      MEMBERSHIP_IS_EX = 2,
			      MEMBERSHIP_TO_IN = 3,
			      MEMBERSHIP_TO_EX = 4,
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

/* On a LAN */

#define MEMBERSHIP_IGMP   2  /* IP protocols */
#define MEMBERSHIP_ICMPV6 58 /* MLD is a part of it */

#define MEMBERSHIP_QUERY_MAX 1280 /* bytes of a Query that we write: every link takes so many */

enum membership_kind {
	MEMBERSHIP_QUERY,
	MEMBERSHIP_REPORT,
	MEMBERSHIP_OLD_QUERY,  /* of IGMPv1, IGMPv2 or MLDv1 */
	MEMBERSHIP_OLD_REPORT, /* likewise; or a Leave or Done */
	MEMBERSHIP_OTHER       /* to be ignored in silence (RFC 3376 section 4) */
};

struct membership_message {
	enum membership_kind kind;
	struct addr group; /* of all but reports; unspecified in a General Query */
	/* Of a Query: */
	struct membership_query query;
	bool suppress;         /* S flag: routers are to leave their timers alone */
	struct cursor sources; /* none, or those of a Group-and-Source-Specific Query */
	/* Of a report; the whole of it was checked before. */
	struct cursor records;
};

struct membership_record {
	uint8_t type; /* enum membership_record_type, or unknown: to be passed over */
	struct addr group;
	struct cursor sources;
};

/* 224.0.0.22, ff02::16: where reports go. */
struct addr membership_all_routers(int family);

/* Decodes any message of a LAN: protocol, checksum, whole structure. FAULT_OFF_LINK: TTL or hop
 * limit is not 1 (RFC 3376 section 4, RFC 3810 section 5); FAULT_ADDRESS: MLD that is not from a
 * link-local address (but for reports from ::, which hosts send early), an IGMP Query from what can
 * be no router's; FAULT_DESTINATION: a General Query that is not to all hosts, another that is not
 * to its group. The result points into the datagram. */
enum fault membership_decode(const struct ip_datagram *ip, struct membership_message *message);
/* The next record of a report, the next address of `sources`; false after the last. */
bool membership_next_record(struct cursor *records, int family, struct membership_record *record);
bool membership_next_source(struct cursor *sources, int family, struct addr *source);

/* What a Query that we send says. */
struct membership_question {
	struct addr from;  /* the interface's own, or link-local, address */
	struct addr group; /* unspecified in a General Query */
	bool suppress;
	unsigned max_response_ms;
	unsigned robustness;     /* 1 to 7 */
	unsigned query_interval; /* seconds */
};

/* Its group; of a General Query 224.0.0.1 or ff02::1. */
struct addr membership_query_destination(const struct membership_question *question);
/* Begins a Query. Times that their field cannot hold exactly become the next shorter one (RFC 3376
 * section 8.8). */
void membership_query_begin(struct writer *w, const struct membership_question *question,
			    void *bytes, size_t size);
/* False, and nothing changed, where there is no room: end this Query and begin another. */
bool membership_query_add(struct writer *w, const struct addr *source);
/* Fills number of sources, lengths and checksums in. Returns the datagram's length. */
size_t membership_query_end(struct writer *w, const struct membership_question *question);
