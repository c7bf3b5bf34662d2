/* SPDX-License-Identifier: BSD-2-Clause */
/* Tells when a file is written, replaced or removed (inotify of its folder). */
#pragma once

#include "io/loop.h"

struct file_watch;

typedef void file_watch_fn(void *owner);

/* Changes that come together are told once. Returns NULL with errno set: ENOENT if there is no such
 * folder. */
struct file_watch *file_watch_open(struct loop *loop, struct timers *timers, const char *path,
				   file_watch_fn *fn, void *owner);
void file_watch_close(struct file_watch *watch); /* NULL is allowed */
