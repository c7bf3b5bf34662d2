/* SPDX-License-Identifier: BSD-2-Clause */
/* Join/Prune (RFC 7761 section 4.5): what messages of neighbors change, and the PruneEchoes that we
 * send. */
#pragma once

#include "pim/interface.h"

/* Longest Holdtime, in seconds, of a Join whose sender has said no Hello: its goodbye cannot end
 * it. */
#define PIM_HOLDTIME_STRANGER 3600

/* A Join/Prune of `from`. Returns FAULT_SENDER if `from` is no neighbor but must be, FAULT_LIMIT if
 * an entry did not fit the limits. */
enum fault pim_joins_receive(struct pim_interface *pim, const struct addr *from,
			     struct pim_join_prune *message);

/* A Prune took effect: sends a PruneEcho, together with those of the same moment. `echo` of struct
 * pim_downstream. */
void pim_joins_echo(struct pim_downstream *downstream, const struct sg *sg);
/* Sends a PruneEcho for what an earlier daemon has left and nobody has joined since. `ask` of
 * struct pim_downstream. */
usec_t pim_joins_ask(struct pim_downstream *downstream, const struct sg *sg);
/* The timer `echo` of the interface. */
timer_fn pim_joins_echo_due;
