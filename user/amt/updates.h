/* SPDX-License-Identifier: BSD-2-Clause */
/* The Membership Updates of one cycle (RFC 7450 section 5.2.3.6). Each Query is answered by the
 * current state (IS_IN). A change between Queries is reported at once (ALLOW, BLOCK) and repeated,
 * QRV transmissions in all, with a count for each subscription (RFC 3376 section 5.1, RFC 3810
 * section 6.1). An (S,G) that was first reported as current state is repeated as ALLOW: the loss of
 * the first Update would otherwise cost a query interval.
 *
 * A long report goes out in parts, so that other events are handled in between, and neither the
 * socket nor a queue on the way overflows. A new change does not wait for the parts of a repetition
 * or of the current state, because a viewer waits for it. */
#pragma once

#include "amt/cycle.h"

/* Reports the current state: the answer to a Query. */
void updates_answer(struct amt_cycle *cycle);
/* Blocks all that the relay knows; sent once, without repetitions. */
void updates_block(struct amt_cycle *cycle);
/* The subscription has a new owner, or none now: reports that after the present events. */
void updates_change(struct amt_cycle *cycle, struct amt_subscription *subscription);
/* Reports the subscription once more, unless a report or a repetition of it is still due. */
void updates_remind(struct amt_cycle *cycle, struct amt_subscription *subscription);
/* Removes and frees a subscription. */
void updates_forget(struct amt_cycle *cycle, struct amt_subscription *subscription);
/* The timers `fresh`, `change` and `state_part` of the cycle. */
timer_fn updates_fresh_due, updates_due, updates_state_due;
