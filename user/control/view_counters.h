/* SPDX-License-Identifier: BSD-2-Clause */
/* Counters of packets and messages, each by its reason. */
#pragma once

#include "base/fault.h"
#include "mcingest/maps.h"

#include <jansson.h>

/* {reason: packets} */
json_t *view_drops(const uint64_t drops[MCI_DROP_COUNT]);

/* The slow path: packets that came to the daemon, and what the programs say about them. */
struct view_slow_parts {
	uint64_t received, packets; /* packets that came, and those of them that were forwarded */
	double packets_per_s;
	uint64_t counted[MCI_SLOW_COUNT]; /* packets that a program left to the daemon, by cause */
};

json_t *view_slow(const struct view_slow_parts *parts);

/* {protocol: {fault: messages}} */
json_t *view_refused(const uint64_t refused[PROTOCOL_COUNT][FAULT_COUNT]);
