/* SPDX-License-Identifier: BSD-2-Clause */
#include "driad/ways.h"

#include <stddef.h>

const char *driad_way_name(enum driad_way way)
{
	static const char *const names[DRIAD_WAYS] = {[DRIAD_CONFIGURED] = "configured",
						      [DRIAD_DNS_SD] = "dns-sd",
						      [DRIAD_ANYCAST] = "anycast",
						      [DRIAD_SOURCE] = "source"};

	return names[way];
}

static int longest_prefix(const struct driad_options *options, const struct addr *source)
{
	int longest = -1;

	for (unsigned i = 0; i < options->rule_count; i++) {
		const struct prefix *prefix = &options->rules[i].sources;

		if (prefix_holds(prefix, source) && (int)prefix->length > longest)
			longest = (int)prefix->length;
	}
	return longest;
}

const struct driad_rule *driad_next_rule(const struct driad_options *options,
					 const struct addr *source, unsigned *at)
{
	int longest = longest_prefix(options, source);

	while (*at < options->rule_count) {
		const struct driad_rule *rule = &options->rules[(*at)++];

		if ((int)rule->sources.length == longest && prefix_holds(&rule->sources, source))
			return rule;
	}
	return NULL;
}
