/* SPDX-License-Identifier: BSD-2-Clause */
/* What channels are worth, by prefix of their group or source, as the operator has it. */
#pragma once

#include "base/addr.h"

#define POLICIES_MAX    64
#define POLICY_PRIORITY 3 /* of channels without a policy, and of a policy without one */
#define PRIORITY_MAX    7

/* Rates are in bits a second of inner IP packets; 0: no limit. */
struct policy {
	struct prefix prefix;
	uint64_t rate;         /* of its channels together */
	uint64_t channel_rate; /* of each of them */
	unsigned priority;
	bool has_priority; /* of its own */
};

struct policies {
	struct policy list[POLICIES_MAX];
	unsigned count;
};

#define RATE_LANS_MAX 32

/* All limits of rates, in bits a second; 0: no limit. */
struct rate_limits {
	uint64_t rate, channel_rate;
	uint64_t lan_rates[RATE_LANS_MAX]; /* by the LANs' numbers */
	const struct policies *policies;
};

/* The number of the channel's policy, which is the first that holds its group or source; `count` if
 * it has none. */
unsigned policies_find(const struct policies *policies, const struct sg *sg);
