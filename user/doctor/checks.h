/* SPDX-License-Identifier: BSD-2-Clause */
/* The checks. Each reads what was gathered, and reports at least one line unless there is nothing
 * to look at. Where lines of one check are about different hops, it sets doctor->hop. */
#pragma once

#include "doctor/state.h"

typedef void check_fn(struct doctor *doctor);

check_fn host_privileges, host_kernel, host_bpffs, host_capture;
check_fn owner_daemon;
check_fn settings_file;
check_fn interfaces_links, interfaces_swapped;
check_fn programs_links, programs_modes;
check_fn routes_sources, routes_relays;
check_fn resolvers_servers, resolvers_clock, resolvers_lookup;
check_fn relays_answers;
check_fn tunnels_up, tunnels_held;
check_fn routers_sending, routers_neighbors, routers_joins, routers_others, routers_restart,
	routers_asserts;
check_fn hosts_unasked, hosts_queriers;
check_fn data_channels, data_drops, data_slow, data_refused;
check_fn limits_used, limits_daemon;
check_fn channel_wanted, channel_state;

/* The table of checks, in the order of the path. The names are a contract, as are the hops that
 * they are about: dns, source, relay, tunnel, box, lan, router.
 *
 *   SEEN     judges nothing but the daemon's views
 *   PROBED   looks by itself, too
 *   WATCHED  only where nothing is probed (watch.h) */
enum { DOCTOR_BOX = 1, DOCTOR_CHANNEL = 2, DOCTOR_BOTH = 3 }; /* of what it is a check */

/* clang-format off */
#define DOCTOR_CHECKS(SEEN, PROBED, WATCHED)                               \
	PROBED("privileges", "box", DOCTOR_BOTH, host_privileges)          \
	PROBED("kernel", "box", DOCTOR_BOX, host_kernel)                   \
	PROBED("bpffs", "box", DOCTOR_BOX, host_bpffs)                     \
	PROBED("capture", "box", DOCTOR_BOTH, host_capture)                \
	PROBED("daemon", "box", DOCTOR_BOTH, owner_daemon)                 \
	PROBED("configuration", "box", DOCTOR_BOTH, settings_file)         \
	PROBED("interfaces", "box", DOCTOR_BOTH, interfaces_links)         \
	WATCHED("interfaces", "box", DOCTOR_BOX, programs_links)           \
	SEEN("programs", "box", DOCTOR_BOTH, programs_modes)               \
	PROBED("way-out", "box", DOCTOR_BOTH, interfaces_swapped)          \
	SEEN("pim-sending", "lan", DOCTOR_BOTH, routers_sending)           \
	SEEN("routers", "router", DOCTOR_BOTH, routers_neighbors)          \
	PROBED("wanted", "router", DOCTOR_CHANNEL, channel_wanted)         \
	SEEN("joins", "router", DOCTOR_BOX, routers_joins)                 \
	SEEN("joins-lost", "router", DOCTOR_BOX, routers_others)           \
	SEEN("generation-id", "router", DOCTOR_BOX, routers_restart)       \
	SEEN("hosts", "router", DOCTOR_BOX, hosts_queriers)                \
	SEEN("hosts-unasked", "router", DOCTOR_BOX, hosts_unasked)         \
	PROBED("tunnels-path", "tunnel", DOCTOR_BOTH, routes_sources)      \
	PROBED("clock", "dns", DOCTOR_BOTH, resolvers_clock)               \
	PROBED("resolvers", "dns", DOCTOR_BOTH, resolvers_servers)         \
	PROBED("lookup", "dns", DOCTOR_CHANNEL, resolvers_lookup)          \
	PROBED("routes", "relay", DOCTOR_BOTH, routes_relays)              \
	SEEN("relays", "tunnel", DOCTOR_BOTH, tunnels_up)                  \
	PROBED("relays", "relay", DOCTOR_BOTH, relays_answers)             \
	SEEN("held-down", "relay", DOCTOR_BOX, tunnels_held)               \
	PROBED("state", "box", DOCTOR_CHANNEL, channel_state)              \
	SEEN("channels", "source", DOCTOR_BOX, data_channels)              \
	SEEN("drops", "tunnel", DOCTOR_BOTH, data_drops)                   \
	SEEN("slow-path", "box", DOCTOR_BOTH, data_slow)                   \
	SEEN("refused", "lan", DOCTOR_BOTH, data_refused)                  \
	SEEN("asserts", "lan", DOCTOR_BOTH, routers_asserts)               \
	SEEN("limits", "box", DOCTOR_BOX, limits_used)                     \
	SEEN("load", "box", DOCTOR_BOX, limits_daemon)
/* clang-format on */
