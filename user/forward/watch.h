/* SPDX-License-Identifier: BSD-2-Clause */
/* Watches the channels that have data: for their rates, and for data that has stopped. Then the
 * channel is silent, and its relay is asked whether it is alive. All counters are read once in
 * FLOW_INTERVAL, a part of them at a time. */
#pragma once

struct forward;

void watch_start(struct forward *forward);
