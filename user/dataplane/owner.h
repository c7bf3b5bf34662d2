/* SPDX-License-Identifier: BSD-2-Clause */
/* Which process owns our folder in the BPF file system, and with it programs and maps: the one that
 * has locked the folder (flock(2)). The lock ends with the process, however that ends. */
#pragma once

#include "dataplane/state.h"

/* Makes the folder if there is none, and locks it. Returns 0, -EBUSY if another process owns it, or
 * another negative errno, with a sentence for dataplane_error(). */
int owner_claim(struct dataplane *dp);

/* The process that owns the programs and maps of this instance; an empty name is the daemon without
 * one. 0 if there is none, or if it is of another PID namespace. */
int owner_process(const char *instance);

/* Ends the lock. Does nothing if there is none. */
void owner_release(struct dataplane *dp);
