/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/options.h"

struct pim_options options_pim(const struct config *config)
{
	return (struct pim_options){.neighbors_max = config->max_neighbors,
				    .joins_max = config->max_joins,
				    .require_hello = config->require_hello,
				    .hello_period = config->hello_period,
				    .follow_winners = config->takeover,
				    .allow = &config->pim_allow,
				    .groups = &config->pim_groups,
				    .metric.preference = config->assert.preference,
				    .metric.metric = config->assert.metric};
}

struct membership_settings options_membership(const struct config *config)
{
	return (struct membership_settings){.robustness = config->igmp_robustness,
					    .query_interval = config->igmp_interval,
					    .limit = config->max_memberships,
					    .require_router_alert = config->require_router_alert,
					    .groups = &config->pim_groups};
}
