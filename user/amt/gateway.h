/* SPDX-License-Identifier: BSD-2-Clause */
/* The gateway's side of one tunnel: asks the relay for Queries and tells it what we want (RFC 7450
 * section 5.2.3). IGMP and MLD each have a cycle of their own in the same tunnel (section 4.2.1.2),
 * under one nonce:
 *
 *   Idle --first (S,G)--> Requesting --Query--> Active --query timer--> Refreshing --Query-->
 * Active
 *
 * Data flows, and Updates may be sent, in Active and in Refreshing. A cycle that nobody wants goes
 * back to Idle at its next query timer. */
#pragma once

#include "amt/p_flag.h"
#include "amt/packets.h"
#include "base/timers.h"

#include <uthash.h>

#define AMT_DATAGRAM_MAX                                                                           \
	1420 /* UDP payload that fits an IPv6 path of 1500 with room for a tunnel */
/* A Query that comes so long after the last Request answers none: some relays (freeRtr's) send one
 * in each period of theirs, with the nonce of the last Request, and none besides. */
#define AMT_LATE          (3 * USEC_PER_SEC)
#define AMT_PERIOD        (130 * USEC_PER_SEC) /* within which such a relay's Query comes */
#define AMT_CHANGE_REPEAT (1 * USEC_PER_SEC)   /* repeats of a change: random in (0, this] */

enum amt_cycle_state { AMT_IDLE, AMT_REQUESTING, AMT_ACTIVE, AMT_REFRESHING };

const char *amt_cycle_state_name(enum amt_cycle_state state);

struct amt_gateway;

struct amt_gateway_actions {
	void (*send)(struct amt_gateway *gateway, const uint8_t *bytes, size_t length);
	/* Bytes that the path to the relay takes in one datagram, as far as is known now. */
	size_t (*payload_max)(struct amt_gateway *gateway);
	/* The first Query of the family's cycle has come: it is ready for (S,G)s. Those that are
	 * wanted by the end of the call are reported after it. */
	void (*established)(struct amt_gateway *gateway, int family);
	/* A report is about to name this (S,G) first: after it packets may come. Then: it has been
	 * named. `owner` as given to want(). The gateway must not be changed in the calls. */
	void (*up)(struct amt_gateway *gateway, void *owner);
	void (*reported)(struct amt_gateway *gateway, void *owner);
	/* It has a ticket already, and the last Query has L, or has it no longer: channels are to
	 * go elsewhere. The gateway must not be changed in the call. */
	void (*full)(struct amt_gateway *gateway, bool full);
	/* The relay serves the family's (S,G) no longer, or never did. The cycle is idle again; the
	 * gateway may be freed in the call. */
	void (*failed)(struct amt_gateway *gateway, int family, const char *reason);
};

/* An (S,G) that the relay is told of. */
struct amt_subscription {
	struct sg sg;
	void *owner;                          /* NULL once it is no longer wanted */
	unsigned repeats;                     /* ALLOW or BLOCK reports still to be sent */
	uint8_t list;                         /* of the cycle's changes, where it has repeats */
	bool relay_knows;                     /* a report has named it */
	bool owner_told;                      /* by up() and reported() */
	struct amt_subscription *prev, *next; /* in that list */
	UT_hash_handle hh;
};

struct amt_cycle {
	struct amt_gateway *gateway;
	int family;
	enum amt_cycle_state state;
	struct timer request;    /* the next Request: its repetition, or the query timer's */
	struct timer change;     /* the next report of changes, or part of it */
	struct timer state_part; /* the next part of the report of the current state */
	usec_t begun, asked;     /* when the first of these Requests went out, and the last */
	usec_t answered;         /* when the last Query was accepted */
	unsigned transmissions;
	bool probing; /* the Request under way is to tell whether the relay is alive */
	bool refused; /* the next Request is ICMP's doing */
	bool has_ticket;
	struct amt_ticket ticket;
	unsigned robustness, query_interval; /* QRV; seconds */
	unsigned wanted;                     /* subscriptions with an owner */
	unsigned connections;                /* that want Queries, and nothing reported */
	struct amt_subscription *by_sg;
	usec_t next_part;              /* of a report that is large: not before */
	struct amt_subscription *rest; /* the report of the current state has not come to it yet */
	/* Those with repeats: what the present or next report tells of, and what that after it. */
	struct amt_subscription *changed[2];
	unsigned list; /* the present one of them */
};

