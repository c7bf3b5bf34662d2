/* SPDX-License-Identifier: BSD-2-Clause */
/* A frame through the programs, and what became of it. */
#pragma once

#include "cases.h"
#include "harness.h"

#define DROPPED 0 /* beside ON_LAN and PASSES */

/* 4 where a row says nothing. */
int family_of(int field);
uint64_t seconds_from_now(int seconds); /* CLOCK_MONOTONIC */

int through_tc(const uint8_t *in, size_t length, unsigned gso_size, struct run *run);
int through_xdp(const uint8_t *in, size_t length, struct run *run);
/* As an interface has them, one behind the other. */
int through_both(const uint8_t *in, size_t length, unsigned gso_size, struct run *run,
		 bool *xdp_passed);

bool same_frame(const struct run *run, const uint8_t *frame, size_t length);
/* Exactly the drop that is expected, if any, must have been counted since `before`. */
bool right_drops(struct dataplane *dp, const uint64_t before[MCI_DROP_COUNT], int expect);
/* Nothing was left to the daemon but for this cause, where a row expects SLOW(). */
bool right_slow(struct dataplane *dp, const uint64_t before[MCI_SLOW_COUNT], int expect);
