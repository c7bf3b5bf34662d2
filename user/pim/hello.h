/* SPDX-License-Identifier: BSD-2-Clause */
/* Hello (RFC 7761 section 4.3): what we say to the neighbors of an interface, and what changes when
 * one appears, restarts or goes. */
#pragma once

#include "pim/interface.h"

#define PIM_TRIGGERED_HELLO_DELAY_S 5 /* Triggered_Hello_Delay (section 4.11) */

/* The timer `hello` of the interface: says Hello and starts the timer again. */
timer_fn pim_hello_due;
/* The Holdtime of a neighbor has ended: `expired` of struct pim_neighbors. */
void pim_hello_expired(struct pim_neighbors *neighbors, const struct pim_neighbor *neighbor);

/* Introduces us as a new router: says Hello twice, with two Generation IDs. */
void pim_hello_introduce(struct pim_interface *pim);
/* Says Hello once, with the addresses that we have now. */
void pim_hello_announce(struct pim_interface *pim);
/* Says goodbye: a Hello with Holdtime 0. */
void pim_hello_goodbye(struct pim_interface *pim);
/* Sends any other message, after a Hello if one is owed. */
void pim_hello_then_send(struct pim_interface *pim, const uint8_t *message, size_t length);

/* A Hello of `from`. Returns FAULT_LIMIT if there are too many neighbors. */
enum fault pim_hello_receive(struct pim_interface *pim, const struct addr *from,
			     const struct pim_hello *hello);
