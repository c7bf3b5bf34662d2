/* SPDX-License-Identifier: BSD-2-Clause */
/* Relay Discovery: from a discovery address to a relay's address (RFC 7450 section 5.2.3.4). */
#pragma once

#include "amt/packets.h"
#include "base/timers.h"

/* Retransmission of Discovery and Request (sections 5.2.3.4.3 and 5.2.3.5.3). The RFC leaves the
 * number of transmissions to the gateway. */
#define AMT_RETRY_INITIAL (1 * USEC_PER_SEC)
#define AMT_RETRY_MAX     (120 * USEC_PER_SEC)
#define AMT_TRANSMISSIONS 4

/* A relay that has served us and failed is asked this many times every AMT_RETRY_INITIAL, so that
 * we learn soon when it is back, and then at a growing interval. Other relays are asked
 * AMT_TRANSMISSIONS times, since anybody may name them in DNS. */
#define AMT_PATIENT_TRANSMISSIONS 180

struct amt_discovery;

struct amt_discovery_actions {
	void (*send)(struct amt_discovery *discovery, const uint8_t *bytes, size_t length);
	/* Each of these ends the discovery, which may be started again or freed in the call. */
	void (*found)(struct amt_discovery *discovery, const struct addr *relay);
	void (*failed)(struct amt_discovery *discovery, const char *reason);
};

struct amt_discovery {
	struct timers *timers;
	const struct amt_discovery_actions *actions;
	struct timer retry; /* runs while an Advertisement is awaited */
	uint32_t nonce;
	unsigned transmissions;
	bool patient; /* asks until an answer comes; else AMT_TRANSMISSIONS times */
};

/* The time from a transmission to the next one, after `transmissions` earlier ones. */
usec_t amt_retry_time(unsigned transmissions, bool patient);
/* Sends a first Discovery. The caller has filled in timers, actions and patient. */
void amt_discovery_start(struct amt_discovery *discovery);
void amt_discovery_stop(struct amt_discovery *discovery);
/* Takes an Advertisement that came from the discovery address and port. Returns why it was
 * rejected. */
enum fault amt_discovery_receive(struct amt_discovery *discovery,
				 const struct amt_advertisement *advertisement);
