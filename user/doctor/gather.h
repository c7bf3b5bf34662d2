/* SPDX-License-Identifier: BSD-2-Clause */
/* Gathers what the checks look at: they read, and ask nobody. */
#pragma once

#include "doctor/state.h"

void gather(struct doctor *doctor);
void gather_free(struct doctor *doctor);
