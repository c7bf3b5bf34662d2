/* SPDX-License-Identifier: BSD-2-Clause */
/* Clocks that a test can set, for one process: a library for LD_PRELOAD. The file that CLOCKS names
 * has three numbers of CLOCKS_DIGITS each, the seconds that are added to CLOCK_MONOTONIC,
 * CLOCK_BOOTTIME and CLOCK_REALTIME. It may be written anew at any time, in place. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define CLOCKS_DIGITS 12

static const char *numbers;

__attribute__((constructor)) static void open_numbers(void)
{
	const char *path = getenv("CLOCKS");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *map;

	if (fd < 0)
		return;
	map = mmap(NULL, 3 * CLOCKS_DIGITS, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (map != MAP_FAILED)
		numbers = map;
}

static time_t added(int number)
{
	char text[CLOCKS_DIGITS + 1] = "";

	if (numbers)
		memcpy(text, numbers + (size_t)number * CLOCKS_DIGITS, CLOCKS_DIGITS);
	return strtoll(text, NULL, 10);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	int error = (int)syscall(SYS_clock_gettime, clock, now);

	if (clock == CLOCK_MONOTONIC)
		now->tv_sec += added(0);
	else if (clock == CLOCK_BOOTTIME)
		now->tv_sec += added(1);
	else if (clock == CLOCK_REALTIME)
		now->tv_sec += added(2);
	return error;
}

int gettimeofday(struct timeval *now, void *zone)
{
	struct timespec wall;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &wall);
	*now = (struct timeval){wall.tv_sec, wall.tv_nsec / 1000};
	return 0;
}

time_t time(time_t *result)
{
	struct timespec wall;

	clock_gettime(CLOCK_REALTIME, &wall);
	if (result)
		*result = wall.tv_sec;
	return wall.tv_sec;
}
