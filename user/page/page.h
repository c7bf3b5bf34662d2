/* SPDX-License-Identifier: BSD-2-Clause */
/* page: the box as a browser shows it, at the address of [metrics], and the server of that address.
 *
 *   /metrics        for Prometheus (metrics/metrics.h)
 *   /               the page: user/share/page, which is part of the program (files.c)
 *   /api/...        what the page shows, as JSON: the views of the commands of the same name, and
 *                   some that only the page has (page.c has the table)
 *
 *   page.c          requests to their answers
 *   guard.c         whom a browser may ask on behalf of
 *   rates.c         rates and drops of the last quarter of an hour, in virtual time
 *   job.c           answers that are made in turns
 *   channels.c      some of the channels: the first ones in an order, that pass a filter
 *   tunnels.c       the relays with most channels
 *   health.c        what the doctor says of each hop (doctor/watch.h)
 *
 * Everything is read only: GET and HEAD, no body, no state of ours changes. Whoever can connect can
 * read, as with the metrics. A foreign site that a browser visits at the same time cannot: it gets
 * no answer readable to it (no CORS), and not by a name of its own either (guard.h). The page runs
 * one script of its own and nothing else (Content-Security-Policy).
 *
 * The daemon forwards and speaks PIM in the same thread. So no answer takes long: lists are cut to
 * their first rows, long tables are looked through in turns, and what several browsers ask for at
 * once is made once (PAGE_FRESH).
 *
 * Left out: encryption and passwords, which a proxy in front adds; anything that changes the box.
 */
#pragma once

#include "control/state.h"

#define PAGE_FRESH (1 * USEC_PER_SEC) /* as long an answer is given again */

struct page;

/* Listens where the configuration says. Returns NULL if that is nowhere, or cannot be, after a line
 * in the log: a box forwards whether or not it is watched. `requests` must outlive what is
 * returned. */
struct page *page_open(struct requests *requests, struct loop *loop);
/* NULL is allowed. */
void page_close(struct page *page);
