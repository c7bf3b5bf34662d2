/* SPDX-License-Identifier: BSD-2-Clause */
/* A relay of a source, as a lookup finds it. */
#pragma once

#include "driad/ways.h"

#define DRIAD_RELAYS_MAX 16 /* relays of one source that are kept */

struct driad_relay {
	struct addr address; /* AF_UNSPEC while only the relay's name is known */
	enum driad_way way;
	uint16_t precedence;
	uint16_t weight;         /* of the SRV record */
	uint8_t service;         /* number of the SRV record in the lookup, from 1; 0 means none */
	bool discovery_optional; /* D bit: no Discovery is needed */
};
