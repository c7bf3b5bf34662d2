/* SPDX-License-Identifier: BSD-2-Clause */
/* A line that can be full: all channels together, a LAN, or the channels of a policy. It has a
 * limit, and knows what its channels use of it, by their rank, which says how much they are wanted:
 * by more LANs; by as many LANs, with a higher priority. Between two channels of one rank the older
 * one is wanted more; that is for the caller (admission.h).
 *
 *   room --used > limit--> full --used < 90 % of it for LINE_CALM--> room
 *
 * A line that is full takes a new channel only if it has some of a lower rank. If it uses more than
 * its limit at LINE_LOOKS looks in a row, channels must be stopped. */
#pragma once

#include "base/policy.h"
#include "base/time.h"

#include <stdbool.h>
#include <stdint.h>

#define LINE_LANS_MAX 8 /* that count in a rank */
#define LINE_RANKS    ((LINE_LANS_MAX + 1) * (PRIORITY_MAX + 1))
#define LINE_LOOKS    2
#define LINE_CALM     (10 * USEC_PER_SEC)

/* Bits a second. */
struct line {
	int64_t limit; /* 0: none */
	int64_t used;
	int64_t by_rank[LINE_RANKS]; /* of `used` */
	unsigned over;               /* looks in a row */
	bool full;
	usec_t busy; /* the last look with 90 % of the limit in use, or more */
};

/* `lans` want the channel. */
unsigned line_rank(unsigned lans, unsigned priority);
/* A channel of this rank uses `bits` more, or less. */
void line_add(struct line *line, unsigned rank, int64_t bits);
/* The look of every second. Returns whether channels must be stopped. */
bool line_look(struct line *line, usec_t now);
/* Whether a new channel may begin. */
bool line_admits(const struct line *line, unsigned rank);
/* What the line may have beside a channel that comes back: 90 % of its limit, without `bits`. */
int64_t line_target(const struct line *line, int64_t bits);
/* Whether a channel of `bits` may come back, if those of lower ranks go. */
bool line_has_room(const struct line *line, unsigned rank, int64_t bits);
