/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/policy.h"

static bool holds(const struct policy *policy, const struct sg *sg)
{
	return prefix_holds(&policy->prefix, &sg->group) ||
	       prefix_holds(&policy->prefix, &sg->source);
}

unsigned policies_find(const struct policies *policies, const struct sg *sg)
{
	unsigned i = 0;

	while (i < policies->count && !holds(&policies->list[i], sg))
		i++;
	return i;
}
