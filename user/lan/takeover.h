/* SPDX-License-Identifier: BSD-2-Clause */
/* Who has lost the Assert for a channel takes over when the winner falls silent.
 *
 * RFC 7761 leaves a loser silent until the winner says otherwise or its Hellos end, which is
 * seconds. If `takeover` is set, a loser listens to the winner's packets on the LAN; if none comes
 * for that time, while the channel's packets come to us by our relay, we forward again (action A5
 * of section 4.6.1, as if the Assert Timer had ended). We send no Assert then: a winner that is
 * alive and only has no packets would answer with its own, and both would be silent. If the winner
 * forwards again, its packets cause an Assert of ours, which it wins as before: nothing loops, and
 * a packet or two come twice.
 *
 * A winner that contradicts us soon was not dead: the next takeover of that channel waits, for
 * twice as long each time. A source that pauses is silent on both ways, and causes nothing; so does
 * one that sends less than a packet in a third of the time. */
#pragma once

#include "lan/state.h"

/* Between a takeover and the winner's contradiction, for the takeover to have been in vain. */
#define TAKEOVER_SOON     (10 * USEC_PER_SEC)
#define TAKEOVER_WAIT_MIN (1 * USEC_PER_SEC)
#define TAKEOVER_WAIT_MAX (60 * USEC_PER_SEC)
/* The longest time between two looks at a channel whose source is silent. */
#define TAKEOVER_LOOK_MAX (1 * USEC_PER_SEC)

/* Another router has won the Assert for (S,G) on the LAN, */
void takeover_lost(struct lan *lan, const struct sg *sg);
/* or the Assert is over. */
void takeover_over(struct lan *lan, const struct sg *sg);
/* The LAN no longer wants (S,G). */
void takeover_forget(struct lan *lan, const struct sg *sg);
void takeover_forget_all(struct lan *lan);
