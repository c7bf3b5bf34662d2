/* SPDX-License-Identifier: BSD-2-Clause */
/* What three clocks say together, and the looks at those of this machine. */
#include "fini.h"
#include "io/clocks.h"
#include "virtual_time.h"

#define YEARS (10 * 365 * 86400ll)
#define HOUR  3600

static struct timers timers;
static struct clocks clocks;
static unsigned times_away, times_set;
static usec_t asleep;

static void on_away(void *owner, usec_t time)
{
	cr_assert_eq(owner, &clocks);
	times_away++;
	asleep = time;
}

static void on_set(void *owner)
{
	cr_assert_eq(owner, &clocks);
	times_set++;
}

static void begin(void)
{
	times_away = times_set = 0;
	clocks = (struct clocks){
		.timers = &timers, .owner = &clocks, .was_away = on_away, .wall_was_set = on_set};
	clocks_start(&clocks);
}

static void end(void)
{
	clocks_stop(&clocks);
	fini_assert(!timers.count, "a timer was left running");
	timers_free(&timers);
}

TestSuite(clocks, .init = begin, .fini = end);

/* Between two looks each clock moves on by so many seconds. */
static void look_after(int64_t monotonic, int64_t boot, int64_t wall)
{
	struct clocks_reading now = clocks.last;

	now.monotonic += monotonic * (int64_t)USEC_PER_SEC;
	now.boot += boot * (int64_t)USEC_PER_SEC;
	now.wall += wall * (int64_t)USEC_PER_SEC;
	clocks_look(&clocks, &now);
}

static const struct {
	const char *what;
	int64_t monotonic, boot, wall; /* seconds that pass on each clock */
	unsigned away, set;
	usec_t asleep; /* seconds */
} cases[] = {
	{"all is well", 2, 2, 2, 0, 0, 0},
	{"a busy machine", 11, 11, 11, 0, 0, 0},
	{"suspended for an hour", 2, HOUR + 2, HOUR + 2, 1, 0, HOUR},
	{"suspended for a moment", 2, 11, 11, 0, 0, 0},
	{"the process was stopped", HOUR, HOUR, HOUR, 1, 0, 0},
	{"the wall clock is set forward", 2, 2, YEARS + 2, 0, 1, 0},
	{"the wall clock is set back", 2, 2, -YEARS, 0, 1, 0},
	{"set before 1970", 2, 2, -6 * YEARS, 0, 1, 0},
	{"suspended, and the wall clock set", 2, HOUR + 2, 2, 1, 1, HOUR},
};

Test(clocks, each_way_to_disagree)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		times_away = times_set = 0;
		asleep = 0;
		look_after(cases[i].monotonic, cases[i].boot, cases[i].wall);
		cr_expect_eq(times_away, cases[i].away, "%s", cases[i].what);
		cr_expect_eq(times_set, cases[i].set, "%s", cases[i].what);
		cr_expect_eq(asleep, cases[i].asleep * USEC_PER_SEC, "%s", cases[i].what);
		look_after(2, 2, 2);
		cr_expect_eq(times_away + times_set, cases[i].away + cases[i].set, "%s: told once",
			     cases[i].what);
	}
}

/* CLOCK_BOOTTIME says when the last look was: long ago by another clock than the machine's. */
Test(clocks, the_clocks_of_the_machine_are_looked_at_again_and_again)
{
	for (unsigned i = 1; i <= 3; i++) {
		clocks.last.boot -= HOUR * USEC_PER_SEC;
		clocks.last.wall -= HOUR * USEC_PER_SEC;
		run_for(&timers, (double)CLOCKS_LOOK_INTERVAL / USEC_PER_SEC);
		cr_expect_eq(times_away, i);
		cr_expect_eq(times_set, 0);
		cr_expect_geq(asleep, (HOUR - 1) * USEC_PER_SEC);
	}
}
