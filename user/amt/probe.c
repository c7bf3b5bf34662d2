/* SPDX-License-Identifier: BSD-2-Clause */
#include "amt/probe.h"
#include "amt/discovery.h"
#include "base/random.h"

#define PROBE_INTERVAL (2 * USEC_PER_SEC)

void amt_gateway_probe(struct amt_gateway *gateway)
{
	struct amt_cycle *cycles[] = {&gateway->igmp, &gateway->mld};
	usec_t now = gateway->timers->now;
	bool is_new[2];

	if (gateway->periodic || (gateway->probed && now < gateway->probed + PROBE_INTERVAL))
		return;
	gateway->probed = now;
	for (size_t i = 0; i < 2; i++) {
		is_new[i] = !(cycles[i]->probing && amt_cycle_is_awaiting(cycles[i]));
		cycles[i]->probing = cycles[i]->has_ticket && amt_cycle_is_needed(cycles[i]);
	}
	for (size_t i = 0; i < 2; i++)
		if (cycles[i]->probing && is_new[i] &&
		    (cycles[i]->state == AMT_ACTIVE || cycles[i]->asked < now))
			amt_cycle_request(cycles[i]);
}

/* The time until the next Request: 0 after the first ICMP error, and after the last one. */
static usec_t unreachable_delay(const struct amt_gateway *gateway)
{
	if (gateway->unreachables == 1 || amt_cycle_is_unreachable(gateway))
		return 0;
	return random_backoff(AMT_RETRY_INITIAL, AMT_RETRY_MAX, gateway->unreachables - 1);
}

static void note_unreachable(struct amt_cycle *cycle)
{
	struct amt_gateway *gateway = cycle->gateway;
	usec_t delay;

	cycle->unreachable = true;
	gateway->unreachables++;
	delay = unreachable_delay(gateway);
	if (delay < timer_left(gateway->timers, &cycle->request))
		timer_start(gateway->timers, &cycle->request, delay);
}

static bool has_sent_updates(const struct amt_cycle *cycle)
{
	return cycle->state == AMT_ACTIVE && amt_cycle_is_needed(cycle);
}

/* A cycle that is being probed has lost its data already, so the ICMP error is believed. In one
 * that awaits a Query for another reason, the retry timer decides. */
void amt_gateway_unreachable(struct amt_gateway *gateway)
{
	struct amt_cycle *cycles[] = {&gateway->igmp, &gateway->mld};

	for (size_t i = 0; i < 2; i++) {
		if (!cycles[i]->probing)
			continue;
		timer_start(gateway->timers, &cycles[i]->request, 0);
		cycles[i]->transmissions = AMT_TRANSMISSIONS;
	}
	/* A Request of one family renews the other as well. */
	if (gateway->igmp.unreachable || gateway->mld.unreachable)
		return;
	for (size_t i = 0; i < 2; i++) {
		if (!cycles[i]->probing && has_sent_updates(cycles[i])) {
			note_unreachable(cycles[i]);
			return;
		}
	}
}

void amt_gateway_flows(struct amt_gateway *gateway)
{
	gateway->data = gateway->timers->now;
}
