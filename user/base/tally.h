/* SPDX-License-Identifier: BSD-2-Clause */
/* Events, counted by a word for each: the reasons of failures, for example. */
#pragma once

#include <stdint.h>

#define TALLY_MAX   32 /* words; what comes with further ones is counted as TALLY_OTHER */
#define TALLY_OTHER "other"

/* Zeroed memory has counted nothing; the words are string constants, up to the first NULL. */
struct tally {
	struct {
		const char *word;
		uint64_t count;
	} list[TALLY_MAX];
};

void tally_count(struct tally *tally, const char *word);
