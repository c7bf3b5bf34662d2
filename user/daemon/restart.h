/* SPDX-License-Identifier: BSD-2-Clause */
/* SIGUSR2 and SIGHUP: the daemon executes its binary anew, in the same process. Nobody on the
 * network is told. The kernel goes on forwarding, and the new daemon adopts what is there
 * (adopt.h), so that no packet is lost.
 *
 * SIGUSR2 restarts: the binary at the path of this one may be of another version. SIGHUP reloads:
 * the configuration is read first, and a mistake in it leaves everything as it is. */
#pragma once

#include <stdbool.h>

struct config;
struct engine;

/* Watches the signals from now on; `argv` as main() has it. False after a line in the log. */
bool restart_watch(struct engine *engine, int argc, char **argv);
/* Whether the loop has ended for a restart. */
bool restart_is_wanted(const struct engine *engine);
/* Executes the binary. Returns only if that has failed, after a line in the log. */
void restart_execute(const struct engine *engine);
