/* SPDX-License-Identifier: BSD-2-Clause */
/* One lookup of the relays of a source (DRIAD, RFC 8777 section 3), by all ways that are in use at
 * the same time. The ways are those of section 3.1, in its order:
 *
 *   configured   rules of the operator, for the longest prefix that holds the source
 *   dns-sd       PTR of _amt._udp in the local domain, then SRV (RFC 6763)
 *   anycast      the discovery addresses of RFC 7450 section 7.1
 *   source       AMTRELAY of the source's reverse name
 *
 *   start --> questions --> records --> candidates of each way --> order --> done
 *                 ^            |
 *                 '-- names ---'   relays given by name are looked up by A and AAAA
 *
 * The result lists the relays in the order of the ways that the operator prefers, then by
 * precedence (DNS-SD: priority of the SRV), then at random (SRV: by weight), the address families
 * by turns (RFC 8305 section 4). Once there is a candidate, answers that take longer than
 * DRIAD_GRACE are not waited for. Names in a source's own zone are looked up by turns
 * (base/pace.h), since its owner may name whatever he likes.
 *
 *   ways.h, relay.h             ways, rules, relays
 *   rdata.h, service.h, name.h  records and names on the wire (RFC 8777 section 4, RFC 2782)
 *   questions.h, records.h      what is asked, and what the records of an answer add
 *   order.h                     the order of the relays of one way
 *   lookup.h                    one lookup
 *   sources.h                   all sources: who uses one, how long its answer holds
 *
 * Left out: domains of DNS-SD other than the configured one; sending queries and DNSSEC validation,
 * which are the resolver's (user/io). */
#pragma once

#include "base/dns.h"
#include "base/pace.h"
#include "driad/relay.h"

#define DRIAD_NAMES_MAX 4 /* relay names of each way that are looked up */
/* How long outstanding answers are waited for once there is a relay (as in RFC 8305 section 3). */
#define DRIAD_GRACE (1 * USEC_PER_SEC)

/* AMTRELAY and PTR, the SRVs, and two questions for each name of the three ways that have names. */
#define DRIAD_QUESTIONS_MAX (2 + DRIAD_NAMES_MAX + 3 * 2 * DRIAD_NAMES_MAX)

struct driad_lookup;

struct driad_question {
	struct driad_lookup *lookup;
	void *query; /* the asker's; NULL once answered */
	unsigned type;
	usec_t asked;
	struct driad_relay
		like; /* what relays in the answer inherit from the record that led here */
	char name[DNS_NAME_TEXT];
};

/* The name of a relay that waits for its turn. */
struct driad_name {
	struct driad_lookup *lookup;
	struct pace_entry turn;
	struct driad_relay like;
	char name[DNS_NAME_TEXT];
	struct driad_name *prev, *next;
};

struct driad_actions {
	/* Sends the question. The answer goes to driad_answer(), never within this call. */
	void *(*ask)(struct driad_question *question);
	void (*cancel)(void *query);
	/* A question was answered; may be NULL. */
	void (*answered)(const struct driad_question *question, const struct dns_answer *answer);
	/* A record was rejected. */
	void (*refused)(struct driad_lookup *lookup, enum fault fault);
	/* The lookup has relays in the order to be tried, or none and a reason. It may be freed in
	 * the call, which comes within driad_start() if no question is needed. */
	void (*done)(struct driad_lookup *lookup);
};

struct driad_lookup {
	struct timers *timers;
	const struct driad_actions *actions;
	const struct driad_options *options;
	void *context; /* the owner's */
	/* The turns of names in the source's own zone; NULL: they are asked at once. */
	struct pace *pace;
	struct addr source;
	bool patient; /* waits for all answers, however late */
	struct driad_relay relays[DRIAD_RELAYS_MAX];
	unsigned relay_count;
	const char *reason;       /* why there are no relays; NULL if there are some */
	enum driad_way reason_of; /* the way that has given the reason */
	char *detail;             /* what DNS adds to the reason, or NULL; freed by driad_stop() */
	struct driad_relay candidates[DRIAD_WAYS][DRIAD_RELAYS_MAX];
	unsigned candidate_counts[DRIAD_WAYS], name_counts[DRIAD_WAYS];
	unsigned instance_count; /* of DNS-SD */
	unsigned pending;        /* questions without an answer, and names that wait */
	struct driad_name *names;
	struct timer grace;
	struct driad_question *questions[DRIAD_QUESTIONS_MAX];
	unsigned question_count;
};

/* Begins the lookup. The caller has filled in timers, actions, options, context, pace, source and
 * patient. */
void driad_start(struct driad_lookup *lookup);
/* Takes the answer to a question; `answer` is needed for the call only. */
void driad_answer(struct driad_question *question, const struct dns_answer *answer);
/* Why the answer leads to no relay; NULL if it may lead to one. */
const char *driad_answer_fault(const struct driad_question *question,
			       const struct dns_answer *answer);
/* Cancels what is under way and frees what the lookup holds, but not the lookup. */
void driad_stop(struct driad_lookup *lookup);

/* For the other files of this folder: */

/* Counts a fault; returns whether there is one. */
bool driad_reject(struct driad_lookup *lookup, enum fault fault);
/* Notes why there is no relay. The reason of the last way counts: that of the source's own record
 * explains most. `detail` is text that is copied, or NULL. */
void driad_explain(struct driad_lookup *lookup, enum driad_way way, const char *reason,
		   const char *detail);
