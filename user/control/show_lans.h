/* SPDX-License-Identifier: BSD-2-Clause */
/* `interfaces` and `neighbors`, and what other replies have of the interfaces. */
#pragma once

#include "control/state.h"

void show_interfaces(struct requests *requests, struct control_client *client);
void show_neighbors(struct requests *requests, struct control_client *client);
/* The interfaces as `status` has them; the counters of PIM as `counters` has them. */
json_t *show_interfaces_of_status(struct requests *requests);
json_t *show_pim_counters(struct requests *requests);
