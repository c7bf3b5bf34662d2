/* SPDX-License-Identifier: BSD-2-Clause */
/* What may come as often as a peer likes fills no log, and no line of it is lost to the count. */
#include "base/log.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define CALLS 1000

static unsigned lines, told; /* that were written, and that these stand for */

static void begin(void)
{
	cr_redirect_stderr();
	lines = told = 0;
}

TestSuite(log, .init = begin);

static void note_line(const char *line)
{
	const char *more = strstr(line, " (and ");
	unsigned others = 0;

	cr_expect(strstr(line, "event "), "%s", line);
	if (more)
		cr_assert_eq(sscanf(more, " (and %u like it)", &others), 1, "%s", line);
	lines++;
	told += 1 + others;
}

static void read_log(void)
{
	FILE *log = cr_get_redirected_stderr();
	char line[256];

	fflush(stderr);
	while (fgets(line, sizeof(line), log))
		note_line(line);
}

Test(log, lines_beyond_the_limit_are_counted_in_one)
{
	time_t start = time(NULL);
	unsigned seconds;

	for (unsigned i = 0; i < CALLS; i++)
		log_most(5, LOG_LEVEL_NOTICE, "event %u", i);
	cr_expect_neq(log_catch_up(0), USEC_NEVER, "one is kept back");
	cr_expect_eq(log_catch_up(USEC_NEVER), USEC_NEVER);
	seconds = time(NULL) - start + 1;
	/* So that there is an end to read. */
	fclose(stderr);
	read_log();
	cr_expect_eq(told, CALLS);
	cr_expect_leq(lines, (seconds + 1) * 6);
}

Test(log, few_lines_are_written_as_they_come)
{
	for (unsigned i = 0; i < 5; i++)
		log_most(5, LOG_LEVEL_NOTICE, "event %u", i);
	cr_expect_eq(log_catch_up(0), USEC_NEVER);
	fclose(stderr);
	read_log();
	cr_expect_eq(lines, 5);
	cr_expect_eq(told, 5);
}

static const char *make(unsigned *made)
{
	++*made;
	return "event";
}

Test(log, what_is_not_shown_is_not_made)
{
	unsigned made = 0;

	for (unsigned i = 0; i < 5; i++)
		log_most(5, LOG_LEVEL_DEBUG, "%s", make(&made));
	cr_expect_eq(made, 0);
}
