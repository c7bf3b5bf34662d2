/* SPDX-License-Identifier: BSD-2-Clause */
/* The filter of system calls (seccomp(2)): once started, the process may make those that the daemon
 * uses, and no others. A call that is refused fails with EPERM, and the log names it.
 *
 * A filter cannot be taken away, and stays when the binary is executed anew: what it refuses is
 * then refused to the new binary, too. Only a new process has another filter. */
#pragma once

#include "io/loop.h"

/* Begins to report refused calls to the log. Call it first: the binary may have been executed anew,
 * by a daemon with a filter. Returns 0 or a negative errno. */
int sandbox_watch(struct loop *loop);

/* Puts the filter into force for all threads, if it is `wanted` and not in force yet. Returns 0 or
 * a negative errno. */
int sandbox_enter(bool wanted);

/* Ends the reports, with what no turn of the loop has reported yet. */
void sandbox_close(void);
