/* SPDX-License-Identifier: BSD-2-Clause */
/* `interfaces` and `neighbors`, and what other replies have of the interfaces. */
#pragma once

#include "control/state.h"

/* New references */
json_t *interfaces_now(struct requests *requests);
json_t *neighbors_now(struct requests *requests, size_t max); /* `max` of them */
void reply_interfaces(struct requests *requests, struct control_client *client);
void reply_neighbors(struct requests *requests, struct control_client *client);
/* The interfaces as `status` has them; the counters of PIM as `counters` has them. */
json_t *view_interfaces_of_status(struct requests *requests);
json_t *view_pim_counters_of_all(struct requests *requests);
