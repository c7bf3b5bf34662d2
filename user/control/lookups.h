/* SPDX-License-Identifier: BSD-2-Clause */
/* `lookup SOURCE`: the relays of a source, with each step of the lookup shown. */
#pragma once

#include "control/state.h"

void lookups_init(struct requests *requests);
/* Answers the client when DNS has answered all questions. */
void lookups_start(struct requests *requests, struct control_client *client, const json_t *request);
/* Cancels the lookups of a client; of all clients if it is NULL. */
void lookups_cancel(struct requests *requests, const struct control_client *client);
