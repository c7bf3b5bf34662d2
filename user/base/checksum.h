/* SPDX-License-Identifier: BSD-2-Clause */
/* The Internet checksum (RFC 1071): add all pieces, each but the last of even length, then fold.
 * The folded value is written big-endian; over data with a correct checksum it is 0. */
#pragma once

#include "base/addr.h"

#include <stddef.h>

uint32_t checksum_add(uint32_t sum, const void *bytes, size_t length);
/* The sum of the pseudo-header of IPv6 (RFC 8200 section 8.1) or of UDP over IPv4. */
uint32_t checksum_pseudo(const struct addr *source, const struct addr *destination,
			 uint8_t protocol, uint32_t length);
/* Completes the sum. */
uint16_t checksum_fold(uint32_t sum);
