/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known of the channels' rates, by slot, and how the lines count them: the state of
 * admission.h. */
#pragma once

#include "base/policy.h"
#include "forward/lines.h"
#include "forward/state.h"

#define ADMISSION_LOOK     (1 * USEC_PER_SEC)
#define ADMISSION_HOLD     (10 * USEC_PER_SEC)
#define ADMISSION_HOLD_MAX (300 * USEC_PER_SEC)
#define ADMISSION_RESERVE  (5 * USEC_PER_SEC)

/* Numbers of lines. */
#define ADMISSION_LINE_TOTAL  0
#define ADMISSION_LINE_LAN    1
#define ADMISSION_LINE_POLICY (ADMISSION_LINE_LAN + CHANNEL_INTERFACES_MAX)
#define ADMISSION_LINES_MAX   (ADMISSION_LINE_POLICY + POLICIES_MAX)

static inline bool admission_is_lan(unsigned number)
{
	return number >= ADMISSION_LINE_LAN && number < ADMISSION_LINE_POLICY;
}

/* The bit of a LAN's line; 0 for others. */
static inline uint32_t admission_lan_bit(unsigned number)
{
	return admission_is_lan(number) ? 1u << (number - ADMISSION_LINE_LAN) : 0;
}

/* What is known of the channel in a slot. */
struct rated {
	usec_t begun;    /* 0: the slot has no channel */
	usec_t measured; /* the last look at its counters, which were: */
	uint64_t bytes, over_bytes;
	int64_t in, out; /* bits a second, as the lines count them: what comes, and goes on */
	uint32_t egress; /* the LANs that count it */
	uint8_t rank;    /* by which they do */
	uint8_t policy;  /* its number; their count: none */
	uint8_t line;    /* on which it is stopped */
	bool waits;      /* it is stopped */
	int64_t had_in, had_out; /* when it was stopped; 0: it is not known */
	usec_t since, hold;      /* when it was stopped, and for how long at least */
	usec_t back;             /* when it came back */
	usec_t reserved;         /* until then the lines count what it had */
	usec_t was_over;         /* when packets above its own rate were noted last */
};

struct admission {
	struct forward *forward;
	struct rate_limits options;
	struct line lines[ADMISSION_LINES_MAX];
	unsigned stopped[ADMISSION_LINES_MAX]; /* channels that wait for room on the line */
	unsigned waiting;                      /* on all lines */
	unsigned running;                      /* channels that have data */
	struct rated *by_slot;
	struct timer look;
};

static inline struct rated *rated_of(const struct admission *rates, const struct channel *channel)
{
	return &rates->by_slot[channel->slot];
}

/* The channel in its slot, which is new there if it was not known. */
struct rated *rated_known(const struct admission *rates, const struct channel *channel);
/* How much the channel is wanted. */
unsigned rated_rank(const struct admission *rates, const struct channel *channel);
/* Whether the line counts the channel, and what it counts. */
bool rated_is_on(const struct admission *rates, const struct rated *rated, unsigned number);
int64_t rated_bits(const struct rated *rated, unsigned number);
/* Counts the channel anew on its lines: bits a second. */
void rated_set(struct admission *rates, const struct channel *channel, int64_t in, int64_t out);

/* The channel is stopped, or refused, on the line. */
void rated_wait(struct admission *rates, struct rated *rated, unsigned number);
void rated_end_wait(struct admission *rates, struct rated *rated);

/* What the channel may bring, as the programs keep it; 0: no limit. */
uint64_t admission_of_channel(const struct channel *channel);
