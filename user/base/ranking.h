/* SPDX-License-Identifier: BSD-2-Clause */
/* The first ones of all that are offered, in an order that a key says: a heap, so that a long table
 * is looked through once, and in turns. */
#pragma once

#include "base/addr.h"

struct rank {
	uint64_t key[3]; /* lower ones come first */
	uint32_t id;     /* the owner's */
};

struct ranking {
	unsigned limit, count;
	struct rank *list; /* a heap: the last one first */
};

void ranking_begin(struct ranking *ranking, unsigned limit);
void ranking_end(struct ranking *ranking); /* zeroed memory is allowed */
void ranking_offer(struct ranking *ranking, const struct rank *rank);
/* Takes out the last one. Returns false if there is none. */
bool ranking_take_last(struct ranking *ranking, struct rank *last);

/* A part of a key by which higher values come first; `value` is not negative. */
uint64_t ranking_key_down(double value);
/* Two parts by which addresses come in their order, IPv4 among them as IPv4-mapped ones. */
void ranking_key_address(const struct addr *addr, uint64_t key[2]);
struct addr ranking_address(const uint64_t key[2]);
