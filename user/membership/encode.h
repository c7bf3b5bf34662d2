/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes IGMPv3 and MLDv2 messages as whole IP datagrams with Router Alert: reports for AMT
 * Updates, and the Queries of a querier on a LAN. */
#pragma once

#include "membership/packets.h"

/* A report that is being written into the caller's memory. */
struct membership_report {
	int family;
	struct writer w;
	unsigned records;
	struct addr group; /* of the last record */
	uint8_t type;      /* of the last record */
	size_t record;     /* offset of the last record */
	unsigned sources;  /* in the last record */
};

/* Begins a report, a datagram of at most `size` bytes from the unspecified address (0.0.0.0, ::) to
 * 224.0.0.22 or ff02::16. */
void membership_report_begin(struct membership_report *report, int family, void *bytes,
			     size_t size);
/* Adds one (S,G). Consecutive ones of the same type and group share a record. Returns false, and
 * changes nothing, if there is no room: end this report and begin another. */
bool membership_report_add(struct membership_report *report, enum membership_record_type type,
			   const struct sg *sg);
/* Fills in lengths and checksums. Returns the datagram's length, or 0 if nothing was added. */
size_t membership_report_end(struct membership_report *report);

/* Bytes of a Query that we write. Every link can carry so many. */
#define MEMBERSHIP_QUERY_MAX 1280

/* The content of a Query that we send. */
struct membership_question {
	struct addr from;  /* the interface's address; IPv6: its link-local address */
	struct addr group; /* unspecified in a General Query */
	bool suppress;     /* S flag */
	unsigned max_response_ms;
	unsigned robustness;     /* 1 to 7 */
	unsigned query_interval; /* seconds */
};

/* The group; for a General Query 224.0.0.1 or ff02::1. */
struct addr membership_query_destination(const struct membership_question *question);
/* Begins a Query in the caller's memory. A time that its field cannot hold exactly is rounded down
 * (RFC 3376 section 8.8). */
void membership_query_begin(struct writer *w, const struct membership_question *question,
			    void *bytes, size_t size);
/* Adds a source. Returns false, and changes nothing, if there is no room: end this Query and begin
 * another. */
bool membership_query_add(struct writer *w, const struct addr *source);
/* Fills in number of sources, lengths and checksums. Returns the datagram's length. */
size_t membership_query_end(struct writer *w, const struct membership_question *question);
