/* SPDX-License-Identifier: BSD-2-Clause */
/* The answer to `counters`. */
#pragma once

#include "control/state.h"

/* Packets that did not reach a LAN, by the programs and on the slow path. 0 or a negative errno. */
int counters_drops(const struct requests *requests, uint64_t drops[MCI_DROP_COUNT]);
/* A new reference; NULL if the dataplane's counters cannot be read. */
json_t *counters_now(struct requests *requests);
void reply_counters(struct requests *requests, struct control_client *client);
