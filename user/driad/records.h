/* SPDX-License-Identifier: BSD-2-Clause */
/* What the records of an answer add to a lookup: relays, names to ask for, or a reason. */
#pragma once

#include "driad/lookup.h"

/* A relay of one of the ways. FAULT_LIMIT is counted if the way has DRIAD_RELAYS_MAX already. */
void driad_add_relay(struct driad_lookup *lookup, const struct driad_relay *relay);
/* An AMTRELAY record, from DNS or from the operator's rules (RFC 8777 section 4). */
void driad_take_amtrelay(struct driad_lookup *lookup, enum driad_way way,
			 const struct amtrelay *record);
/* A record in the answer to a question. */
void driad_take_record(struct driad_lookup *lookup, const struct driad_question *question,
		       const struct dns_record *rdata);
