/* SPDX-License-Identifier: BSD-2-Clause */
/* The two programs of TC: loaded, pinned, and their maps with them. */
#pragma once

#include "dataplane/state.h"

struct bpf_object;

/* Opens the programs: their maps have their sizes from then on, and are not there yet. Returns 0 or
 * a negative errno, with a sentence for dataplane_error(). */
int program_open(struct dataplane *dp);

/* Loads and pins the programs. Maps that are pinned already are taken over; they must fit. Returns
 * 0 or a negative errno, with a sentence for dataplane_error(). */
int program_load(struct dataplane *dp);
void program_unload(struct dataplane *dp);

/* The descriptor of the program that serves this role. */
int program_fd(const struct dataplane *dp, enum role role);

/* Sets the sizes of the maps that depend on dp->limits. Call it before the object is loaded. */
void program_set_sizes(const struct dataplane *dp, const struct bpf_object *object);
