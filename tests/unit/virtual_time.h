/* SPDX-License-Identifier: BSD-2-Clause */
/* Advances the time of a state machine, timer by timer. */
#pragma once

#include "base/timers.h"

static inline void run_for(struct timers *timers, double seconds)
{
	usec_t until = timers->now + (usec_t)(seconds * USEC_PER_SEC);

	while (timers_next(timers) <= until)
		timers_run(timers, timers_next(timers));
	timers_run(timers, until);
}
