/* SPDX-License-Identifier: BSD-2-Clause */
/* The whole daemon: the rooms, and what the kernel gives to them. Only the files of this folder see
 * it. */
#pragma once

#include "base/rejected.h"
#include "control/requests.h"
#include "io/clocks.h"
#include "io/frames.h"
#include "io/netlink_monitor.h"
#include "io/ports.h"
#include "io/resolver.h"
#include "io/successor.h"
#include "page/page.h"
#include "statics/on_lans.h"

struct engine {
	const struct config *config;
	struct timers timers;
	struct loop *loop;
	struct loop_watch *observed; /* the dataplane's events */
	struct clocks clocks;
	struct dataplane *dataplane;
	struct resolver *resolver;
	struct control_server *control;
	struct page *page;
	struct netlink_monitor *monitor;
	struct frames *frames;
	struct secret secret; /* of which the tunnels' ports come */
	int state_lock;       /* descriptor of the state folder; 0 or less without a lock */
	struct driad_options driad_options;
	struct links links;
	struct lans lans;
	struct paths paths;
	struct forward forward;
	struct statics_on_lans statics;
	struct requests requests;
	struct rejected rejected;
	struct successor successor;
	int argc; /* as main() has it */
};
