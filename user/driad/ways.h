/* SPDX-License-Identifier: BSD-2-Clause */
/* The ways by which a source's relays are found, in the order of RFC 8777 section 3.1, and what the
 * operator says of them. */
#pragma once

#include "driad/rdata.h"

enum driad_way {
	DRIAD_CONFIGURED,
	DRIAD_DNS_SD,  /* of the local domain */
	DRIAD_ANYCAST, /* the discovery addresses of RFC 7450 section 7.1 */
	DRIAD_SOURCE,  /* its own AMTRELAY record */
	DRIAD_WAYS
};

const char *driad_way_name(enum driad_way way);

/* AMTRELAY data for the sources of a prefix. */
struct driad_rule {
	struct prefix sources;
	struct amtrelay record;
};

#define DRIAD_RULES_MAX 256

struct driad_options {
	enum driad_way ways[DRIAD_WAYS]; /* those that are used, the most preferred first */
	unsigned way_count;
	char *domain; /* for DNS-SD; NULL: none */
	struct driad_rule *rules;
	unsigned rule_count;
	unsigned renew; /* seconds, at least, that a source's users have its relays before it is
			 * looked up again */
	bool require_dnssec; /* what DNS says counts only where it is validated */
};

/* The next rule, from `*at` on, of those with the longest prefix that holds the source; NULL behind
 * the last. Begin with *at = 0. */
const struct driad_rule *driad_next_rule(const struct driad_options *options,
					 const struct addr *source, unsigned *at);
