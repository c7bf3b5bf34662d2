/* SPDX-License-Identifier: BSD-2-Clause */
/* Goes on with what a daemon that was killed has left in the dataplane. */
#pragma once

struct engine;

void adopt_leftovers(struct engine *engine);
