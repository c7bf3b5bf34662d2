/* SPDX-License-Identifier: BSD-2-Clause */
/* Gathers what the checks look at. */
#pragma once

#include "doctor/state.h"

void gather(struct doctor *doctor);
void gather_free(struct doctor *doctor);

/* The names of the downstream or upstream interfaces: the daemon's, else the configured ones, else
 * (upstream) those that routes leave by. Returns how many; they live as long as the doctor. */
unsigned gather_names(struct doctor *doctor, enum doctor_role role,
		      const char *names[DOCTOR_INTERFACES_MAX]);
