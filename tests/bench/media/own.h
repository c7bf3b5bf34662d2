/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "stage.h"

/* Nanoseconds that a program itself takes for a packet of what the stage is loaded with, by
 * BPF_PROG_RUN: what it takes on its stand, less what an empty program takes there. The stand puts
 * the headers back for it, and that is in the figure. */
double own_ns_xdp(const struct stage *stage);
double own_ns_tc(const struct stage *stage);
