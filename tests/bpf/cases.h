/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "mcingest/maps.h"
#include "packets.h"

/* What a row expects: one of the following, or an enum mci_drop. */
#define ON_LAN (-1)
#define PASSES (-2)
/* The frame passes, and is counted as left to the daemon for this cause. */
#define SLOW(cause) (-3 - (int)(cause))

/* How the channel's entry differs from a plain one. A plain entry leads from the packet's relay and
 * tunnel, of the right families, to an interface with an MTU of 1500. */
struct entry {
	bool none, expired, other_relay, other_tunnel, no_tunnel, no_egress;
	int mtu;
};

struct ingest_case {
	const char *what;
	struct packet packet;
	struct entry entry;
	int expect;
	unsigned gso_size; /* as GRO sets it in a merged packet */
};

extern const struct ingest_case ingest_cases[];
extern const unsigned ingest_case_count;

enum observe_kind { NOT_OBSERVED, OBSERVED, OBSERVED_WHERE_ASKED };

struct observe_case {
	const char *what;
	const char *frame; /* in hexadecimal, from the destination MAC on */
	int zeros;         /* how many zero bytes follow */
	enum observe_kind kind;
};

extern const struct observe_case observe_cases[];
extern const unsigned observe_case_count;
