/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether messages leave. */
#pragma once

#include "lan/state.h"

/* A message was sent on the LAN, or not: `error` is 0 or a negative errno, which is kept in
 * `*send_error`. Returns why the message could not be sent; NULL if it was, and for a goodbye on an
 * interface that is down. */
const char *sending_problem(const struct lan *lan, int error, int *send_error);
