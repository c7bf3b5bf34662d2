/* SPDX-License-Identifier: BSD-2-Clause */
/* What is counted for metrics: events by a word, and times by their length. */
#include "base/histogram.h"
#include "base/tally.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

Test(tally, counts_each_word)
{
	struct tally tally = {0};
	char same[] = "silent";

	tally_count(&tally, "silent");
	tally_count(&tally, "full");
	tally_count(&tally, same); /* the text counts, wherever it is */
	cr_expect_str_eq(tally.list[0].word, "silent");
	cr_expect_eq(tally.list[0].count, 2);
	cr_expect_str_eq(tally.list[1].word, "full");
	cr_expect_eq(tally.list[1].count, 1);
	cr_expect_null(tally.list[2].word);
}

Test(tally, words_beyond_its_room_are_counted_together)
{
	static char words[TALLY_MAX + 2][8];
	struct tally tally = {0};

	for (unsigned i = 0; i < TALLY_MAX + 2; i++) {
		snprintf(words[i], sizeof(words[i]), "w%u", i);
		tally_count(&tally, words[i]);
	}
	tally_count(&tally, words[TALLY_MAX + 1]);
	cr_expect_str_eq(tally.list[TALLY_MAX - 2].word, words[TALLY_MAX - 2]);
	cr_expect_str_eq(tally.list[TALLY_MAX - 1].word, TALLY_OTHER);
	cr_expect_eq(tally.list[TALLY_MAX - 1].count, 4);
}

Test(histogram, a_time_is_in_the_first_bound_that_it_does_not_exceed)
{
	struct histogram histogram = {0};

	histogram_note(&histogram, 0);
	histogram_note(&histogram, histogram_bounds[0]);
	histogram_note(&histogram, histogram_bounds[0] + 1);
	histogram_note(&histogram, histogram_bounds[HISTOGRAM_BOUNDS - 1]);
	histogram_note(&histogram, histogram_bounds[HISTOGRAM_BOUNDS - 1] + 1);
	cr_expect_eq(histogram.counts[0], 2);
	cr_expect_eq(histogram.counts[1], 1);
	cr_expect_eq(histogram.counts[HISTOGRAM_BOUNDS - 1], 1);
	cr_expect_eq(histogram.counts[HISTOGRAM_BOUNDS], 1);
	cr_expect_eq(histogram.sum,
		     2 * histogram_bounds[0] + 2 * histogram_bounds[HISTOGRAM_BOUNDS - 1] + 2);
}

Test(histogram, bounds_rise)
{
	for (unsigned i = 1; i < HISTOGRAM_BOUNDS; i++)
		cr_expect_gt(histogram_bounds[i], histogram_bounds[i - 1]);
}
