/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "mcingest/maps.h"
#include "packets.h"

/* What a row expects; otherwise an enum mci_drop. */
#define ON_LAN (-1)
#define PASSES (-2)
/* It passes, and is counted as left to the daemon. */
#define SLOW(cause) (-3 - (int)(cause))

/* How the channel's entry differs from a plain one, which leads from the packet's relay and tunnel,
 * as of the right families, to an interface with an MTU of 1500. */
struct entry {
	bool none, expired, other_relay, other_tunnel, no_tunnel, no_egress;
	int mtu;
};

struct ingest_case {
	const char *what;
	struct packet packet;
	struct entry entry;
	int expect;
	unsigned gso_size; /* as GRO leaves it in a packet of several */
};

extern const struct ingest_case ingest_cases[];
extern const unsigned ingest_case_count;

enum observe_kind { NOT_OBSERVED, OBSERVED, OBSERVED_WHERE_ASKED };

struct observe_case {
	const char *what;
	const char *frame; /* in hexadecimal, from the destination MAC on */
	int zeros;         /* that follow it */
	enum observe_kind kind;
};

extern const struct observe_case observe_cases[];
extern const unsigned observe_case_count;
