/* SPDX-License-Identifier: BSD-2-Clause */
/* Turns, at a limited rate, for actions towards others that strangers can cause: a Join makes us
 * ask the DNS servers and relays that the owner of the source's zone has named.
 *
 * Entries that wait belong to the network of their source, and the networks have turns, however
 * many entries wait in each. A network is new until it has had a turn, and has begun until it has
 * had PACE_FEW; then it is old. Of five turns two go to the new network that came last, one to the
 * new one that came first, one to the begun one that came last, and one to the old ones in
 * rotation. So a Join does not have to wait for thousands of others, whether they come from few
 * networks or from many.
 *
 * A hold is a lasting effect of a turn (a tunnel, for example). A network with too many unanswered
 * holds has no turns. */
#pragma once

#include "base/addr.h"
#include "base/timers.h"

#include <uthash.h>

/* The turns that the rate allows in this time may come at once. */
#define PACE_BURST       (100 * USEC_PER_MS)
#define PACE_SHARE_BURST (1 * USEC_PER_SEC) /* the same for one network */
#define PACE_FEW         3                  /* turns */
/* A network is new again after so long without a turn. */
#define PACE_NEW_AFTER (1 * USEC_PER_SEC)

struct pace_entry;
struct pace_network;

/* An entry that can wait for a turn; embedded in the caller's struct. Zeroed memory with `turn` set
 * does not wait. */
struct pace_entry {
	/* The turn has come. The entry may be freed in the call. Returns false if the turn was not
	 * needed: then it does not count. */
	bool (*turn)(struct pace_entry *entry);
	struct pace_network *network; /* NULL if it does not wait */
	bool can_wait;                /* its turn comes after those of its network that cannot */
	struct pace_entry *prev, *next;
};

/* A hold; embedded in the caller's struct. Zeroed memory is none. */
struct pace_hold {
	struct pace_network *network;
	bool is_answered;
};

struct pace {
	struct timers *timers;
	unsigned rate;       /* turns a second; 0 means no limit */
	unsigned share;      /* turns a second of one network; 0 means no limit */
	unsigned unanswered; /* unanswered holds that stop a network's turns; 0 means no limit */
	unsigned waiting;    /* number of entries that wait now */
	usec_t spent;        /* until when the rate is used up, bursts aside */
	unsigned number;     /* of turns so far; decides whose turn is next */
	struct pace_network *by_address;
	struct pace_network *new, *begun, *old; /* networks that may have a turn now */
	struct timer timer;                     /* the next turn */
};

/* The entry waits; `turn` is called later, never within this call. The caller has filled in timers
 * and limits of `pace`. */
void pace_wait(struct pace *pace, struct pace_entry *entry, const struct addr *source,
	       bool can_wait);
/* The entry waits no longer. Does nothing if it does not wait. */
void pace_cancel(struct pace_entry *entry);

/* Begins a hold of the network of `source`. */
void pace_hold(struct pace *pace, struct pace_hold *hold, const struct addr *source);
/* The hold is answered, or ends. Both do nothing to a zeroed hold. */
void pace_answered(struct pace_hold *hold);
void pace_release(struct pace_hold *hold);
/* The number of holds of the network of `source`. */
unsigned pace_held(const struct pace *pace, const struct addr *source);

/* Nothing may wait or be held any more. */
void pace_free(struct pace *pace);
