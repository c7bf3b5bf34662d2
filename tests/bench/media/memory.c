/* SPDX-License-Identifier: BSD-2-Clause */
#include "memory.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>

#define MAPS_MAX 1024

/* Of a descriptor that is no map, false. */
static bool read_map(const char *descriptor, unsigned *id, unsigned long *bytes)
{
	char path[64], line[128];
	bool found = false;
	FILE *info;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%.20s", descriptor);
	info = fopen(path, "r");
	*bytes = 0;
	while (info && fgets(line, sizeof(line), info)) {
		sscanf(line, "memlock: %lu", bytes);
		found |= sscanf(line, "map_id: %u", id) == 1;
	}
	if (info)
		fclose(info);
	return found;
}

/* A map that is held twice counts once. */
static bool is_new(unsigned id, unsigned *ids, unsigned *count)
{
	for (unsigned i = 0; i < *count; i++)
		if (ids[i] == id)
			return false;
	if (*count < MAPS_MAX)
		ids[(*count)++] = id;
	return true;
}

double memory_of_maps(void)
{
	DIR *folder = opendir("/proc/self/fdinfo");
	unsigned ids[MAPS_MAX], count = 0, id;
	unsigned long bytes, sum = 0;
	struct dirent *entry;

	while (folder && (entry = readdir(folder)))
		if (read_map(entry->d_name, &id, &bytes) && is_new(id, ids, &count))
			sum += bytes;
	if (folder)
		closedir(folder);
	return sum / 1048576.0;
}
