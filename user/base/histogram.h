/* SPDX-License-Identifier: BSD-2-Clause */
/* How long something took, each time, by a few bounds: what a Prometheus histogram is made of. */
#pragma once

#include "base/time.h"

#include <stdint.h>

#define HISTOGRAM_BOUNDS 14

extern const usec_t histogram_bounds[HISTOGRAM_BOUNDS]; /* rising */

/* Zeroed memory is one without times. */
struct histogram {
	uint64_t counts[HISTOGRAM_BOUNDS + 1]; /* times up to each bound, and longer ones */
	usec_t sum;
};

void histogram_note(struct histogram *histogram, usec_t time);
