/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/histogram.h"

/* From an answer out of a cache to a lookup that is given up. */
const usec_t histogram_bounds[HISTOGRAM_BOUNDS] = {
	1 * USEC_PER_MS,    2500,
	5 * USEC_PER_MS,    10 * USEC_PER_MS,
	25 * USEC_PER_MS,   50 * USEC_PER_MS,
	100 * USEC_PER_MS,  250 * USEC_PER_MS,
	500 * USEC_PER_MS,  1 * USEC_PER_SEC,
	2500 * USEC_PER_MS, 5 * USEC_PER_SEC,
	10 * USEC_PER_SEC,  30 * USEC_PER_SEC,
};

void histogram_note(struct histogram *histogram, usec_t time)
{
	unsigned i = 0;

	while (i < HISTOGRAM_BOUNDS && time > histogram_bounds[i])
		i++;
	histogram->counts[i]++;
	histogram->sum += time;
}
