/* SPDX-License-Identifier: BSD-2-Clause */
/* The doctor at the daemon's side: what its checks say of the daemon's views alone. Nothing is
 * asked, nothing is probed, and no call waits. */
#pragma once

#include "doctor/views.h"

/* Returns an object as doctor_run() does. `before` is an earlier look; both may be incomplete. */
json_t *doctor_watch(const struct views *before, const struct views *now);
