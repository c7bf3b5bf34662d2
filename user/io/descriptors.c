/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/descriptors.h"

#include <sys/resource.h>

bool descriptors_allow(unsigned long count, unsigned long *allowed)
{
	struct rlimit limit, wanted = {.rlim_cur = count, .rlim_max = count};

	*allowed = 0;
	if (getrlimit(RLIMIT_NOFILE, &limit))
		return false;
	*allowed = limit.rlim_cur;
	if (limit.rlim_cur >= count)
		return true;
	if (wanted.rlim_max < limit.rlim_max)
		wanted.rlim_max = limit.rlim_max;
	if (!setrlimit(RLIMIT_NOFILE, &wanted)) /* above the hard limit: CAP_SYS_RESOURCE */
		return true;
	limit.rlim_cur = limit.rlim_max;
	if (!setrlimit(RLIMIT_NOFILE, &limit))
		*allowed = limit.rlim_cur;
	return false;
}
