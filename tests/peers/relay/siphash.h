/* SPDX-License-Identifier: BSD-2-Clause */
/* SipHash-2-4: a keyed hash, made for authenticating short messages (Aumasson and Bernstein). */
#pragma once

#include <stddef.h>
#include <stdint.h>

uint64_t siphash(const uint8_t key[16], const uint8_t *bytes, size_t length);
