/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/process.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static void read_memory(struct process_usage *usage)
{
	uint64_t pages[2], size = (uint64_t)sysconf(_SC_PAGESIZE);
	FILE *file = fopen("/proc/self/statm", "re");

	if (!file)
		return;
	if (fscanf(file, "%" SCNu64 " %" SCNu64, &pages[0], &pages[1]) == 2) {
		usage->virtual_bytes = pages[0] * size;
		usage->resident_bytes = pages[1] * size;
	}
	fclose(file);
}

struct process_usage process_usage(void)
{
	struct process_usage usage = {.cpu = time_read(CLOCK_PROCESS_CPUTIME_ID)};
	struct rlimit limit;
	struct stat files;

	read_memory(&usage);
	if (!getrlimit(RLIMIT_NOFILE, &limit))
		usage.max_files = limit.rlim_cur;
	if (!stat("/proc/self/fd", &files))
		usage.open_files = (uint64_t)files.st_size;
	return usage;
}

/* The number 22 of proc(5)'s /proc/PID/stat: when the process started, in clock ticks since boot.
 * Number 2 is the name in parentheses, which may hold anything. */
usec_t process_started(void)
{
	char text[1024], *at;
	uint64_t ticks = 0;
	FILE *file = fopen("/proc/self/stat", "re");
	size_t length = file ? fread(text, 1, sizeof(text) - 1, file) : 0;

	if (file)
		fclose(file);
	text[length] = '\0';
	at = strrchr(text, ')');
	if (!at || sscanf(at + 1,
			  " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d "
			  "%*d %*d %" SCNu64,
			  &ticks) != 1)
		return 0;
	return time_read(CLOCK_REALTIME) - time_read(CLOCK_BOOTTIME) +
	       ticks * USEC_PER_SEC / (uint64_t)sysconf(_SC_CLK_TCK);
}
