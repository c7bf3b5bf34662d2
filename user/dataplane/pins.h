/* SPDX-License-Identifier: BSD-2-Clause */
/* The BPF file system and our folder in it. */
#pragma once

#include "dataplane/state.h"

#define PINS_BPFFS  "/sys/fs/bpf"
#define PINS_FOLDER PINS_BPFFS "/mcingest"

/* Mounts the BPF file system if it is not mounted. Returns 0 or a negative errno, with a sentence
 * for dataplane_error(). */
int pins_prepare(struct dataplane *dp);

/* Whether an earlier daemon left maps. */
bool pins_exist(void);

/* Removes all pins from our folder, which stays: it is locked (owner.h). */
void pins_empty(void);

/* Removes our folder with all pins in it. */
void pins_remove_all(void);

/* Unmounts the BPF file system if pins_prepare() mounted it and nobody else has pins there. */
void pins_unmount(struct dataplane *dp);
