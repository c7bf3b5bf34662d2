/* SPDX-License-Identifier: BSD-2-Clause */
/* Forwarding where counters go round: 2^32 milliseconds, 2^31 and 2^32 seconds, and 400 days after
 * the start; sequence numbers of RTP go round every few seconds. */
#include "forward/traffic.h"
#include "forward_lab.h"

#define RATE  10000 /* packets a second */
#define BYTES 1000
#define DAY   (86400 * USEC_PER_SEC)

TestSuite(forward_year, .init = fwd_begin, .fini = fwd_end, .timeout = 60);

static void pass_a_second(struct channel *channel)
{
	struct dataplane_channel_stats *stats = &fwd.stats[channel->slot];

	stats->packets += RATE;
	stats->bytes += RATE * (uint64_t)BYTES;
	stats->last_ns = lab.timers.now * 1000;
	stats->rtp.is_version_2 = true;
	stats->rtp.ssrc = 0x12345678;
	stats->rtp.sequence += (uint16_t)RATE;
	stats->rtp.packets += RATE;
	lab_run(1);
	cr_assert_gt(fwd.entry.deadline_ns, lab.timers.now * 1000);
	cr_assert_leq(fwd.entry.deadline_ns, (lab.timers.now + LAB_HOLD) * 1000);
}

/* Ten minutes before that time and ten behind it. */
static void pass(usec_t time)
{
	struct channel *channel;

	timers_run(&lab.timers, time - 600 * USEC_PER_SEC);
	channel = fwd_join(SOURCE, GROUP);
	channel_first_packet(channel, lab.timers.now);
	for (unsigned second = 0; second < 1200; second++) {
		pass_a_second(channel);
		cr_assert_eq(channel->state, CHANNEL_RECEIVING);
	}
	cr_expect(channel->rtp.is_rtp);
	cr_expect_eq(rtp_lost(&channel->rtp), 0);
	cr_expect_float_eq(channel->meter.rate.packets_per_s, RATE, RATE / 20.0);
	cr_expect_float_eq(channel->meter.rate.bits_per_s, 8.0 * RATE * BYTES,
			   8.0 * RATE * BYTES / 20);
	cr_expect_eq(traffic_read(channel).packets, 1200ull * RATE);
	cr_expect_float_eq(fwd.forward.slow.bucket.tokens, LAB_RATE / 10.0, 1, "a full bucket");
}

Test(forward_year, two_to_the_32_milliseconds)
{
	pass((1ull << 32) * USEC_PER_MS);
}

Test(forward_year, two_to_the_31_seconds)
{
	pass((1ull << 31) * USEC_PER_SEC);
}

Test(forward_year, two_to_the_32_seconds)
{
	pass((1ull << 32) * USEC_PER_SEC);
}

Test(forward_year, four_hundred_days)
{
	pass(400 * DAY);
}
