/* SPDX-License-Identifier: BSD-2-Clause */
/* The BPF file system and our folder in it. */
#pragma once

#include "dataplane/state.h"

#define PINS_BPFFS "/sys/fs/bpf"
#define PINS_PATH  (STATE_PINS + 32)

/* Names the folders of the instance: dp->pins, and dp->pins_old for maps that are being replaced
 * (takeover.h). */
void pins_name(struct dataplane *dp);

/* Mounts the BPF file system if it is not mounted. Returns 0 or a negative errno, with a sentence
 * for dataplane_error(). */
int pins_prepare(struct dataplane *dp);

/* Whether an earlier daemon left maps. */
bool pins_exist(const struct dataplane *dp);

/* The path of a pin in one of the two folders. Returns `path`. */
const char *pins_path(const char *folder, const char *name, char path[PINS_PATH]);

/* Moves a pin from one of the two folders into the other, in the place of one that is there. 0 or a
 * negative errno. */
int pins_move(const char *from, const char *to, const char *name);

/* Hands over the name of each pin in one of the two folders; it may be moved or removed. Returns
 * false if there is no such folder. */
bool pins_each(const char *folder, void (*take)(void *context, const char *name), void *context);

/* Leaves our version beside the pins, as the target of the symbolic link "version": all programs on
 * the interfaces are of this process now. Whoever finds the pins without a daemon, the doctor for
 * one, learns from it whose programs forward. */
void pins_sign(const struct dataplane *dp);

/* Removes dp->pins_old with all pins in it. */
void pins_remove_old(const struct dataplane *dp);

/* Removes all pins from our folder, which stays: it is locked (owner.h). */
void pins_empty(const struct dataplane *dp);

/* Removes our folder with all pins in it. */
void pins_remove_all(const struct dataplane *dp);

/* Unmounts the BPF file system if pins_prepare() mounted it and nobody else has pins there. */
void pins_unmount(struct dataplane *dp);
