/* SPDX-License-Identifier: BSD-2-Clause */
/* What the fuzz targets share. A target takes libFuzzer's bytes, which lie in memory of exactly
 * their size, and asserts what its code promises by must(). */
#pragma once

#include "base/cursor.h"
#include "base/ip.h"
#include "base/timers.h"

/* Ends the target where the condition does not hold; libFuzzer then keeps the input. */
#define must(condition)                                                                            \
	do {                                                                                       \
		if (!(condition))                                                                  \
			fuzz_broken(#condition, __FILE__, __LINE__);                               \
	} while (0)

_Noreturn void fuzz_broken(const char *condition, const char *file, int line);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Makes the checksums of an IP datagram right, in place: that of an IPv4 header, and the message's
 * own at its third byte (PIM, IGMP, ICMPv6). Few of the fuzzer's inputs would come past the checks
 * otherwise. */
void fuzz_mend(uint8_t *datagram, size_t length);
/* Calls `try` with the bytes as they are, and with a mended copy. */
void fuzz_with_checksums(struct cursor bytes, void (*try)(struct cursor bytes));

/* Whether the bytes of one lie within the other. */
bool fuzz_lies_within(const struct cursor *inner, const struct cursor *outer);

/* All that base/random.h draws is the same again after each call of this, so that an input does the
 * same whenever it runs. */
void fuzz_restart_random(void);

/* The input of a state machine: steps of op, argument, length (16 bits) and so many bytes. A target
 * passes over the ops that it does not have. */
enum fuzz_op {
	STEP_TIME,    /* passes: fuzz_step_time() */
	STEP_MESSAGE, /* comes in */
	STEP_RESTART,
	STEP_JOIN,
	STEP_LEAVE,
	STEP_UNREACHABLE,
	STEP_ADOPT,
	STEP_REFUSE,
	STEP_OPS
};

struct fuzz_step {
	enum fuzz_op op;
	uint8_t argument;
	struct cursor bytes; /* as many as there are, where fewer than announced */
};

/* Calls `take` with the datagram of the step, mended, where it is one that can be read. An argument
 * other than 0 is the last byte of its source, modulo 8. */
void fuzz_with_datagram(const struct fuzz_step *step, void (*take)(const struct ip_datagram *ip));
/* False at the end of the input. */
bool fuzz_next_step(struct cursor *input, struct fuzz_step *step);
/* Moves the time on by 0 to 6502 s, timer by timer; false where the input has had its day. */
bool fuzz_step_time(struct timers *timers, const struct fuzz_step *step);
