/* SPDX-License-Identifier: BSD-2-Clause */
/* One discovery of the relays of a source by DNS (DRIAD, RFC 8777 section 3.4): AMTRELAY of the
 * source's reverse name, then A and AAAA of the relays that are named, all at once.
 *
 * Left out: the other ways of section 3.1 and Happy Eyeballs. */
#pragma once

#include "base/dns.h"
#include "base/timers.h"
#include "driad/rdata.h"

#define DRIAD_RELAYS_MAX 16 /* relays of one source that are kept */
#define DRIAD_NAMES_MAX  4  /* relays given by name that are looked up */

struct driad_lookup;

struct driad_relay {
	struct addr address;
	uint8_t precedence;
	bool discovery_optional; /* D: no Discovery needed */
};

struct driad_question {
	struct driad_lookup *lookup;
	void *query; /* the asker's; NULL when answered */
	unsigned type;
	usec_t asked;
	uint8_t precedence; /* of the record that named it */
	bool discovery_optional;
	char name[DNS_NAME_TEXT];
};

struct driad_actions {
	/* Asks; the answer goes to driad_answer(), always after the call. */
	void *(*ask)(struct driad_question *question);
	void (*cancel)(void *query);
	/* A question was answered; may be NULL. */
	void (*answered)(const struct driad_question *question, const struct dns_answer *answer);
	void (*refused)(struct driad_lookup *lookup, enum fault fault);
	/* Relays in the order to be tried, or none and a reason. The lookup may be freed. */
	void (*done)(struct driad_lookup *lookup);
};

struct driad_lookup {
	struct timers *timers;
	const struct driad_actions *actions;
	void *context; /* the owner's */
	struct addr source;
	struct driad_relay relays[DRIAD_RELAYS_MAX];
	unsigned relay_count;
	const char *reason; /* why there are none; NULL where there are some */
	unsigned pending;
	struct driad_question *questions[1 + 2 * DRIAD_NAMES_MAX];
	unsigned question_count;
};

/* Fill timers, actions, context and source in before. */
void driad_start(struct driad_lookup *lookup);
void driad_answer(struct driad_question *question, const struct dns_answer *answer);
/* Cancels what is under way and frees what the lookup holds (not the lookup). */
void driad_stop(struct driad_lookup *lookup);
