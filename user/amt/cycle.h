/* SPDX-License-Identifier: BSD-2-Clause */
/* The state of a gateway, and its Request cycles (RFC 7450 section 5.2.3.5): when a Request goes
 * out, how often it is repeated, and when the relay is given up. For the files of the gateway. */
#pragma once

#include "amt/p_flag.h"
#include "amt/packets.h"
#include "base/timers.h"

#include <uthash.h>

/* UDP payload that fits an IPv6 path of 1500 bytes, with room for a tunnel on the way. */
#define AMT_DATAGRAM_MAX 1420

enum amt_cycle_state { AMT_IDLE, AMT_REQUESTING, AMT_ACTIVE, AMT_REFRESHING };

const char *amt_cycle_state_name(enum amt_cycle_state state);

#define AMT_FRESH 2 /* index in `changed` of a cycle */

struct amt_gateway;

struct amt_gateway_actions {
	/* Sends a UDP payload to the relay. */
	void (*send)(struct amt_gateway *gateway, const uint8_t *bytes, size_t length);
	/* The largest payload that the path to the relay takes in one datagram, in bytes, as far
	 * as is known now. */
	size_t (*payload_max)(struct amt_gateway *gateway);
	/* The first Query of the family's cycle has come. All (S,G)s that are wanted by the end of
	 * the call are reported after it. */
	void (*established)(struct amt_gateway *gateway, int family);
	/* A report is about to name this (S,G) for the first time: packets may come after it.
	 * `owner` as given to amt_gateway_want(). The gateway must not be changed in the call. */
	void (*up)(struct amt_gateway *gateway, void *owner);
	/* The report has been sent. The gateway must not be changed in the call. */
	void (*reported)(struct amt_gateway *gateway, void *owner);
	/* A Query of a relay that serves us has the L flag (channels should move to another relay),
	 * or no longer has it. The gateway must not be changed in the call. */
	void (*full)(struct amt_gateway *gateway, bool full);
	/* The relay no longer serves the (S,G)s of the family, or never did. The cycle is idle
	 * again; the gateway may be freed in the call. */
	void (*failed)(struct amt_gateway *gateway, int family, const char *reason);
};

/* An (S,G) that the relay is told of. */
struct amt_subscription {
	struct sg sg;
	void *owner;                          /* NULL once the (S,G) is no longer wanted */
	unsigned repeats;                     /* ALLOW or BLOCK reports still to be sent */
	uint8_t list;                         /* index in `changed` of the cycle, if repeats */
	bool relay_knows;                     /* a report has named it */
	bool owner_told;                      /* by up() and reported() */
	struct amt_subscription *prev, *next; /* in that list */
	UT_hash_handle hh;
};

/* The cycle of one address family: IGMP or MLD. */
struct amt_cycle {
	struct amt_gateway *gateway;
	int family;
	enum amt_cycle_state state;
	struct timer request;    /* the next Request: a repetition, or at the query interval */
	struct timer fresh;      /* the next report of new changes, or part of it */
	struct timer change;     /* the next repetition of changes, or part of it */
	struct timer state_part; /* the next part of the report of the current state */
	usec_t begun, asked;     /* when the first Request of this row went out, and the last */
	usec_t answered;         /* when the last Query was accepted */
	unsigned transmissions;  /* of the Request under way */
	bool probing;            /* this Request is a probe: is the relay alive? */
	bool unreachable;        /* the next Request is due to ICMP */
	bool has_ticket;
	struct amt_ticket ticket;
	unsigned robustness, query_interval; /* QRV; seconds */
	unsigned wanted;                     /* subscriptions with an owner */
	unsigned connections;                /* calls of amt_gateway_connect() */
	struct amt_subscription *by_sg;
	usec_t next_part;              /* no part of a large report before this time */
	usec_t next_fresh;             /* the same, of new changes */
	struct amt_subscription *rest; /* what the report of the current state has not named yet */
	/* Subscriptions with repeats: those of the present or next repetition, those of the one
	 * after it; and AMT_FRESH, changes that no report has named yet, which wait for neither. */
	struct amt_subscription *changed[3];
	unsigned list; /* index of the present repetition, 0 or 1 */
};

struct amt_gateway {
	struct timers *timers;
	const struct amt_gateway_actions *actions;
	uint32_t nonce; /* of the last Requests, for both families */
	struct amt_p_flag p_flag;
	bool periodic;         /* the relay sends Queries by a period of its own, see AMT_LATE */
	bool full;             /* the last Query had the L flag */
	bool refusing;         /* the gateway has failed because the relay takes no Updates */
	bool patient;          /* repeats the first Request until a Query comes, without end */
	usec_t probed;         /* when the last probe began */
	usec_t data;           /* when the relay was last seen to send data */
	unsigned unreachables; /* Queries in a row whose Updates ICMP answered */
	usec_t round_trip, round_trip_variation; /* smoothed; 0 if not measured yet */
	struct amt_cycle igmp, mld;
};

struct amt_cycle *amt_cycle_of(struct amt_gateway *gateway, int family);
void amt_cycle_init(struct amt_gateway *gateway, struct amt_cycle *cycle, int family);

/* Whether a Query is expected now. */
bool amt_cycle_is_awaiting(const struct amt_cycle *cycle);
/* Whether anybody wants the cycle's Queries. */
bool amt_cycle_is_needed(const struct amt_cycle *cycle);

/* Begins a new Request. */
void amt_cycle_request(struct amt_cycle *cycle);
/* Repeats the Request under way. */
void amt_cycle_transmit(struct amt_cycle *cycle);
/* Forgets the ticket. The relay cannot be told of anything then, and forgets us by itself. */
void amt_cycle_go_idle(struct amt_cycle *cycle);
/* Goes idle, and calls failed(). */
void amt_cycle_fail(struct amt_cycle *cycle, const char *reason);
/* Sends a Teardown for the ticket. */
void amt_cycle_teardown(struct amt_cycle *cycle);
/* Takes a new sample of the round trip. */
void amt_cycle_note_round_trip(struct amt_gateway *gateway, usec_t sample);
/* Whether ICMP errors about the relay are enough to end the tunnel: AMT_TRANSMISSIONS in a row, and
 * no data for a while. */
bool amt_cycle_is_unreachable(const struct amt_gateway *gateway);
