/* SPDX-License-Identifier: BSD-2-Clause */
/* /api/channels?order=rate&filter=TEXT&offset=0&limit=50: as `mcingest channels --json`, but of the
 * channels that pass the filter only those from `offset` on, in an order (scan.h). Beside the list:
 * `offset`, `matching` (channels that pass) and `of` (all channels). */
#pragma once

#include "control/state.h"
#include "page/job.h"

#define CHANNELS_LIMIT      50 /* rows, if the request says no number */
#define CHANNELS_LIMIT_MAX  100
#define CHANNELS_OFFSET_MAX 16384

void channels_asked(struct requests *rooms, struct job **jobs, struct http_request *request);
