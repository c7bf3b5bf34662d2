/* SPDX-License-Identifier: BSD-2-Clause */
/* What the programs need to tell the time: how long a tick is, and when none had passed. Both stay
 * the same until the kernel is booted anew. */
#include "dataplane/internal.h"

#include "clock.skel.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <time.h>

#define FRAME_LEAST 14 /* that BPF_PROG_RUN takes */

/* The coarse clock moves by ticks: its resolution is a tick. */
static uint64_t tick(void)
{
	struct timespec resolution;

	if (clock_getres(CLOCK_MONOTONIC_COARSE, &resolution))
		return 0;
	return (uint64_t)resolution.tv_sec * 1000000000 + resolution.tv_nsec;
}

static int run(const struct clock *programs)
{
	uint8_t frame[FRAME_LEAST] = {0};
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame, .data_size_in = sizeof(frame),
		    .repeat = 1);

	return bpf_prog_test_run_opts(bpf_program__fd(programs->progs.clock), &options);
}

int clock_get(struct mci_clock *clock)
{
	struct clock *programs = clock__open_and_load();
	int error;

	if (!programs)
		return -errno;
	error = run(programs);
	clock->tick_ns = tick();
	clock->epoch_ns = programs->bss->coarse_ns - programs->bss->jiffies * clock->tick_ns;
	clock__destroy(programs);
	return error || clock->tick_ns ? error : -EOPNOTSUPP;
}
