/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports of IGMPv3 and MLDv2 from hosts with any address, and the Queries that they answer. */
#pragma once

#include "../ip.h"

enum record_type { IS_IN = 1, ALLOW = 5, BLOCK = 6 };

struct reports {
	int fd; /* packet socket of the interface */
	unsigned interface;
	struct address host; /* whose reports they are */
};

/* Opens the socket, by which data and Queries arrive as well. */
void reports_open(struct reports *reports);

/* A record of one source. `count` are sent in one report, up to RECORDS_MAX. */
#define RECORDS_MAX 32
struct record {
	enum record_type type;
	struct address source, group;
};
void reports_send(const struct reports *reports, const struct record *records, unsigned count);

/* Reads a Query, whose IP header is at `b`. Returns false if it is none. A General Query names no
 * group; a Group-and-Source-Specific one names `count` sources, at `sources`. */
struct query {
	struct address group;
	const uint8_t *sources;
	unsigned count;
};
bool reports_query(const uint8_t *b, size_t length, struct query *query);
