/* SPDX-License-Identifier: BSD-2-Clause */
/* What this process uses of the box, as the kernel counts it. */
#pragma once

#include "base/time.h"

struct process_usage {
	usec_t cpu; /* of all threads, user and system */
	uint64_t resident_bytes, virtual_bytes;
	uint64_t open_files, max_files; /* open_files is 0 where the kernel (before 6.2) would have
					   to be asked for each of them */
};

struct process_usage process_usage(void);
/* When the process was started, in microseconds since 1970; 0 if that is not known. An execution of
 * the binary anew starts no process. */
usec_t process_started(void);
