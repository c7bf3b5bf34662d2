/* SPDX-License-Identifier: BSD-2-Clause */
/* Relay Discovery: from a discovery address to the address of a relay (RFC 7450 section 5.2.3.4).
 */
#pragma once

#include "amt/packets.h"
#include "base/timers.h"

/* The retry timers of Discovery and Request (sections 5.2.3.4.3 and 5.2.3.5.3); the number of
 * transmissions is a gateway's own choice. */
#define AMT_RETRY_INITIAL (1 * USEC_PER_SEC)
#define AMT_RETRY_MAX     (120 * USEC_PER_SEC)
#define AMT_TRANSMISSIONS 4

/* Of a relay that has served us it is to be known soon that it is back: one that is waited for is
 * asked every AMT_RETRY_INITIAL so often, and after a growing time from then on. Others are not:
 * they are named by strangers. */
#define AMT_PATIENT_TRANSMISSIONS 180

struct amt_discovery;

struct amt_discovery_actions {
	void (*send)(struct amt_discovery *discovery, const uint8_t *bytes, size_t length);
	/* Either ends the discovery; it may be started again, or freed, in the call. */
	void (*found)(struct amt_discovery *discovery, const struct addr *relay);
	void (*failed)(struct amt_discovery *discovery, const char *reason);
};

struct amt_discovery {
	struct timers *timers;
	const struct amt_discovery_actions *actions;
	struct timer retry; /* runs while an Advertisement is awaited */
	uint32_t nonce;
	unsigned transmissions;
	bool patient; /* asks until there is an answer; else AMT_TRANSMISSIONS times */
};

/* Until the next transmission, where there have been so many before the last. */
usec_t amt_retry_time(unsigned transmissions, bool patient);
/* Fill timers, actions and patient in before. */
void amt_discovery_start(struct amt_discovery *discovery);
void amt_discovery_stop(struct amt_discovery *discovery);
/* An Advertisement that came from the discovery address and port. Returns why it was refused. */
enum fault amt_discovery_receive(struct amt_discovery *discovery,
				 const struct amt_advertisement *advertisement);
