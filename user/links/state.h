/* SPDX-License-Identifier: BSD-2-Clause */
/* The state that the files of this folder share. */
#pragma once

#include "config/config.h"
#include "dataplane/dataplane.h"
#include "io/netlink.h"
#include "links/guard.h"

/* What we know of our program on an interface that is there. */
struct link_program {
	struct guard guard;
	bool lost;          /* another tool has taken the program away */
	char why[256];      /* why the program is not attached; else empty */
	char in_front[192]; /* what was last logged to stand in front of it */
};

struct link {
	enum role role;
	unsigned number;             /* among those of the role */
	struct netlink_interface is; /* ifindex 0 if the interface is gone */
	bool unusable; /* of a LAN: the program cannot be attached, so that the LAN counts as down
			*/
	struct link_program program;
};

struct links_actions {
	/* LAN `number` is now as `is` says. */
	void (*lan_is)(void *context, unsigned number, const struct netlink_interface *is);
	/* Frames to LAN `number` are to be made otherwise than before: entries that have it must be
	 * written anew. */
	void (*lan_differs)(void *context, unsigned number);
	/* Nothing was heard on LAN `number` for a while: another tool had taken our program away.
	 */
	void (*lan_was_deaf)(void *context, unsigned number);
	/* Routes or addresses of this host have changed. */
	void (*routes_changed)(void *context);
};

struct links {
	const struct config *config;
	struct timers *timers;
	struct dataplane *dataplane;
	const struct links_actions *actions;
	void *context;
	struct link lans[CONFIG_NAMES_MAX];
	unsigned lan_count;
	struct rate_limits rates; /* as configured, with those of LANs by their numbers */
	struct link upstreams[CONFIG_UPSTREAMS_MAX];
	unsigned upstream_count;
	struct timer look; /* the next look at what is attached */
};
