/* SPDX-License-Identifier: BSD-2-Clause */
#include "through.h"

#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <string.h>
#include <time.h>

int family_of(int field)
{
	return field ? field : 4;
}

uint64_t seconds_from_now(int seconds)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)(now.tv_sec + seconds) * 1000000000;
}

bool same_frame(const struct run *run, const uint8_t *frame, size_t length)
{
	if (run->length == length && !memcmp(run->frame, frame, length))
		return true;
	tap_frame("expected", frame, length);
	tap_frame("got", run->frame, run->length);
	return false;
}

bool right_drops(struct dataplane *dp, const uint64_t before[MCI_DROP_COUNT], int expect)
{
	uint64_t after[MCI_DROP_COUNT];
	bool right = true;

	dataplane_drops(dp, after);
	for (int reason = 0; reason < MCI_DROP_COUNT; reason++) {
		if (after[reason] - before[reason] == (reason == expect))
			continue;
		tap_note("drops of %s: %d", dataplane_drop_name(reason),
			 (int)(after[reason] - before[reason]));
		right = false;
	}
	return right;
}

#define ADDRESSES 12
#define TAG       4

static bool has_priority_tag(const uint8_t *frame, size_t length)
{
	const uint8_t *tag = frame + ADDRESSES;

	return length >= ADDRESSES + TAG &&
	       ((tag[0] == 0x81 && tag[1] == 0x00) || (tag[0] == 0x88 && tag[1] == 0xa8)) &&
	       !((tag[2] << 8 | tag[3]) & 0x0fff);
}

/* The kernel takes a tag out of the data before TC sees a frame; a test run does not. What passes
 * has its own again. */
static struct run run_tc(const uint8_t *in, size_t length, unsigned gso_size)
{
	uint8_t frame[FRAME_MAX];
	struct run run;

	if (!has_priority_tag(in, length))
		return harness_run("ingest_tc", in, length, gso_size, 1);
	memcpy(frame, in, ADDRESSES);
	memcpy(frame + ADDRESSES, in + ADDRESSES + TAG, length - ADDRESSES - TAG);
	run = harness_run("ingest_tc", frame, length - TAG, gso_size, 1);
	if (run.verdict != (uint32_t)TC_ACT_UNSPEC)
		return run;
	memmove(run.frame + ADDRESSES + TAG, run.frame + ADDRESSES, run.length - ADDRESSES);
	memcpy(run.frame + ADDRESSES, in + ADDRESSES, TAG);
	run.length += TAG;
	return run;
}

int through_tc(const uint8_t *in, size_t length, unsigned gso_size, struct run *run)
{
	*run = run_tc(in, length, gso_size);
	switch (run->verdict) {
	case TC_ACT_REDIRECT:
		return ON_LAN;
	case (uint32_t)TC_ACT_UNSPEC:
		return PASSES;
	default:
		return run->verdict == TC_ACT_SHOT ? DROPPED : -1000;
	}
}

static bool has_grown(const char *what, uint64_t before, uint64_t after, bool expected)
{
	if (after - before == expected)
		return true;
	tap_note("%s: %d", what, (int)(after - before));
	return false;
}

bool right_left(struct dataplane *dp, const struct dataplane_left *before, int expect)
{
	const uint64_t *then = before->account, *now;
	struct dataplane_left after;
	bool right = true;

	dataplane_left(dp, &after);
	now = after.account;
	for (int cause = 0; cause < MCI_SLOW_COUNT; cause++)
		right = has_grown(dataplane_slow_name(cause), before->slow[cause],
				  after.slow[cause], SLOW(cause) == expect) &&
			right;
	right = has_grown("passed", then[MCI_ACCOUNT_PASSED], now[MCI_ACCOUNT_PASSED],
			  expect == PASSES) &&
		right;
	return has_grown("unsent", then[MCI_ACCOUNT_UNSENT], now[MCI_ACCOUNT_UNSENT],
			 expect == MCI_DROP_EXCEEDS_MTU || expect == MCI_DROP_REWRITE) &&
	       right;
}

int through_xdp(const uint8_t *in, size_t length, struct run *run)
{
	*run = harness_run_xdp(in, length);
	switch (run->verdict) {
	case XDP_REDIRECT:
		return ON_LAN;
	case XDP_PASS:
		return PASSES;
	default:
		return run->verdict == XDP_DROP ? DROPPED : -1000;
	}
}

int through_both(const uint8_t *in, size_t length, unsigned gso_size, struct run *run,
		 bool *xdp_passed)
{
	int fate = through_xdp(in, length, run);

	*xdp_passed = fate == PASSES;
	if (fate == PASSES && run->length == length && !memcmp(run->frame, in, length))
		fate = through_tc(in, length, gso_size, run);
	return fate;
}
