/* SPDX-License-Identifier: BSD-2-Clause */
/* The unit of time: microseconds of CLOCK_MONOTONIC. */
#pragma once

#include <stdint.h>
#include <time.h>

typedef uint64_t usec_t;

#define USEC_PER_MS  1000ull
#define USEC_PER_SEC 1000000ull
#define USEC_NEVER   UINT64_MAX

/* The kernel's time on that clock, in microseconds. */
usec_t time_read(clockid_t clock);
