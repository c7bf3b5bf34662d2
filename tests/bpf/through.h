/* SPDX-License-Identifier: BSD-2-Clause */
/* Sends a frame through the programs, and checks what becomes of it. */
#pragma once

#include "cases.h"
#include "harness.h"

#define DROPPED 0 /* beside ON_LAN and PASSES */

/* 4 if a row does not say. */
int family_of(int field);
uint64_t seconds_from_now(int seconds); /* CLOCK_MONOTONIC */

int through_tc(const uint8_t *in, size_t length, unsigned gso_size, struct run *run);
int through_xdp(const uint8_t *in, size_t length, struct run *run);
/* The programs in the order in which an interface runs them. */
int through_both(const uint8_t *in, size_t length, unsigned gso_size, struct run *run,
		 bool *xdp_passed);

bool same_frame(const struct run *run, const uint8_t *frame, size_t length);
/* Since `before`, exactly the expected drop must have been counted, if any. */
bool right_drops(struct dataplane *dp, const uint64_t before[MCI_DROP_COUNT], int expect);
/* Since `before`, exactly what a row expects must have been counted: SLOW() by its cause, PASSES as
 * passed, and what went to no LAN as unsent. */
bool right_left(struct dataplane *dp, const struct dataplane_left *before, int expect);
