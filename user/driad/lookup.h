/* SPDX-License-Identifier: BSD-2-Clause */
/* One discovery of the relays of a source (DRIAD, RFC 8777 section 3), by all ways that are in use
 * at once: what is configured; DNS-SD, PTR to SRV; the anycast addresses; AMTRELAY of the source's
 * reverse name. Relays that are named are looked up by A and AAAA.
 *
 * They come in the order of the ways, then by precedence (of DNS-SD: SRV's priority), then at
 * random (by SRV's weights), the address families by turns (RFC 8305 section 4).
 *
 * Left out: domains of DNS-SD other than the one that is configured. */
#pragma once

#include "base/dns.h"
#include "base/pace.h"
#include "driad/ways.h"

#define DRIAD_RELAYS_MAX 16 /* relays of one source that are kept */
#define DRIAD_NAMES_MAX  4  /* relays given by name that are looked up, of each way */
/* How long what is still asked may take, once there is a relay (as RFC 8305 section 3 has it). */
#define DRIAD_GRACE (1 * USEC_PER_SEC)

/* AMTRELAY and PTR, SRV, and twice the names of the ways that have some. */
#define DRIAD_QUESTIONS_MAX (2 + DRIAD_NAMES_MAX + 3 * 2 * DRIAD_NAMES_MAX)

struct driad_lookup;

struct driad_relay {
	struct addr address;
	enum driad_way way;
	uint16_t precedence;
	uint16_t weight;         /* of the SRV record */
	uint8_t service;         /* number of that in the lookup, from 1; 0: of none */
	bool discovery_optional; /* D: no Discovery needed */
};

struct driad_question {
	struct driad_lookup *lookup;
	void *query; /* the asker's; NULL when answered */
	unsigned type;
	usec_t asked;
	struct driad_relay like; /* what the relays have from the record that named it */
	char name[DNS_NAME_TEXT];
};

/* A relay's name that waits for its turn to be asked for. */
struct driad_name {
	struct driad_lookup *lookup;
	struct pace_entry turn;
	struct driad_relay like;
	char name[DNS_NAME_TEXT];
	struct driad_name *prev, *next;
};

struct driad_actions {
	/* Asks; the answer goes to driad_answer(), always after the call. */
	void *(*ask)(struct driad_question *question);
	void (*cancel)(void *query);
	/* A question was answered; may be NULL. */
	void (*answered)(const struct driad_question *question, const struct dns_answer *answer);
	void (*refused)(struct driad_lookup *lookup, enum fault fault);
	/* Relays in the order to be tried, or none and a reason. The lookup may be freed. Comes
	 * within driad_start() where nothing is to be asked. */
	void (*done)(struct driad_lookup *lookup);
};

struct driad_lookup {
	struct timers *timers;
	const struct driad_actions *actions;
	const struct driad_options *options;
	void *context; /* the owner's */
	/* By whose turns names are asked for that the source's zone has given; NULL: at once */
	struct pace *pace;
	struct addr source;
	bool patient; /* waits for all answers, however late */
	struct driad_relay relays[DRIAD_RELAYS_MAX];
	unsigned relay_count;
	const char *reason; /* why there are none; NULL where there are some */
	enum driad_way reason_of;
	struct driad_relay candidates[DRIAD_WAYS][DRIAD_RELAYS_MAX];
	unsigned candidate_counts[DRIAD_WAYS], name_counts[DRIAD_WAYS];
	unsigned instance_count; /* of DNS-SD */
	unsigned pending;        /* questions, and names that wait */
	struct driad_name *names;
	struct timer grace;
	struct driad_question *questions[DRIAD_QUESTIONS_MAX];
	unsigned question_count;
};

/* Fill timers, actions, options, context and source in before. */
void driad_start(struct driad_lookup *lookup);
void driad_answer(struct driad_question *question, const struct dns_answer *answer);
/* Cancels what is under way and frees what the lookup holds (not the lookup). */
void driad_stop(struct driad_lookup *lookup);
