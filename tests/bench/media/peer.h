/* SPDX-License-Identifier: BSD-2-Clause */
/* Another build of this bench, whose dataplane takes turns with ours: a process with a stage of its
 * own, on the same processor. It is told a contender's name and how many packets, and answers with
 * nanoseconds. */
#pragma once

#include <stdbool.h>

/* Starts the program. Ends this one if it cannot. */
void peer_open(const char *program);
void peer_close(void);
/* The seconds that a turn takes there. */
double peer_turn(const char *contender, unsigned packets);

/* The other side: calls `turn` for what is asked, until nothing more is. */
void peer_serve(double (*turn)(void *context, const char *contender, unsigned packets),
		void *context);
