/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/binary.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct timers timers;
static struct loop *loop;
static struct binary_trial trial;
static char path[PATH_MAX], said[600];
static unsigned answers, turns;

static void tried(void *owner, const char *why)
{
	cr_assert_eq(owner, &answers);
	answers++;
	snprintf(said, sizeof(said), "%s", why ? why : "answers");
	loop_stop(loop);
}

static void set_up(void)
{
	snprintf(path, sizeof(path), "/tmp/binary_test.%d", (int)getpid());
	loop = loop_new(&timers);
	cr_assert_not_null(loop);
	trial = (struct binary_trial){.loop = loop,
				      .timers = &timers,
				      .path = path,
				      .patience = 30 * USEC_PER_SEC,
				      .tried = tried,
				      .owner = &answers};
}

static void tear_down(void)
{
	unlink(path);
	loop_free(loop);
	timers_free(&timers);
}

TestSuite(binary, .init = set_up, .fini = tear_down, .timeout = 60);

static void write_binary(const char *text)
{
	FILE *file = fopen(path, "we");

	cr_assert_not_null(file);
	fputs(text, file);
	fclose(file);
	cr_assert_eq(chmod(path, 0700), 0);
}

Test(binary, what_it_answers)
{
	static const struct {
		const char *text, *end;
	} cases[] = {
		{"#!/bin/sh\n[ \"$*\" = --version ]\n", "answers"},
		{"#!/bin/sh\nexit 3\n", "--version' has failed"},
		{"#!/bin/sh\nkill -9 $$\n", "--version' has failed"},
		{"#!/bin/sh\nyes | head -c 200000\n", "answers"}, /* which nobody reads */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		write_binary(cases[i].text);
		cr_assert_null(binary_try(&trial));
		cr_assert_eq(answers, i, "not before the loop runs");
		cr_assert_eq(loop_run(loop), 0);
		cr_assert_eq(answers, i + 1);
		cr_expect_str_eq(said + strlen(said) - strlen(cases[i].end), cases[i].end, "%s",
				 said);
	}
}

Test(binary, none_that_can_be_executed)
{
	const char *why = binary_try(&trial);

	cr_assert_not_null(why);
	cr_expect(strstr(why, "cannot execute") && strstr(why, "No such file"), "%s", why);
	write_binary("of another machine");
	cr_assert_eq(chmod(path, 0600), 0);
	why = binary_try(&trial);
	cr_assert_not_null(why);
	cr_expect(strstr(why, "Permission denied"), "%s", why);
	binary_stop(&trial);
	cr_expect_eq(answers, 0);
}

static void turn(struct timer *timer)
{
	turns++;
	timer_start(&timers, timer, 50 * USEC_PER_MS);
}

/* The loop goes on, and the binary is killed when its time is over. */
Test(binary, one_that_hangs)
{
	struct timer other = {.fn = turn};

	write_binary("#!/bin/sh\nexec sleep 1000\n");
	trial.patience = USEC_PER_SEC;
	timer_start(&timers, &other, 0);
	cr_assert_null(binary_try(&trial));
	cr_assert_eq(loop_run(loop), 0);
	timer_stop(&timers, &other);
	cr_expect_gt(turns, 1);
	cr_expect(strstr(said, "does not answer within 1 seconds"), "%s", said);
	/* The next one is judged for itself. */
	write_binary("#!/bin/sh\nexit 0\n");
	cr_assert_null(binary_try(&trial));
	cr_assert_eq(loop_run(loop), 0);
	cr_expect_str_eq(said, "answers");
}

Test(binary, a_trial_that_is_stopped)
{
	pid_t child;

	write_binary("#!/bin/sh\nexec sleep 1000\n");
	cr_assert_null(binary_try(&trial));
	child = trial.child;
	binary_stop(&trial);
	cr_expect_eq(kill(child, 0), -1, "nothing of it is left");
	cr_expect_eq(timers.count, 0);
	cr_expect_eq(answers, 0);
}
