/* SPDX-License-Identifier: BSD-2-Clause */
/* The next daemon. This one makes way in one of two ways, and in both the kernel forwards on,
 * because nothing is taken out of it:
 *
 *   successor_begin()   executes its binary anew, in the same process, after the binary has proved
 *                       that it starts: it may be missing, or hang, or be of another version
 *   successor_leave()   ends the process, for one that somebody else starts
 *
 * One thing is under way at a time. */
#pragma once

#include "io/binary.h"

#include <limits.h>

struct successor {
	/* The caller's */
	struct loop *loop;
	struct timers *timers;
	char **argv; /* as main() has it */
	/* The loop ends soon for `what`, or does not, and why; that has been logged. */
	void (*decided)(void *owner, const char *why);
	void *owner;

	char binary[PATH_MAX]; /* its path when this daemon started */
	const char *what;      /* is under way, in a word; NULL if nothing is */
	struct binary_trial trial;
	struct timer grace;
	enum { SUCCESSOR_NONE, SUCCESSOR_EXECUTED, SUCCESSOR_AWAITED } next;
};

/* Call it first. 0 or a negative errno. */
int successor_prepare(struct successor *successor);
/* Begins what the log names `what`. Returns NULL if `decided` will be called, or at once why this
 * cannot be, which has been logged. */
const char *successor_begin(struct successor *successor, const char *what);
/* Logs why `what` cannot be, and returns it. */
const char *successor_refuse(const char *what, const char *why);
/* Ends the loop at once. */
void successor_leave(struct successor *successor);
/* Stops what is under way. */
void successor_stop(struct successor *successor);
/* Once the loop has ended: whether it has ended to make way. Then successor_follow() executes the
 * binary, or ends the process. If the binary cannot be executed, the process ends as well: with
 * status 1, so that systemd starts another. */
bool successor_follows(const struct successor *successor);
_Noreturn void successor_follow(const struct successor *successor);
