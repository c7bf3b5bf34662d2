/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>

/* Raises the limit on open files (RLIMIT_NOFILE, usually 1024 at the start) to `count`. Returns
 * false if this is not allowed: the limit is then as high as it may be. `*allowed` is the limit if
 * the result is false. */
bool descriptors_allow(unsigned long count, unsigned long *allowed);
