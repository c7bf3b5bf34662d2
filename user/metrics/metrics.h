/* SPDX-License-Identifier: BSD-2-Clause */
/* metrics: what Prometheus asks for, at /metrics of the address in [metrics] (Prometheus's text
 * format 0.0.4; the names follow its practice: base units, _total for counters, reasons as labels).
 *
 *   metrics.c      a scrape, from its request to its answer
 *   series_*.c     the rooms' state as families of samples
 *   exposition.c   the text
 *
 * HTTP is io/http.h's, and the server that of page/page.h. The state is that of which the control
 * socket's replies are made (control/state.h). A scrape reads what is there: it moves no state, and
 * a client that asks again and again costs nothing but the time of its answer.
 *
 * Channels have no series of their own, unless the configuration asks for those of the busiest: a
 * box has 16,384 channels, and Prometheus keeps every series for weeks. Relays have theirs, up to
 * SERIES_RELAYS_MAX. To find the busiest, all channels and all tunnels are looked at, some at a
 * time, and each part of the text is written in a turn of its own, so that nothing waits long for a
 * scrape.
 *
 * Left out: OpenMetrics, compression, exemplars, and pushing. */
#pragma once

#include "control/state.h"
#include "io/http.h"

#define METRICS_AT_ONCE 2048 /* channels or tunnels that are looked at in one turn */

struct metrics;

/* `requests` must outlive what is returned. */
struct metrics *metrics_new(const struct requests *requests);
/* Before that, the requests are dropped (http_close()). NULL is allowed. */
void metrics_free(struct metrics *metrics);

/* Answers the request, later. */
void metrics_asked(struct metrics *metrics, struct http_request *request);
