/* SPDX-License-Identifier: BSD-2-Clause */
/* The router's side of IGMPv3 or MLDv2 on one interface: asks hosts, or leaves that to a querier
 * with a lower address, and tells which (S,G) they want (RFC 3376 section 6, RFC 3810 section 7, as
 * RFC 4604 has them for SSM).
 *
 *             General Query from a lower address
 *      Querier ------------------------------------> Non-Querier, adopts the other's values
 *         ^  <--- Other Querier Present Interval ---     (the same again: restarts the interval)
 *
 * What an election's winner claims holds within bounds only: one forged Query shall neither silence
 * us for days, nor end what hosts want before they were asked again.
 *
 * For each (S,G) there is a source timer and nothing else: filter mode is INCLUDE always, for all
 * groups. A host that names no source gets nothing, and is counted. Who is no querier keeps the
 * same state from the same reports.
 *
 * Left out: EXCLUDE mode, hence group timers and Group-Specific Queries; Queries of old versions.
 */
#pragma once

#include "base/bucket.h"
#include "base/timers.h"
#include "membership/packets.h"

#include <uthash.h>

/* Query Response Interval (RFC 3376 section 8.3) and Last Member Query Interval (8.8). */
#define MEMBERSHIP_RESPONSE_INTERVAL    (10 * USEC_PER_SEC)
#define MEMBERSHIP_LAST_MEMBER_INTERVAL (1 * USEC_PER_SEC)

/* Another querier's Other Querier Present Interval lasts no longer, however long it may claim to be
 * away; and memberships by its values last so long at least, and at most. */
#define MEMBERSHIP_OTHER_PRESENT_MAX  (600 * USEC_PER_SEC)
#define MEMBERSHIP_OTHER_INTERVAL_MIN (60 * USEC_PER_SEC)
#define MEMBERSHIP_OTHER_INTERVAL_MAX (660 * USEC_PER_SEC)

/* Sources of one group: a record may make us look at all of them. */
#define MEMBERSHIP_SOURCES_MAX 256

/* Group-and-Source-Specific Queries a second that leaves may cause at once, a tenth of them in one
 * moment; those beyond come after the Last Member Query Interval. */
#define MEMBERSHIP_QUERY_RATE 1000

struct membership_querier;

struct membership_group {
	struct addr address;
	struct membership_source *sources;
	unsigned source_count;
	struct timer retransmission; /* of Queries for the sources that have some left */
	struct membership_querier *querier;
	UT_hash_handle hh;
};

struct membership_source {
	struct sg sg;
	struct timer expiry;   /* the source timer */
	unsigned queries_left; /* retransmission state */
	uint64_t record;       /* number of the latest record that wanted it */
	struct membership_group *group;
	struct membership_source *prev, *next; /* of the group */
	UT_hash_handle hh;
};

struct membership_querier_actions {
	/* Sends a datagram, with its IP header, on the interface. */
	void (*send)(void *context, const struct addr *destination, const uint8_t *datagram,
		     size_t length);
	/* The first host wants (S,G); false where it cannot be had. The last one has left it. */
	bool (*joined)(void *context, const struct sg *sg);
	void (*left)(void *context, const struct sg *sg);
};

struct membership_counters {
	uint64_t queries_sent, queries_received, reports_received;
	uint64_t queries_delayed; /* leaves beyond MEMBERSHIP_QUERY_RATE */
	uint64_t old_queries;     /* of IGMPv1, IGMPv2 or MLDv1: hosts then name no sources */
	uint64_t no_source;   /* records of EXCLUDE mode in the SSM range (RFC 4604 section 3.1) */
	uint64_t old_reports; /* likewise in old reports, Leaves and Dones (sections 3.5, 3.7) */
	uint64_t skipped;     /* other wishes that are for no (S,G) that may be forwarded */
};

struct membership_settings {
	unsigned robustness;           /* Robustness Variable, 1 to 7 */
	unsigned query_interval;       /* seconds */
	unsigned limit;                /* (S,G) on this interface */
	bool require_router_alert;     /* of Queries and reports of IGMPv3 and MLDv2 */
	const struct prefixes *groups; /* that are served */
};

struct membership_querier {
	const char *name; /* of the interface, for the log */
	struct timers *timers;
	const struct membership_querier_actions *actions;
	void *context;
	struct addr address;            /* source of what we send; IPv6: the link-local one */
	const struct prefixes *subnets; /* of the interface; the caller's */
	struct membership_settings settings;
	struct addr other;                   /* who is querier; of no family where it is us */
	unsigned robustness, query_interval; /* in use: ours, or the other querier's */
	unsigned startup_left;               /* General Queries at the shorter interval */
	struct timer general, other_present;
	struct membership_source *sources; /* by (S,G) */
	struct membership_group *groups;   /* by address; none without sources */
	uint64_t record;                   /* number of the record that is being applied */
	struct bucket specific;            /* Queries of leaves */
	struct membership_counters counters;
};

/* Fill name, timers, actions, context, address and settings in before. Asks at once. */
void membership_querier_start(struct membership_querier *querier);
/* The interface has another address: asks from there at once, as at the start, until the election
 * says otherwise. Hosts' memberships stay. */
void membership_querier_readdress(struct membership_querier *querier, const struct addr *address);
/* Forgets all, without a call of `left`. */
void membership_querier_stop(struct membership_querier *querier);
/* An IGMP or MLD packet that was seen on the interface. Returns why it was refused, and does
 * nothing then: FAULT_SENDER where it is of no subnet of the interface; FAULT_LIMIT where a part of
 * it did not fit the limits. */
enum fault membership_querier_receive(struct membership_querier *querier,
				      const struct ip_datagram *ip);
/* State that an earlier daemon had: as a report would make it, without a call of `joined`. False
 * where it is there already, or does not fit. */
bool membership_querier_adopt(struct membership_querier *querier, const struct sg *sg);
/* Ends the latest membership, for others to have room: there is one. */
void membership_querier_yield(struct membership_querier *querier);
/* What hosts want of (S,G); NULL where that is nothing. */
struct membership_source *membership_querier_find(const struct membership_querier *querier,
						  const struct sg *sg);
unsigned membership_querier_count(const struct membership_querier *querier);
