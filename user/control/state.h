/* SPDX-License-Identifier: BSD-2-Clause */
/* What the requests of control clients are answered from. */
#pragma once

#include "control/server.h"
#include "forward/state.h"
#include "lan/state.h"
#include "links/state.h"
#include "statics/statics.h"

struct request_lookup;
struct monitors;

struct requests_actions {
	/* As the functions of dataplane.h, which they are, or a test's. */
	const char *(*mode)(const struct dataplane *dp, unsigned ifindex, enum role role);
	const char *(*why)(const struct dataplane *dp, unsigned ifindex, enum role role);
	const char *(*in_front)(const struct dataplane *dp, unsigned ifindex, enum role role);
	bool (*refused)(const struct dataplane *dp, unsigned ifindex, uint64_t *packets);
	uint64_t (*unasked)(const struct dataplane *dp, unsigned ifindex);
	int (*drops)(struct dataplane *dp, uint64_t drops[MCI_DROP_COUNT]);
	int (*left)(struct dataplane *dp, struct dataplane_left *left);
	const char *(*error)(const struct dataplane *dp);
	/* How long the event loop has kept something waiting. */
	usec_t (*longest_stall)(void *context);
	/* Begins a restart, or a reload, of the daemon. A reason why that cannot be; NULL if
	 * requests_restart_over() will tell. */
	const char *(*restart)(void *context, bool reload);
};

struct requests {
	const struct config *config;
	struct timers *timers;
	usec_t started; /* when the daemon was */
	const struct links *links;
	struct lans *lans;
	struct statics *statics;
	struct paths *paths;
	struct forward *forward;
	const uint64_t (*rejected)[FAULT_COUNT]; /* messages, by protocol */
	bool reload_failed;                      /* the last one */
	const struct requests_actions *actions;
	struct dataplane *dataplane;
	void *context; /* of the actions that do not concern the dataplane */
	struct driad_actions lookup_actions;
	struct request_lookup *lookups;   /* under way */
	struct control_client *restarter; /* waits for its answer; NULL if none does */
	bool reloads;                     /* what it has asked for */
	struct monitors *monitors;        /* NULL while nobody monitors */
};
