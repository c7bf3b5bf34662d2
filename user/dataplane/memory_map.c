/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/memory_map.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <sys/mman.h>

int memory_map_create(const struct btf *types, const char *name, const char *type, size_t size,
		      uint32_t entries)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .btf_fd = btf__fd(types),
		    .btf_key_type_id = btf__find_by_name(types, "__u32"),
		    .btf_value_type_id = btf__find_by_name(types, type),
		    .map_flags = BPF_F_MMAPABLE);

	return bpf_map_create(BPF_MAP_TYPE_ARRAY, name, sizeof(uint32_t), size, entries, &options);
}

void *memory_map_open(int map, size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, map, 0);

	return memory == MAP_FAILED ? NULL : memory;
}
