/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries that change beside the packets: a thread on another processor, if there is one, takes
 * channels out and puts them in, none of those that packets are sent to. */
#pragma once

#include "stage.h"

#define CHURN_CHANGES 5000 /* a second */

void churn_begin(struct stage *stage);
void churn_end(void);
