/* SPDX-License-Identifier: BSD-2-Clause */
/* Takes over from an earlier daemon whose maps have other sizes or layouts, because its limits or
 * its version are others. Maps that fit are taken as they are. Each of the others is replaced:
 *
 *   takeover_begin()    its pin moves to dp->pins_old; the programs of the earlier daemon use it on
 *   program_load()      makes the new map in its place
 *   takeover_copy()     copies the entries, field by field
 *   (attach.h)          our programs take the place of the old ones, one interface after the other;
 *                       each packet is handled by one of the two, by the same entries
 *   takeover_finish()   keeps what the old maps have counted (carried.h), and removes them
 *
 * A daemon that ends in between leaves dp->pins_old; the next one begins again from there. */
#pragma once

#include "dataplane/state.h"

/* Takes the pins of a takeover that was not finished back. */
void takeover_recover(struct dataplane *dp);

/* Call it between program_open() and program_load(). Returns 0 or a negative errno, with a sentence
 * for dataplane_error(). */
int takeover_begin(struct dataplane *dp);
int takeover_copy(struct dataplane *dp);

/* Call it once our programs are attached everywhere, and all others removed. */
void takeover_finish(struct dataplane *dp);
