/* SPDX-License-Identifier: BSD-2-Clause */
/* The state of IGMPv3 or MLDv2 on one interface, which the files of this folder share, and the
 * times that follow from it (RFC 3376 section 8, RFC 3810 section 9). */
#pragma once

#include "base/bucket.h"
#include "base/timers.h"
#include "membership/packets.h"

#include <uthash.h>

/* Query Response Interval (RFC 3376 section 8.3) and Last Member Query Interval (8.8). */
#define MEMBERSHIP_RESPONSE_INTERVAL    (10 * USEC_PER_SEC)
#define MEMBERSHIP_LAST_MEMBER_INTERVAL (1 * USEC_PER_SEC)

/* Bounds for what another querier claims: our Other Querier Present Interval lasts no longer than
 * the first, and memberships last between the other two. */
#define MEMBERSHIP_OTHER_PRESENT_MAX  (600 * USEC_PER_SEC)
#define MEMBERSHIP_OTHER_INTERVAL_MIN (60 * USEC_PER_SEC)
#define MEMBERSHIP_OTHER_INTERVAL_MAX (660 * USEC_PER_SEC)

/* The Query Interval, in seconds, that a querier announces which is about to be silent: with it,
 * the Other Querier Present Interval of the others is over in seconds. */
#define MEMBERSHIP_FAREWELL_INTERVAL 1

/* Sources of one group. A single record may make us look at all of them. */
#define MEMBERSHIP_SOURCES_MAX 256

/* Leaves that cause a Group-and-Source-Specific Query at once, per second; a tenth of them may come
 * in one moment. Leaves beyond wait for the Last Member Query Interval. */
#define MEMBERSHIP_QUERY_RATE 1000

struct membership_querier;

struct membership_group {
	struct addr address;
	struct membership_source *sources;
	unsigned source_count;
	struct timer retransmission; /* of Queries for sources with queries_left */
	struct membership_querier *querier;
	UT_hash_handle hh;
};

struct membership_source {
	struct sg sg;
	struct timer expiry;   /* the source timer */
	unsigned queries_left; /* Queries that must still name the source */
	uint64_t record;       /* number of the latest record that included the source */
	struct membership_group *group;
	struct membership_source *prev, *next; /* in the group's list */
	UT_hash_handle hh;
};

struct membership_querier_actions {
	/* Sends a datagram, IP header included, on the interface. */
	void (*send)(void *context, const struct addr *destination, const uint8_t *datagram,
		     size_t length);
	/* A first host wants (S,G). Returns false if the channel cannot be had. */
	bool (*joined)(void *context, const struct sg *sg);
	/* No host wants (S,G) any more. */
	void (*left)(void *context, const struct sg *sg);
};

struct membership_counters {
	uint64_t queries_sent, queries_received, reports_received;
	uint64_t queries_delayed; /* leaves beyond MEMBERSHIP_QUERY_RATE */
	uint64_t old_queries;     /* of IGMPv1, IGMPv2 or MLDv1 */
	uint64_t no_source;       /* EXCLUDE records of an SSM group (RFC 4604 section 3.1) */
	uint64_t old_reports;     /* old reports, Leaves, Dones for an SSM group (3.5, 3.7) */
	uint64_t skipped;         /* other records that name no (S,G) that may be forwarded */
};

struct membership_settings {
	unsigned robustness;           /* Robustness Variable, 1 to 7 */
	unsigned query_interval;       /* seconds */
	unsigned limit;                /* (S,G)s on this interface */
	bool require_router_alert;     /* in IGMPv3 and MLDv2 messages */
	const struct prefixes *groups; /* the groups that are served */
};

struct membership_querier {
	const char *name; /* of the interface, for the log */
	struct timers *timers;
	const struct membership_querier_actions *actions;
	void *context;
	struct addr address;            /* source of our Queries; IPv6: the link-local address */
	const struct prefixes *subnets; /* of the interface; the caller's */
	struct membership_settings settings;
	struct addr other;                   /* the querier; AF_UNSPEC if we are the querier */
	unsigned robustness, query_interval; /* the values of whoever is querier */
	unsigned startup_left;               /* General Queries left at the startup interval */
	bool draining;                       /* another router shall be querier */
	bool resigned;          /* we have stopped asking, and nobody has taken over yet */
	unsigned farewell_left; /* General Queries left that say so */
	struct timer general, other_present;
	struct membership_source *sources; /* hash by (S,G) */
	struct membership_group *groups;   /* hash by address; a group has at least one source */
	uint64_t record;                   /* number of the record that is being applied */
	struct bucket specific;            /* rate of Group-and-Source-Specific Queries */
	struct membership_counters counters;
};

/* "igmp" or "mld", for the log. */
const char *membership_protocol(const struct membership_querier *querier);
/* Whether we are the querier of the interface. */
bool membership_is_querier(const struct membership_querier *querier);

/* Query Interval of whoever is querier. */
usec_t membership_query_interval(const struct membership_querier *querier);
/* Group Membership Interval (RFC 3376 section 8.4), Multicast Address Listening Interval (RFC 3810
 * section 9.4). */
usec_t membership_interval(const struct membership_querier *querier);
/* Other Querier Present Interval (RFC 3376 section 8.5). */
usec_t membership_other_present_interval(const struct membership_querier *querier);
/* Last Member Query Time (RFC 3376 section 8.10). */
usec_t membership_last_member_query_time(const struct membership_querier *querier);
