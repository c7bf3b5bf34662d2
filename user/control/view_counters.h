/* SPDX-License-Identifier: BSD-2-Clause */
/* Counters of packets and messages, each by its reason. */
#pragma once

#include "base/fault.h"
#include "forward/state.h"

#include <jansson.h>

/* {reason: packets} */
json_t *view_drops(const uint64_t drops[MCI_DROP_COUNT]);

/* What became of each packet that came in by an upstream: the numbers add up to all of them. */
struct view_account_parts {
	uint64_t fast_packets; /* forwarded by the programs */
	struct dataplane_left left;
	const struct slow_path *slow;
	const uint64_t *drops; /* MCI_DROP_COUNT */
};

json_t *view_account(const struct view_account_parts *parts);

/* The slow path: packets that came to the daemon, and what the programs say about them. */
struct view_slow_parts {
	const struct slow_path *slow;
	struct dataplane_left left;
};

json_t *view_slow(const struct view_slow_parts *parts);

/* {protocol: {fault: messages}} */
json_t *view_refused(const uint64_t refused[PROTOCOL_COUNT][FAULT_COUNT]);
