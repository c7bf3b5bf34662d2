/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

/* Spoils a right Query, in turn: inner length beyond the end, IGMP or MLD checksum, request nonce.
 * Returns which. */
const char *nonsense(uint8_t *query);
