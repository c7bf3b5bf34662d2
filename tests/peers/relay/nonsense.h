/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Spoils a right Query as manners say. Returns what is left of its length. */
size_t nonsense(uint8_t *query, size_t length);
