/* SPDX-License-Identifier: BSD-2-Clause */
/* Rates of [limits], and the lines of [policy]: texts into their fields, and back. A rate is a
 * number of bits a second, with k, M or G for thousands, millions or milliards of them. */
#pragma once

#include "config/reading.h"

extern const struct kind kind_rate, kind_lan_rates, kind_policies;

/* Frees what was taken. */
void rates_clear(struct config *config);
