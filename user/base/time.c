/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/time.h"

usec_t time_read(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (usec_t)now.tv_sec * USEC_PER_SEC + (usec_t)now.tv_nsec / 1000;
}
