/* SPDX-License-Identifier: BSD-2-Clause */
/* The whole daemon in virtual time, among neighbors, hosts, relays and DNS servers that may lie.
 * The input is a script: each step is a number of `steps` and the bytes that the step reads. After
 * each step the invariants of daemon_checks.h hold. At the end all is repaired and nobody wants
 * anything any more: some time later the daemon is as it was at its start. */
#include "daemon_checks.h"

#define LONGEST (6 * 3600 * USEC_PER_SEC) /* a script */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	input = cursor_over(bytes, size);
	world_begin(1000 * USEC_PER_SEC);
	check_all();
	while (cursor_left(&input) && world.timers.now < LONGEST) {
		steps[next(sizeof(steps) / sizeof(steps[0]))]();
		settle();
		check_all();
	}
	wind_down();
	world_end();
	return 0;
}
