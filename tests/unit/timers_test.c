/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/timers.h"
#include "samples.h"

#define COUNT 8

/* A timer that records when it ran, and then acts on one timer of the same set. */
struct item {
	struct timer timer;
	struct set *set;
	unsigned number;
	void (*then)(struct set *set, struct timer *other);
	unsigned other;
};

struct set {
	struct timers timers;
	struct item items[COUNT];
	char ran[256]; /* the numbers, in order */
};

static void note(struct timer *timer)
{
	struct item *item = container_of(timer, struct item, timer);
	struct set *set = item->set;
	size_t length = strlen(set->ran);

	snprintf(set->ran + length, sizeof(set->ran) - length, "%u", item->number);
	if (item->then)
		item->then(set, &set->items[item->other].timer);
}

static void set_up(struct set *set)
{
	*set = (struct set){0};
	for (unsigned i = 0; i < COUNT; i++)
		set->items[i] = (struct item){.timer.fn = note, .set = set, .number = i};
}

static void start(struct set *set, unsigned number, usec_t delay)
{
	timer_start(&set->timers, &set->items[number].timer, delay);
}

Test(timers, run_in_order_of_time)
{
	static const usec_t delays[COUNT] = {50, 20, 70, 10, 40, 80, 30, 60};
	struct set set;

	set_up(&set);
	for (unsigned i = 0; i < COUNT; i++)
		start(&set, i, delays[i]);
	cr_expect_eq(timers_next(&set.timers), 10);
	timers_run(&set.timers, 9);
	cr_expect_str_eq(set.ran, "");
	timers_run(&set.timers, 10);
	cr_expect_str_eq(set.ran, "3");
	timers_run(&set.timers, 79);
	cr_expect_str_eq(set.ran, "3164072");
	cr_expect_eq(timers_next(&set.timers), 80);
	timers_run(&set.timers, 1000);
	cr_expect_str_eq(set.ran, "31640725");
	cr_expect_eq(timers_next(&set.timers), USEC_NEVER);
	timers_free(&set.timers);
}

Test(timers, restart_moves_and_stop_stops)
{
	struct set set;

	set_up(&set);
	start(&set, 0, 10);
	start(&set, 1, 20);
	start(&set, 2, 30);
	start(&set, 0, 40);
	start(&set, 2, 5);
	timer_stop(&set.timers, &set.items[1].timer);
	timer_stop(&set.timers, &set.items[1].timer);
	cr_expect_eq(timers_next(&set.timers), 5);
	timers_run(&set.timers, 100);
	cr_expect_str_eq(set.ran, "20");
	timers_free(&set.timers);
}

Test(timers, never_stops)
{
	struct set set;

	set_up(&set);
	start(&set, 0, 10);
	start(&set, 0, USEC_NEVER);
	start(&set, 1, 10);
	timer_set(&set.timers, &set.items[1].timer, USEC_NEVER);
	cr_expect_eq(timers_next(&set.timers), USEC_NEVER);
	timers_run(&set.timers, USEC_NEVER - 1);
	cr_expect_str_eq(set.ran, "");
	timers_free(&set.timers);
}

Test(timers, time_never_goes_back)
{
	struct set set;

	set_up(&set);
	timers_run(&set.timers, 100);
	timers_run(&set.timers, 50);
	cr_expect_eq(set.timers.now, 100);
	start(&set, 0, 10);
	cr_expect_eq(timers_next(&set.timers), 110);
	timers_free(&set.timers);
	cr_expect_eq(set.timers.now, 100, "freeing keeps the time");
}

Test(timers, what_is_left)
{
	struct set set;

	set_up(&set);
	cr_expect_eq(timer_left(&set.timers, &set.items[0].timer), 0, "never started");
	start(&set, 0, 30);
	cr_expect_eq(timer_left(&set.timers, &set.items[0].timer), 30);
	timers_run(&set.timers, 10);
	cr_expect_eq(timer_left(&set.timers, &set.items[0].timer), 20);
	timer_stop(&set.timers, &set.items[0].timer);
	cr_expect_eq(timer_left(&set.timers, &set.items[0].timer), 0, "stopped");
	timer_set(&set.timers, &set.items[0].timer, 5);
	cr_expect_eq(timer_left(&set.timers, &set.items[0].timer), 0, "overdue");
	timers_free(&set.timers);
}

static void stop(struct set *set, struct timer *other)
{
	timer_stop(&set->timers, other);
}

static void start_at_once(struct set *set, struct timer *other)
{
	timer_start(&set->timers, other, 0);
}

static void start_later(struct set *set, struct timer *other)
{
	timer_start(&set->timers, other, 100);
}

