/* SPDX-License-Identifier: BSD-2-Clause */
/* The channels with the highest rates, of all that are offered. */
#pragma once

#include "config/config.h"

/* Zeroed memory with `limit` set has none. */
struct busiest {
	unsigned limit; /* CONFIG_BUSIEST_MAX at most */
	unsigned count;
	uint32_t slots[CONFIG_BUSIEST_MAX]; /* a heap: the slowest first */
	double rates[CONFIG_BUSIEST_MAX];
};

void busiest_offer(struct busiest *busiest, uint32_t slot, double rate);
