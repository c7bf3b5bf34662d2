/* SPDX-License-Identifier: BSD-2-Clause */
/* Arrays of the kernel that the daemon reads and writes as memory, without a system call. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct btf;

/* Creates an array whose values are of a type of `types`. Returns a descriptor or a negative
 * errno. */
int memory_map_create(const struct btf *types, const char *name, const char *type, size_t size,
		      uint32_t entries);
/* The memory of all entries, which are `bytes` long, for munmap(2); NULL with errno set. */
void *memory_map_open(int map, size_t bytes);
