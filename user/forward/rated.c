/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/rated.h"

_Static_assert(RATE_LANS_MAX >= CHANNEL_INTERFACES_MAX, "each LAN may have a rate");
_Static_assert(LINE_LANS_MAX == MCI_EGRESS_MAX, "each LAN of a channel counts");

static const struct policy *policy_of(const struct admission *rates, const struct rated *rated)
{
	const struct policies *policies = rates->options.policies;

	return rated->policy < policies->count ? &policies->list[rated->policy] : NULL;
}

static unsigned priority_of(const struct admission *rates, const struct rated *rated)
{
	const struct policy *policy = policy_of(rates, rated);

	return policy ? policy->priority : POLICY_PRIORITY;
}

/* Channels of an earlier daemon begin without admission_admit(). */
struct rated *rated_known(const struct admission *rates, const struct channel *channel)
{
	struct rated *rated = rated_of(rates, channel);

	if (!rated->begun) {
		rated->begun = rates->forward->timers->now;
		rated->policy = policies_find(rates->options.policies, &channel->sg);
	}
	return rated;
}

unsigned rated_rank(const struct admission *rates, const struct channel *channel)
{
	return line_rank(__builtin_popcount(channel->interfaces),
			 priority_of(rates, rated_known(rates, channel)));
}

bool rated_is_on(const struct admission *rates, const struct rated *rated, unsigned number)
{
	if (number == ADMISSION_LINE_TOTAL)
		return true;
	if (admission_is_lan(number))
		return rated->egress & admission_lan_bit(number);
	return policy_of(rates, rated) && rated->policy == number - ADMISSION_LINE_POLICY;
}

int64_t rated_bits(const struct rated *rated, unsigned number)
{
	return admission_is_lan(number) ? rated->out : rated->in;
}

static void put_on_lines(struct admission *rates, const struct rated *rated, int sign)
{
	line_add(&rates->lines[ADMISSION_LINE_TOTAL], rated->rank, sign * rated->in);
	for (unsigned i = 0; rated->egress && i < CHANNEL_INTERFACES_MAX; i++)
		if (rated->egress & 1u << i)
			line_add(&rates->lines[ADMISSION_LINE_LAN + i], rated->rank,
				 sign * rated->out);
	if (policy_of(rates, rated))
		line_add(&rates->lines[ADMISSION_LINE_POLICY + rated->policy], rated->rank,
			 sign * rated->in);
}

void rated_set(struct admission *rates, const struct channel *channel, int64_t in, int64_t out)
{
	struct rated *rated = rated_of(rates, channel);

	put_on_lines(rates, rated, -1);
	rates->running += (in != 0) - (rated->in != 0);
	rated->in = in;
	rated->out = out;
	rated->rank = rated_rank(rates, channel);
	rated->egress = channel_egress(channel);
	put_on_lines(rates, rated, 1);
}

uint64_t admission_of_channel(const struct channel *channel)
{
	const struct admission *rates = forward_of(channel)->rates;
	const struct policy *policy;

	if (!rates)
		return 0;
	policy = policy_of(rates, rated_known(rates, channel));
	return policy && policy->channel_rate ? policy->channel_rate : rates->options.channel_rate;
}

void rated_end_wait(struct admission *rates, struct rated *rated)
{
	if (!rated->waits)
		return;
	rated->waits = false;
	rates->waiting--;
	rates->stopped[rated->line]--;
}

/* Whoever is stopped again soon has come back too early. */
static usec_t next_hold(const struct rated *rated, usec_t now)
{
	usec_t twice = 2 * rated->hold;

	if (!rated->hold || now - rated->back > ADMISSION_HOLD_MAX)
		return ADMISSION_HOLD;
	return twice < ADMISSION_HOLD_MAX ? twice : ADMISSION_HOLD_MAX;
}

void rated_wait(struct admission *rates, struct rated *rated, unsigned number)
{
	usec_t now = rates->forward->timers->now;

	rated_end_wait(rates, rated);
	rated->hold = next_hold(rated, now);
	rated->since = now;
	rated->line = number;
	rated->waits = true;
	rates->waiting++;
	rates->stopped[number]++;
}
