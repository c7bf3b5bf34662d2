/* SPDX-License-Identifier: BSD-2-Clause */
/* Notices that the daemon has been away: the machine was suspended, or the process was stopped. The
 * daemon lives by CLOCK_MONOTONIC, which stands still while the machine is suspended. So all timers
 * would go on as if nothing had happened, while relays and routers have forgotten us.
 * CLOCK_BOOTTIME goes on, and tells how long it was.
 *
 * It also notices that somebody has set the wall clock (CLOCK_REALTIME). Nothing in the daemon goes
 * by that clock but the stamps of the log and of views, and libunbound's cache, which would keep an
 * answer for years when the clock is set back.
 *
 * Left out: a virtual machine that its host has paused with all of its clocks. */
#pragma once

#include "base/timers.h"

#define CLOCKS_LOOK_INTERVAL (2 * USEC_PER_SEC)
/* What is lost in a shorter time, protocols repeat soon enough. */
#define CLOCKS_AWAY_MIN (10 * USEC_PER_SEC)
/* NTP moves the wall clock by far less between two looks, unless it sets it. */
#define CLOCKS_WALL_MIN (1 * USEC_PER_SEC)

struct clocks_reading {
	usec_t monotonic, boot, wall;
};

struct clocks {
	struct timers *timers;
	void *owner;
	/* The daemon was away. CLOCK_MONOTONIC has not counted `asleep` of that time. */
	void (*was_away)(void *owner, usec_t asleep);
	void (*wall_was_set)(void *owner);
	struct timer look;
	struct clocks_reading last;
};

/* Looks at the clocks from now on. The caller has filled in timers, owner and the two functions. */
void clocks_start(struct clocks *clocks);
void clocks_stop(struct clocks *clocks);
/* Judges what the clocks say now. */
void clocks_look(struct clocks *clocks, const struct clocks_reading *now);
