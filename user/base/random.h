/* SPDX-License-Identifier: BSD-2-Clause */
/* Random numbers from the kernel's generator: nonces and ports are what off-path attackers must
 * guess (RFC 7450 section 6, RFC 8777 section 6.1). */
#pragma once

#include "base/timers.h"

#include <stddef.h>

void random_fill(void *bytes, size_t length); /* 256 at most */
uint32_t random_u32(void);
uint32_t random_nonzero_u32(void);
/* Evenly from [least, most]. */
usec_t random_between(usec_t least, usec_t most);
/* The wait before retry number `retry` (from 0): evenly from [initial, min(initial * 2^retry,
 * maximum)] as RFC 7450 section 5.2.3.4.3 and RFC 8777 section 3.5 have it. */
usec_t random_backoff(usec_t initial, usec_t maximum, unsigned retry);
