/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Spoils a Query as the manners say. Returns its new length. */
size_t nonsense(uint8_t *query, size_t length);
