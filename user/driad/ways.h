/* SPDX-License-Identifier: BSD-2-Clause */
/* The ways to find the relays of a source, in the order of RFC 8777 section 3.1, and what the
 * operator has configured for them. */
#pragma once

#include "driad/rdata.h"

enum driad_way {
	DRIAD_CONFIGURED,
	DRIAD_DNS_SD,  /* of the local domain */
	DRIAD_ANYCAST, /* the discovery addresses of RFC 7450 section 7.1 */
	DRIAD_SOURCE,  /* the AMTRELAY records of the source */
	DRIAD_WAYS
};

const char *driad_way_name(enum driad_way way);

/* AMTRELAY data for the sources in a prefix. */
struct driad_rule {
	struct prefix sources;
	struct amtrelay record;
};

struct driad_options {
	enum driad_way ways[DRIAD_WAYS]; /* the ways in use, in order of preference */
	unsigned way_count;
	char *domain; /* for DNS-SD; NULL means none */
	struct driad_rule *rules;
	unsigned rule_count;
	unsigned renew;      /* a source in use is not looked up again before so many seconds */
	bool require_dnssec; /* only validated answers count */
};

/* Iterates over the rules with the longest prefix that holds the source, beginning with *at = 0.
 * Returns NULL after the last one. */
const struct driad_rule *driad_next_rule(const struct driad_options *options,
					 const struct addr *source, unsigned *at);
