/* SPDX-License-Identifier: BSD-2-Clause */
/* What the requests of control clients are answered from. */
#pragma once

#include "control/server.h"
#include "forward/state.h"
#include "lan/state.h"
#include "links/state.h"

struct request_lookup;

/* What of the dataplane and of the event loop is asked for. */
struct requests_actions {
	/* As dataplane_mode(), dataplane_why() and dataplane_in_front() have it. */
	const char *(*mode)(void *context, unsigned ifindex, enum role role);
	const char *(*why)(void *context, unsigned ifindex, enum role role);
	const char *(*in_front)(void *context, unsigned ifindex, enum role role);
	/* Packets that the LAN did not take. False if that is not known. */
	bool (*refused)(void *context, unsigned ifindex, uint64_t *packets);
	/* Counters of the programs. A reason why they cannot be read; NULL if all is well. */
	const char *(*drops)(void *context, uint64_t drops[MCI_DROP_COUNT]);
	const char *(*slow)(void *context, uint64_t causes[MCI_SLOW_COUNT]);
	usec_t (*longest_stall)(void *context);
	/* Begins a restart, or a reload, of the daemon. A reason why that cannot be; NULL if all is
	 * well. */
	const char *(*restart)(void *context, bool reload);
};

struct requests {
	const struct config *config;
	struct timers *timers;
	usec_t started; /* when the daemon was */
	const struct links *links;
	struct lans *lans;
	struct paths *paths;
	struct forward *forward;
	const uint64_t (*rejected)[FAULT_COUNT]; /* messages, by protocol */
	const struct requests_actions *actions;
	void *context;
	struct driad_actions lookup_actions;
	struct request_lookup *lookups; /* under way */
};
