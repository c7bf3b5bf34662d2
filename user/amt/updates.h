/* SPDX-License-Identifier: BSD-2-Clause */
/* The Updates of one cycle of a gateway (RFC 7450 section 5.2.3.6); for gateway.c. */
#pragma once

#include "amt/gateway.h"

/* Tells the relay all that is wanted: the answer to its Query. */
void updates_answer(struct amt_cycle *cycle);
/* Tells it to forget all that it knows; once, and nothing is repeated. */
void updates_block(struct amt_cycle *cycle);
/* The subscription's owner is new, or gone: tells so when the events at hand are done. */
void updates_change(struct amt_cycle *cycle, struct amt_subscription *subscription);
/* Tells it once more, where no repetition does. */
void updates_remind(struct amt_cycle *cycle, struct amt_subscription *subscription);
void updates_forget(struct amt_cycle *cycle, struct amt_subscription *subscription);
/* The cycle's `change` and `state_part`. */
timer_fn updates_due, updates_state_due;