static void expect_now_and_stopped(struct set *set, struct timer *other)
{
	cr_expect_eq(set->timers.now, 50);
	cr_expect_eq(other->slot, 0, "a timer that runs is stopped");
}

/* Timers 0 to 3 are due at 10, 20, 30, 40; number `who` acts on `other`; then time jumps to 50. */
Test(timers, functions_may_stop_and_start)
{
	static const struct {
		const char *what;
		unsigned who, other;
		void (*then)(struct set *set, struct timer *other);
		const char *ran, *ran_later;
	} cases[] = {
		{"stops one that is due in the same run", 0, 2, stop, "013", "013"},
		{"stops the next", 1, 2, stop, "013", "013"},
		{"stops the last", 0, 3, stop, "012", "012"},
		{"stops one that ran", 2, 0, stop, "0123", "0123"},
		{"stops itself", 1, 1, stop, "0123", "0123"},
		{"starts itself again", 1, 1, start_later, "0123", "01231"},
		{"starts one that ran", 2, 0, start_later, "0123", "01230"},
		{"puts off one that is due", 0, 2, start_later, "013", "0132"},
		{"starts another, due now", 0, 4, start_at_once, "01234", "01234"},
		{"sees the time and itself stopped", 2, 2, expect_now_and_stopped, "0123", "0123"},
	};

	EACH(i, cases)
	{
		struct set set;

		set_up(&set);
		for (unsigned number = 0; number < 4; number++)
			start(&set, number, 10 * (number + 1));
		set.items[cases[i].who].then = cases[i].then;
		set.items[cases[i].who].other = cases[i].other;
		timers_run(&set.timers, 50);
		cr_expect_str_eq(set.ran, cases[i].ran, "%s: %s", cases[i].what, set.ran);
		set.items[cases[i].who].then = NULL;
		timers_run(&set.timers, 1000);
		cr_expect_str_eq(set.ran, cases[i].ran_later, "%s: %s", cases[i].what, set.ran);
		timers_free(&set.timers);
	}
}

Test(timers, freeing_frees)
{
	size_t before = __sanitizer_get_current_allocated_bytes();
	struct set set;

	set_up(&set);
	start(&set, 0, 10);
	cr_expect_neq(__sanitizer_get_current_allocated_bytes(), before);
	timers_run(&set.timers, 10);
	timers_free(&set.timers);
	cr_expect_eq(__sanitizer_get_current_allocated_bytes(), before);
}

/* Thousands of timers, compared with a model that searches all of them each time. */

#define MANY 3000

struct model_timer {
	struct timer timer;
	usec_t due; /* USEC_NEVER: stopped */
};

static struct model_timer many[MANY];
static struct timers timers;
static usec_t last_due;
static unsigned wrong, ran;

static void run_of_model(struct timer *timer)
{
	struct model_timer *mine = container_of(timer, struct model_timer, timer);

	wrong += mine->due > timers.now || mine->due < last_due;
	last_due = mine->due;
	mine->due = USEC_NEVER;
	ran++;
}

static uint32_t pseudo_random(void)
{
	static uint64_t state = 88172645463325252ull;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state >> 16;
}

static usec_t model_next(void)
{
	usec_t next = USEC_NEVER;

	for (unsigned i = 0; i < MANY; i++)
		next = many[i].due < next ? many[i].due : next;
	return next;
}

static void change_one(struct model_timer *timer)
{
	usec_t delay = pseudo_random() % 10000;

	if (pseudo_random() % 4 == 0) {
		timer_stop(&timers, &timer->timer);
		timer->due = USEC_NEVER;
	} else {
		timer_start(&timers, &timer->timer, delay);
		timer->due = timers.now + delay;
	}
	wrong += timer_due(&timers, &timer->timer) != timer->due;
	wrong += timer_left(&timers, &timer->timer) !=
		 (timer->due == USEC_NEVER ? 0 : timer->due - timers.now);
}

Test(timers, many_behave_as_the_model)
{
	for (unsigned i = 0; i < MANY; i++)
		many[i] = (struct model_timer){.timer.fn = run_of_model, .due = USEC_NEVER};
	for (unsigned step = 0; step < 3000; step++) {
		for (unsigned i = 0; i < 20; i++)
			change_one(&many[pseudo_random() % MANY]);
		cr_assert_eq(timers_next(&timers), model_next(), "step %u", step);
		last_due = 0;
		timers_run(&timers, timers.now + pseudo_random() % 100);
		cr_assert_gt(model_next(), timers.now, "step %u: one was left", step);
		cr_assert_eq(wrong, 0, "step %u", step);
	}
	cr_expect_gt(ran, 10000, "the test is to run timers: %u", ran);
	timers_free(&timers);
}
