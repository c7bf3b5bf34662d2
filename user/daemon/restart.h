/* SPDX-License-Identifier: BSD-2-Clause */
/* SIGUSR2 and SIGHUP, `mcingest restart` and `mcingest reload`: the daemon executes its binary
 * anew, in the same process. Nobody on the network is told. The kernel goes on forwarding, and the
 * new daemon adopts what is there (adopt.h), so that no packet is lost.
 *
 * A restart takes the binary at the path of this one, which may be of another version. A reload
 * reads the configuration first, and a mistake in it leaves everything as it is. */
#pragma once

#include <stdbool.h>

struct config;
struct engine;

/* Watches the signals from now on; `argv` as main() has it. False after a line in the log. */
bool restart_watch(struct engine *engine, int argc, char **argv);
/* Begins a restart, or a reload: the loop ends soon. Returns NULL, or why that cannot be, which has
 * been logged; then everything stays as it is. */
const char *restart_begin(struct engine *engine, bool reload);
/* Whether the loop has ended for a restart. */
bool restart_is_wanted(const struct engine *engine);
/* Executes the binary. Returns only if that has failed, after a line in the log. */
void restart_execute(const struct engine *engine);
