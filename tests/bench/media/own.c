/* SPDX-License-Identifier: BSD-2-Clause */
#include "own.h"

#include "../../bpf/harness.h"
#include "media.skel.h"

#include <bpf/bpf.h>
#include <err.h>
#include <string.h>

#define REPEAT 1000000
#define TURNS  5

static double run_stand(const struct stage *stage, int stand, int under_test,
			const struct bpf_map *place)
{
	const struct media_load *load = &stage->programs->bss->load;
	uint8_t frame[4096] = {0};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = load->length,
		    .repeat = REPEAT);

	memcpy(frame, load->headers, sizeof(load->headers));
	if (bpf_map__update_elem(place, &(uint32_t){0}, 4, &under_test, 4, BPF_ANY) ||
	    bpf_prog_test_run_opts(stand, &opts))
		err(2, "media: BPF_PROG_RUN");
	return opts.duration;
}

/* The least of some turns: what disturbs only adds. */
static double own_ns(const struct stage *stage, int stand, int under_test, int empty,
		     const struct bpf_map *place)
{
	double with = 1e9, without = 1e9, ns;

	for (int i = 0; i < TURNS; i++) {
		ns = run_stand(stage, stand, under_test, place);
		with = ns < with ? ns : with;
		ns = run_stand(stage, stand, empty, place);
		without = ns < without ? ns : without;
	}
	return with - without;
}

double own_ns_xdp(const struct stage *stage)
{
	const struct media *p = stage->programs;

	return own_ns(stage, bpf_program__fd(p->progs.stand_xdp), harness_xdp_copy(stage->mac),
		      bpf_program__fd(p->progs.pass_xdp), p->maps.under_test_xdp);
}

double own_ns_tc(const struct stage *stage)
{
	const struct media *p = stage->programs;

	/* BPF_PROG_RUN takes the loopback interface's address, zeros, for its own. */
	memset(p->bss->load.headers, 0, sizeof(stage->mac));
	return own_ns(stage, bpf_program__fd(p->progs.stand_tc), bpf_obj_get(PINS "/ingest_tc"),
		      bpf_program__fd(p->progs.pass_tc), p->maps.under_test_tc);
}
