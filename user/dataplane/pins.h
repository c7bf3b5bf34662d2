/* SPDX-License-Identifier: BSD-2-Clause */
/* The BPF file system and our folder in it. */
#pragma once

#include "dataplane/state.h"

#define PINS_BPFFS  "/sys/fs/bpf"
#define PINS_FOLDER PINS_BPFFS "/mcingest"
#define PINS_OLD    PINS_FOLDER "/old" /* maps that are being replaced (takeover.h) */
#define PINS_PATH   (sizeof(PINS_OLD) + 32)

/* Mounts the BPF file system if it is not mounted. Returns 0 or a negative errno, with a sentence
 * for dataplane_error(). */
int pins_prepare(struct dataplane *dp);

/* Whether an earlier daemon left maps. */
bool pins_exist(void);

/* The path of a pin in PINS_FOLDER or PINS_OLD. Returns `path`. */
const char *pins_path(const char *folder, const char *name, char path[PINS_PATH]);

/* Moves a pin from one of the two folders into the other, in the place of one that is there. 0 or a
 * negative errno. */
int pins_move(const char *from, const char *to, const char *name);

/* Hands over the name of each pin in one of the two folders; it may be moved or removed. Returns
 * false if there is no such folder. */
bool pins_each(const char *folder, void (*take)(void *context, const char *name), void *context);

/* Removes PINS_OLD with all pins in it. */
void pins_remove_old(void);

/* Removes all pins from our folder, which stays: it is locked (owner.h). */
void pins_empty(void);

/* Removes our folder with all pins in it. */
void pins_remove_all(void);

/* Unmounts the BPF file system if pins_prepare() mounted it and nobody else has pins there. */
void pins_unmount(struct dataplane *dp);
