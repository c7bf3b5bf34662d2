/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/loop.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static struct timers timers;
static struct loop *loop;
static char trace[16];

static void note(char what)
{
	size_t length = strlen(trace);

	cr_assert_lt(length, sizeof(trace) - 1);
	trace[length] = what;
}

static void set_up(void)
{
	loop = loop_new(&timers);
	cr_assert_not_null(loop);
	cr_assert_gt(timers.now, 0);
}

static void tear_down(void)
{
	loop_free(loop);
	timers_free(&timers);
}

TestSuite(loop, .init = set_up, .fini = tear_down, .timeout = 10);

static void on_stop(struct timer *timer)
{
	(void)timer;
	note('.');
	loop_stop(loop);
}

static void on_a(struct timer *timer)
{
	(void)timer;
	note('a');
}

static void on_b(struct timer *timer)
{
	(void)timer;
	note('b');
}

Test(loop, timers_run_in_order_of_time)
{
	struct timer a = {.fn = on_a}, b = {.fn = on_b}, stop = {.fn = on_stop};
	usec_t started = timers.now;

	timer_start(&timers, &stop, 30 * USEC_PER_MS);
	timer_start(&timers, &b, 20 * USEC_PER_MS);
	timer_start(&timers, &a, 10 * USEC_PER_MS);
	cr_assert_eq(loop_run(loop), 0);
	cr_assert_str_eq(trace, "ab.");
	cr_assert_geq(timers.now - started, 30 * USEC_PER_MS);
}

static int pipes[2][2];
static struct loop_watch *watches[2];
static usec_t seen_at;

/* Whichever is called first takes the other away. */
static void on_pipe(void *owner, uint32_t events)
{
	cr_assert(events & EPOLLIN);
	note('p');
	seen_at = timers.now;
	loop_unwatch(watches[0]);
	loop_unwatch(watches[1]);
	timer_start(&timers, owner, 0);
}

Test(loop, a_watch_is_removed_in_its_own_call_and_in_that_of_another)
{
	struct timer stop = {.fn = on_stop};
	usec_t started = timers.now;

	for (int i = 0; i < 2; i++) {
		cr_assert_eq(pipe(pipes[i]), 0);
		watches[i] = loop_watch(loop, pipes[i][0], EPOLLIN, on_pipe, &stop);
		cr_assert_not_null(watches[i]);
		cr_assert_eq(write(pipes[i][1], "x", 1), 1);
	}
	usleep(2000);
	cr_assert_eq(loop_run(loop), 0);
	cr_assert_str_eq(trace, "p.");
	cr_assert_geq(seen_at - started, 2000, "the clock moves before a call");
}

static void on_writable(void *owner, uint32_t events)
{
	(void)owner;
	note(events & EPOLLOUT ? 'w' : 'r');
	if (events & EPOLLIN)
		loop_stop(loop);
	else
		cr_assert_eq(loop_watch_change(watches[0], EPOLLIN), 0);
}

static void on_write(struct timer *timer)
{
	(void)timer;
	cr_assert_eq(write(pipes[0][1], "x", 1), 1);
}

Test(loop, what_is_waited_for_can_be_changed)
{
	struct timer later = {.fn = on_write};

	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pipes[0]), 0);
	watches[0] = loop_watch(loop, pipes[0][0], EPOLLOUT, on_writable, NULL);
	timer_start(&timers, &later, 5 * USEC_PER_MS);
	cr_assert_eq(loop_run(loop), 0);
	cr_assert_str_eq(trace, "wr");
	loop_unwatch(watches[0]);
}

/* A descriptor that is ready for ever must not hold a timer up. */
static void on_always(void *owner, uint32_t events)
{
	(void)owner;
	(void)events;
}

Test(loop, a_busy_descriptor_leaves_time_to_timers)
{
	struct timer stop = {.fn = on_stop};
	struct loop_watch *watch;

	cr_assert_eq(pipe(pipes[0]), 0);
	watch = loop_watch(loop, pipes[0][1], EPOLLOUT, on_always, NULL);
	timer_start(&timers, &stop, 10 * USEC_PER_MS);
	cr_assert_eq(loop_run(loop), 0);
	cr_assert_str_eq(trace, ".");
	loop_unwatch(watch);
}

static void on_long(struct timer *timer)
{
	(void)timer;
	if (!strchr(trace, 't'))
		cr_assert_eq(write(pipes[0][1], "x", 1), 1);
	note('t');
	if (strlen(trace) == 6)
		loop_stop(loop);
	usleep(3000);
}

static void on_once(void *owner, uint32_t events)
{
	(void)owner;
	(void)events;
	note('p');
	loop_unwatch(watches[0]);
}

/* Many timers that are due at once must not hold a descriptor up. */
Test(loop, many_timers_leave_time_to_a_descriptor)
{
	struct timer due[5];

	cr_assert_eq(pipe(pipes[0]), 0);
	watches[0] = loop_watch(loop, pipes[0][0], EPOLLIN, on_once, NULL);
	for (int i = 0; i < 5; i++) {
		due[i] = (struct timer){.fn = on_long};
		timer_start(&timers, &due[i], 0);
	}
	cr_assert_eq(loop_run(loop), 0);
	cr_assert_str_eq(trace, "tptttt");
}

static void on_slow(struct timer *timer)
{
	(void)timer;
	usleep(30000);
	loop_stop(loop);
}

Test(loop, the_longest_stall_is_told)
{
	struct timer slow = {.fn = on_slow};

	cr_assert_eq(loop_longest_stall(loop), 0);
	timer_start(&timers, &slow, 20 * USEC_PER_MS);
	cr_assert_eq(loop_run(loop), 0);
	cr_assert_geq(loop_longest_stall(loop), 30 * USEC_PER_MS);
}

static void on_raise(struct timer *timer)
{
	(void)timer;
	raise(SIGPIPE);
	kill(getpid(), SIGTERM);
}

Test(loop, sigterm_ends_it_and_sigpipe_does_not)
{
	struct timer timer = {.fn = on_raise}, late = {.fn = on_stop};

	timer_start(&timers, &timer, 0);
	timer_start(&timers, &late, 5 * USEC_PER_SEC);
	cr_assert_eq(loop_run(loop), 0);
	cr_assert_str_eq(trace, "");
	timer_stop(&timers, &late);
}

Test(loop, a_closed_descriptor_is_refused)
{
	cr_assert_null(loop_watch(loop, 9999, EPOLLIN, on_always, NULL));
	cr_assert_eq(errno, EBADF);
}
