/* SPDX-License-Identifier: BSD-2-Clause */
/* Random numbers from the kernel's generator, since off-path attackers must not guess nonces and
 * ports (RFC 7450 section 6, RFC 8777 section 6.1). They are fetched in advance, and not for use
 * by several threads or after a fork. */
#pragma once

#include "base/time.h"

#include <stddef.h>

void random_fill(void *bytes, size_t length); /* at most 256 bytes */
uint32_t random_u32(void);
uint32_t random_nonzero_u32(void);
/* Uniform in [min, max]. */
usec_t random_between(usec_t min, usec_t max);
/* The delay before retry number `retry` (from 0): uniform in [initial, min(initial * 2^retry, max)]
 * (RFC 7450 section 5.2.3.4.3, RFC 8777 section 3.5). */
usec_t random_backoff(usec_t initial, usec_t max, unsigned retry);
