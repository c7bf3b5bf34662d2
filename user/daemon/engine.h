/* SPDX-License-Identifier: BSD-2-Clause */
/* The daemon: nothing but the wiring of the rooms, their start and their stop. What the rooms do,
 * they say themselves; a packet's and a Join's way through them:
 *
 *   LAN  --> dataplane (observe) --> lan --> channel --> path --> driad, amt --> WAN
 *                                              |
 *                                              v
 *                                           forward --> dataplane (entries)
 *   WAN  --> dataplane (decapsulate) --> LAN;  what it leaves: amt --> forward --> LAN
 *   control socket --> control --> all of them
 *   kernel's news  --> links   --> lan, forward, amt
 *   clocks         --> resolver, path, lan, forward
 *
 * A room says through a table of actions what is to be done outside of it. The files here are those
 * tables:
 *
 *   wire_lans.c     links -> LANs, entries, tunnels; LANs -> raw sockets; clocks -> rooms
 *   wire_paths.c    paths -> resolver; tunnels -> dataplane, slow path; channels -> path, forward
 *   endpoints.c     tunnels' endpoints -> UDP sockets
 *   wire_forward.c  forward -> dataplane, packet sockets; the dataplane's events -> rooms
 *   wire_control.c  control socket -> requests -> rooms
 *   adopt.c         entries of a daemon that was killed -> rooms
 *   restart.c       SIGUSR1, SIGUSR2, SIGHUP -> the next daemon */
#pragma once

#include "config/config.h"

struct engine;

/* Brings everything up, in the order in which data will flow. Returns an engine even after a
 * failure, which has been logged; `*up` tells. */
struct engine *engine_start(const struct config *config, bool *up);
/* Runs until a signal ends it. 0 or a negative errno. */
int engine_run(struct engine *engine);
/* Says goodbye to neighbors and relays, removes all that was added to the kernel, and frees the
 * engine. */
void engine_stop(struct engine *engine);
