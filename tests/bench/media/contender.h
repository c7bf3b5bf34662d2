/* SPDX-License-Identifier: BSD-2-Clause */
/* A contender of the bench, and what it took in each round. */
#pragma once

#include "stage.h"

#define ROUNDS_MAX 64

enum kind { IN_KERNEL, SLOW_PATH, GATEWAY };

struct contender {
	const char *name;
	enum stage_way way;
	const char *first_source, *first_group;
	uint32_t channels;
	unsigned lans, packets; /* packets of a turn */
	unsigned payload;       /* bytes of RTP */
	enum kind kind;
	int limit;      /* the contender that it is paired with; -1: a limit itself */
	unsigned bound; /* of instructions a packet on Debian 12's kernel; 0: none */
	bool churns;    /* entries change meanwhile */

	/* Nanoseconds for each frame on a LAN, by rounds: its own, its limit's, the baseline's */
	double ns[ROUNDS_MAX], limit_ns[ROUNDS_MAX], base_ns[ROUNDS_MAX];
};
