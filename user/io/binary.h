/* SPDX-License-Identifier: BSD-2-Clause */
/* The program that a process is, as a file that can be executed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The path of this process' own binary. 0 or a negative errno. */
int binary_path(char *path, size_t size);
/* Whether the binary answers `--version`: it may be missing, or of another machine, or lack a
 * library. If it does not, `why` gets a sentence. Waits for it, some milliseconds. */
bool binary_starts(const char *path, char *why, size_t size);
