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

/* Removes our folder with all pins in it. */
void pins_remove_all(void);

/* Removes our folder, and unmounts the BPF file system if pins_prepare() mounted it. */
void pins_remove(struct dataplane *dp);
