/* SPDX-License-Identifier: BSD-2-Clause */
/* Data that the relay makes itself, so that no source and no path from it takes part in what is
 * measured. With --greet, a packet of each channel at the moment at which an endpoint subscribes;
 * with --feed, so many packets a second of each channel, with sequence numbers. */
#pragma once

#include "../address.h"

struct channel;

void own_data_greet(const struct address *source, const struct address *group, int64_t now);
/* Sends what is due. */
void own_data_send_due(int64_t now);
/* How many milliseconds to wait for that, `most` at most. */
int own_data_wait(int most);
