/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/clock.h"

#include "clock.skel.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <time.h>

#define FRAME_MIN 14 /* bytes that BPF_PROG_RUN asks for */

/* The coarse clock moves once a tick, so its resolution is the length of a tick. */
static uint64_t tick(void)
{
	struct timespec resolution;

	if (clock_getres(CLOCK_MONOTONIC_COARSE, &resolution))
		return 0;
	return (uint64_t)resolution.tv_sec * 1000000000 + resolution.tv_nsec;
}

static int run(const struct clock *programs)
{
	uint8_t frame[FRAME_MIN] = {0};
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
