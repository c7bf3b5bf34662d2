/* SPDX-License-Identifier: BSD-2-Clause */
/* Response MACs (RFC 7450 sections 5.3.5 and 5.3.6) prove that the sender of an Update has received
 * the Query, without state for a Request. */
#pragma once

#include "messages.h"

/* Takes a new secret; all MACs made before become invalid. */
void secret_start(void);

/* Takes a new secret when it is time. The old one remains valid for two query intervals. */
void secret_rotate(int64_t now);

void secret_mac(const struct address *gateway, uint16_t port, uint32_t nonce,
		uint8_t mac[AMT_MAC_LENGTH]);
bool secret_verify(const struct address *gateway, uint16_t port, uint32_t nonce,
		   const uint8_t mac[AMT_MAC_LENGTH], int64_t now);
