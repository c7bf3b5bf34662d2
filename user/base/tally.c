/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/tally.h"

#include <string.h>

void tally_count(struct tally *tally, const char *word)
{
	unsigned i = 0;

	while (i < TALLY_MAX - 1 && tally->list[i].word && strcmp(tally->list[i].word, word) != 0)
		i++;
	if (!tally->list[i].word)
		tally->list[i].word = i < TALLY_MAX - 1 ? word : TALLY_OTHER;
	tally->list[i].count++;
}
