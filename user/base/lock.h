/* SPDX-License-Identifier: BSD-2-Clause */
/* Locks on folders (flock(2)), by which one process at a time owns what is in them. A lock ends
 * with the process, however that ends. */
#pragma once

/* Returns a descriptor, which holds the lock until it is closed, or a negative errno: -EWOULDBLOCK
 * if another process holds it. */
int lock_folder(const char *path);

/* The process that holds the lock; 0 if there is none, or if it is of another PID namespace. */
int lock_holder(const char *path);
