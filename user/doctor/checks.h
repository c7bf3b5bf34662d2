/* SPDX-License-Identifier: BSD-2-Clause */
/* The checks. Each reads what was gathered, and reports at least one line unless there is nothing
 * to look at. */
#pragma once

#include "doctor/state.h"

typedef void check_fn(struct doctor *doctor);

check_fn host_privileges, host_kernel, host_bpffs, host_capture;
check_fn owner_daemon;
check_fn settings_file;
check_fn interfaces_links, interfaces_modes, interfaces_swapped;
check_fn routes_sources, routes_relays;
check_fn resolvers_servers, resolvers_clock, resolvers_lookup;
check_fn relays_answers, relays_held;
check_fn routers_sending, routers_neighbors, routers_joins, routers_others, routers_restart,
	routers_asserts;
check_fn hosts_unasked, hosts_queriers;
check_fn data_channels, data_drops, data_slow, data_refused;
check_fn limits_used, limits_daemon;
check_fn channel_wanted, channel_state;
