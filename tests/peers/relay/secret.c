/* SPDX-License-Identifier: BSD-2-Clause */
#include "secret.h"

#include "../clock.h"
#include "../ip.h"
#include "../options.h"
#include "manners.h"
#include "relay.h"
#include "siphash.h"

#include <sys/random.h>

#define KEY_LENGTH 16

static uint8_t current[KEY_LENGTH], previous[KEY_LENGTH];
static bool has_previous;
static int64_t taken;

static void secret_take(int64_t now)
{
	if (getrandom(current, sizeof(current), 0) != sizeof(current))
		fail(1, "no random bytes: %s", strerror(errno));
	taken = now;
}

void secret_start(void)
{
	has_previous = false;
	secret_take(clock_ns());
}

void secret_rotate(int64_t now)
{
	if (now - taken < settings.secret_lifetime * NS_PER_S)
		return;
	memcpy(previous, current, sizeof(previous));
	has_previous = true;
	secret_take(now);
	event("secret renewed");
}

static void mac_with(const uint8_t key[KEY_LENGTH], const struct address *gateway, uint16_t port,
		     uint32_t nonce, uint8_t mac[AMT_MAC_LENGTH])
{
	uint8_t bytes[16 + 2 + 4];
	uint64_t hash;

	amt_wide_address(bytes, gateway);
	put16(bytes + 16, port);
	put32(bytes + 18, nonce);
	hash = siphash(key, bytes, sizeof(bytes));
	memcpy(mac, &hash, AMT_MAC_LENGTH);
}

void secret_mac(const struct address *gateway, uint16_t port, uint32_t nonce,
		uint8_t mac[AMT_MAC_LENGTH])
{
	mac_with(current, gateway, port, nonce, mac);
}

bool secret_verify(const struct address *gateway, uint16_t port, uint32_t nonce,
		   const uint8_t mac[AMT_MAC_LENGTH], int64_t now)
{
	uint8_t right[AMT_MAC_LENGTH];

	if (manners.wrong_mac)
		return false;
	mac_with(current, gateway, port, nonce, right);
	if (!memcmp(mac, right, sizeof(right)))
		return true;
	if (!has_previous || now - taken > 2 * settings.query_interval * NS_PER_S)
		return false;
	mac_with(previous, gateway, port, nonce, right);
	return !memcmp(mac, right, sizeof(right));
}
