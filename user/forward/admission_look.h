/* SPDX-License-Identifier: BSD-2-Clause */
/* The look of every second: who is stopped, and who comes back. */
#pragma once

#include "base/timers.h"

/* Of struct admission. */
timer_fn admission_look;
