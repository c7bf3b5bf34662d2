/* SPDX-License-Identifier: BSD-2-Clause */
/* Response MACs, RFC 7450 sections 5.3.5 and 5.3.6: proof that whoever sends an Update received the
 * Query, without any state kept for a Request. */
#pragma once

#include "messages.h"

/* Also later: MACs of before are good for nothing any more. */
void secret_start(void);

/* Takes a new secret when it is time. The one before stays good for two query intervals. */
void secret_rotate(int64_t now);

void secret_mac(const struct address *gateway, uint16_t port, uint32_t nonce,
		uint8_t mac[AMT_MAC_LENGTH]);
bool secret_verify(const struct address *gateway, uint16_t port, uint32_t nonce,
		   const uint8_t mac[AMT_MAC_LENGTH], int64_t now);
