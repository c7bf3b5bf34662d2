/* SPDX-License-Identifier: BSD-2-Clause */
/* SIGUSR2 and SIGHUP, `mcingest restart` and `mcingest reload`: the daemon executes its binary
 * anew, in the same process. SIGUSR1, `systemctl restart`: the process ends, and the next daemon is
 * another one. Nobody on the network is told, except on a LAN that the configuration has no more:
 * its routers get a goodbye. The kernel goes on forwarding, and the new daemon adopts what is there
 * (adopt.h), so that no packet is lost.
 *
 * How the binary is tried and executed is in io/successor.h. A reload reads the configuration
 * before, and a mistake in it leaves everything as it is. */
#pragma once

#include <stdbool.h>

struct config;
struct engine;

/* Watches the signals from now on; `argv` as main() has it. False after a line in the log. */
bool restart_watch(struct engine *engine, int argc, char **argv);
/* Begins a restart, or a reload: requests_restart_over() is called when the binary has answered,
 * and the loop ends soon after. Returns NULL, or why that cannot be, which has been logged; then
 * everything stays as it is. */
const char *restart_begin(struct engine *engine, bool reload);
/* Whether the loop has ended for a restart. Then the kernel goes on forwarding. */
bool restart_is_wanted(const struct engine *engine);
/* Executes the binary, or ends the process. */
_Noreturn void restart_execute(struct engine *engine);
