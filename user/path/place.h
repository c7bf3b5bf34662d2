/* SPDX-License-Identifier: BSD-2-Clause */
/* A channel's place in the tunnel to one relay. */
#pragma once

#include "path/state.h"

struct path_place {
	struct amt_member member;
	struct path *path;
	struct addr candidate; /* the address that led to the relay */
};

/* Takes a place: the serving one if there is none, else the other one. */
void path_place_take(struct path *path, const struct addr *relay, const struct addr *candidate);
/* Gives the place up, and sets the pointer to NULL. Does nothing if it is NULL. */
void path_place_leave(struct path_place **place);
/* The other place, or none, serves instead of the serving one, which has been left. */
void path_place_promote(struct path *path);
/* The place's relay; NULL while the place has no tunnel, or if there is no place. */
const struct addr *path_place_relay(const struct path_place *place);