struct amt_gateway {
	struct timers *timers;
	const struct amt_gateway_actions *actions;
	uint32_t nonce; /* of the last Requests, of both families */
	struct amt_p_flag p_flag;
	bool periodic; /* its Queries come when they come */
	bool full;     /* the last Query had L: new channels are to go elsewhere */
	bool refusing; /* it was given up because it takes no Updates */
	bool patient;  /* a first Query is asked for until it comes; else AMT_TRANSMISSIONS times */
	usec_t probed;
	usec_t data;                             /* when the relay was last seen to send some */
	unsigned refusals;                       /* Queries in a row whose Updates ICMP answered */
	usec_t round_trip, round_trip_variation; /* smoothed; 0 while none is measured */
	struct amt_cycle igmp, mld;
};

/* Fill timers, actions, patient and p_flag.first in before. */
void amt_gateway_init(struct amt_gateway *gateway);
/* Stops all timers and forgets all; sends nothing. */
void amt_gateway_free(struct amt_gateway *gateway);

/* (S,G) is wanted from now on: asks for a Query if there is none yet, else reports it. */
void amt_gateway_want(struct amt_gateway *gateway, const struct sg *sg, void *owner);
void amt_gateway_unwant(struct amt_gateway *gateway, const struct sg *sg);
/* Says once more that a channel is wanted, where the relay has been told so and nothing is left to
 * be repeated. */
void amt_gateway_remind(struct amt_gateway *gateway, const struct sg *sg);
/* The tunnel is to be ready for (S,G)s of the family, from connect() until disconnect(): Queries
 * are asked for, and nothing is reported. */
void amt_gateway_connect(struct amt_gateway *gateway, int family);
void amt_gateway_disconnect(struct amt_gateway *gateway, int family);
/* No more of this tunnel: a Teardown where the relay's Queries allow it, else a report that blocks
 * all (section 5.2.3.8). Sends once; call it up to robustness times. */
void amt_gateway_leave(struct amt_gateway *gateway);
/* How often: the largest robustness of the protocols that the tunnel runs. */
unsigned amt_gateway_leaves(const struct amt_gateway *gateway);

bool amt_gateway_is_established(const struct amt_gateway *gateway, int family);

/* A Query that came from the relay's address and port: the answer to a Request, or a periodic one,
 * which renews what there is. Returns why it was refused; `protocol` is where the fault is to be
 * counted: AMT or the membership protocol inside. */
enum fault amt_gateway_receive(struct amt_gateway *gateway, const struct amt_query *query,
			       enum protocol *protocol);
/* We speak from another address now, under which the relay does not know us: a Request goes out at
 * once, in the place of one under way, and its Query is answered by all that is wanted. */
void amt_gateway_moved(struct amt_gateway *gateway);
/* Data has stopped: asks at once whether the relay is alive, by retries as fast as the round trip
 * allows; failed() where it is not. Probes that come soon after another are not sent. */
void amt_gateway_probe(struct amt_gateway *gateway);
/* ICMP says that the relay cannot be reached (section 5.2.3.9). Anybody may send that who guesses
 * our port: it makes us ask, more and more seldom. failed() where the relay answers Requests,
 * AMT_TRANSMISSIONS times in a row only ICMP answers the Updates, and no data comes either. */
void amt_gateway_unreachable(struct amt_gateway *gateway);
/* The relay sends data. */
void amt_gateway_flows(struct amt_gateway *gateway);
