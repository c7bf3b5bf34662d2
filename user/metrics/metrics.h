/* SPDX-License-Identifier: BSD-2-Clause */
/* metrics: what Prometheus asks for, at /metrics of the address in [metrics] (Prometheus's text
 * format 0.0.4; the names follow its practice: base units, _total for counters, reasons as labels).
 *
 *   metrics.c      a scrape, from its request to its answer
 *   busiest.c      which channels have series of their own
 *   series_*.c     the rooms' state as families of samples
 *   exposition.c   the text
 *
 * HTTP is io/http.h's. The state is that of which the control socket's replies are made
 * (control/state.h). A scrape reads what is there: it moves no state, and a client that asks again
 * and again costs nothing but the time of its answer.
 *
 * Channels have no series of their own, unless the configuration asks for those of the busiest: a
 * box has 16,384 channels, and Prometheus keeps every series for weeks. To find the busiest, all
 * channels are looked at, METRICS_SLOTS at a time, so that no packet waits for it; the rest of a
 * scrape takes one turn of the loop.
 *
 * Left out: OpenMetrics, compression, exemplars, and pushing. */
#pragma once

#include "control/state.h"
#include "io/http.h"

#define METRICS_SLOTS 2048 /* channels that are looked at in one turn, at some 50 ns each */

struct metrics;

/* Listens where the configuration says. Returns NULL if that is nowhere, or cannot be, after a line
 * in the log: a box forwards whether or not it is watched. `requests` must outlive what is
 * returned. */
struct metrics *metrics_open(const struct requests *requests, struct loop *loop);
/* NULL is allowed. */
void metrics_close(struct metrics *metrics);
