/* SPDX-License-Identifier: BSD-2-Clause */
#include "amt/discovery.h"
#include "base/random.h"

usec_t amt_retry_time(unsigned transmissions, bool patient)
{
	unsigned steady = patient ? AMT_PATIENT_TRANSMISSIONS : 0;

	return random_backoff(AMT_RETRY_INITIAL, AMT_RETRY_MAX,
			      transmissions > steady ? transmissions - steady : 0);
}

static void transmit(struct amt_discovery *discovery)
{
	uint8_t bytes[AMT_DISCOVERY_LENGTH];

	amt_encode_discovery(discovery->nonce, bytes);
	timer_start(discovery->timers, &discovery->retry,
		    amt_retry_time(discovery->transmissions, discovery->patient));
	discovery->transmissions++;
	discovery->actions->send(discovery, bytes, sizeof(bytes));
}

static void retry_due(struct timer *timer)
{
	struct amt_discovery *discovery = container_of(timer, struct amt_discovery, retry);

	if (discovery->transmissions < AMT_TRANSMISSIONS || discovery->patient)
		transmit(discovery);
	else
		discovery->actions->failed(discovery, "relay does not answer Discovery");
}

void amt_discovery_start(struct amt_discovery *discovery)
{
	discovery->retry.fn = retry_due;
	discovery->nonce = random_nonzero_u32();
	discovery->transmissions = 0;
	transmit(discovery);
}

void amt_discovery_stop(struct amt_discovery *discovery)
{
	timer_stop(discovery->timers, &discovery->retry);
}

enum fault amt_discovery_receive(struct amt_discovery *discovery,
				 const struct amt_advertisement *advertisement)
{
	if (!discovery->retry.slot)
		return FAULT_UNEXPECTED;
	if (advertisement->nonce != discovery->nonce)
		return FAULT_NONCE;
	amt_discovery_stop(discovery);
	discovery->actions->found(discovery, &advertisement->relay);
	return FAULT_NONE;
}
