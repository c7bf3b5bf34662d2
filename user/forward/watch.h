/* SPDX-License-Identifier: BSD-2-Clause */
/* Watches the channels that have data: for their rates, and for data that has stopped. Then the
 * channel is silent, and its relay is asked whether it is alive. Their counters are read once in
 * FLOW_INTERVAL, those of the others once in METER_INTERVAL, a part of them at a time. */
#pragma once

struct channel;
struct forward;

void watch_start(struct forward *forward);
void watch_stop(struct forward *forward);
/* The channel's state has changed. */
void watch_changed(const struct channel *channel);
