/* SPDX-License-Identifier: BSD-2-Clause */
/* Turns for what strangers can make us do to others, so many a second: who waits belongs to a
 * network (the source's), and networks have their turns one after the other, however many wait in
 * each. Of five turns two go to the network without one so far that came last, one to that which
 * came first; one to the latest of those that have had few; one to those that have had more.
 * Whoever comes while thousands wait does not wait for them, whether they are of few networks,
 * which come again and again, or of many. */
#pragma once

#include "base/addr.h"
#include "base/timers.h"

#include <uthash.h>

/* As many turns as a rate gives in that time may come at once. */
#define PACE_BURST       (100 * USEC_PER_MS)
#define PACE_SHARE_BURST (1 * USEC_PER_SEC) /* of one network */
#define PACE_FEW         3                  /* turns */
/* A network is new again when it has had none for so long. */
#define PACE_NEW_AFTER (1 * USEC_PER_SEC)

struct pace_entry;
struct pace_network;

/* One that waits; embedded. Zeroed memory with `turn` set does not. */
struct pace_entry {
	/* It waits no longer, and may be freed in the call. False: it costs nothing. */
	bool (*turn)(struct pace_entry *entry);
	struct pace_network *network; /* where it waits; NULL: it does not */
	bool can_wait;                /* until no other of its network does */
	struct pace_entry *prev, *next;
};

/* What came of a turn and lasts; embedded. Zeroed memory is none. */
struct pace_hold {
	struct pace_network *network;
	bool is_answered;
};

struct pace {
	struct timers *timers;
	unsigned rate, share; /* turns a second, in all and of one network; 0: any number */
	unsigned unanswered;  /* holds of a network, beyond which it has no turns; 0: any number */
	unsigned waiting;     /* entries, now */
	usec_t spent;         /* until when there are no turns but those that may come at once */
	unsigned number;      /* of turns, for whose it is */
	struct pace_network *by_address;
	struct pace_network *new, *begun, *old; /* those that may have a turn now */
	struct timer timer;                     /* the next turn */
};

/* Fill timers and limits in before. `turn` comes after the call. */
void pace_wait(struct pace *pace, struct pace_entry *entry, const struct addr *source,
	       bool can_wait);
/* Nothing happens where it does not wait. */
void pace_cancel(struct pace_entry *entry);

void pace_hold(struct pace *pace, struct pace_hold *hold, const struct addr *source);
/* Nothing happens to a hold that is none, in both. */
void pace_answered(struct pace_hold *hold);
void pace_release(struct pace_hold *hold);
/* Holds that the source's network has. */
unsigned pace_held(const struct pace *pace, const struct addr *source);

/* When nothing waits or is held any more. */
void pace_free(struct pace *pace);
