/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/loop.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
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

/* Both are ready at once. The first one that is called removes the other, whose descriptor gets a
 * new watch. */
static struct loop_watch *new_watch;

static void on_anew(void *owner, uint32_t events)
{
	(void)owner;
	cr_assert(events & EPOLLIN);
	note('n');
	loop_stop(loop);
}

static void on_replaced(void *owner, uint32_t events)
{
	unsigned other = !*(const unsigned *)owner;

	(void)events;
	note('r');
	loop_unwatch(watches[0]);
	loop_unwatch(watches[1]);
	new_watch = loop_watch(loop, pipes[other][0], EPOLLIN, on_anew, NULL);
	cr_assert_not_null(new_watch);
}

static void open_ready_pipes(loop_fn *fn, unsigned numbers[2])
{
	for (unsigned i = 0; i < 2; i++) {
		numbers[i] = i;
		cr_assert_eq(pipe(pipes[i]), 0);
		watches[i] = loop_watch(loop, pipes[i][0], EPOLLIN, fn, &numbers[i]);
		cr_assert_not_null(watches[i]);
		cr_assert_eq(write(pipes[i][1], "xxx", 3), 3);
	}
}

Test(loop, a_descriptor_is_watched_anew_while_its_event_waits)
{
	unsigned numbers[2];

	open_ready_pipes(on_replaced, numbers);
	cr_assert_eq(loop_run(loop), 0);
	cr_assert_str_eq(trace, "rn");
	loop_unwatch(new_watch);
}

/* The first one that is called ends what the other waits for. */
static void on_quietened(void *owner, uint32_t events)
{
	(void)events;
	note('q');
	cr_assert_eq(loop_watch_change(watches[!*(const unsigned *)owner], 0), 0);
}

Test(loop, an_event_that_is_not_waited_for_any_more_is_not_told)
{
	struct timer stop = {.fn = on_stop};
	unsigned numbers[2];

	open_ready_pipes(on_quietened, numbers);
	timer_start(&timers, &stop, 0);
	cr_assert_eq(loop_run(loop), 0);
	cr_assert_str_eq(trace, "q.");
	loop_unwatch(watches[0]);
	loop_unwatch(watches[1]);
}

static void on_part(void *owner, uint32_t events)
{
	char byte;

	(void)owner;
	(void)events;
	note('p');
	cr_assert_eq(read(pipes[0][0], &byte, 1), 1);
	if (strlen(trace) == 3)
		loop_stop(loop);
}

Test(loop, what_is_left_unread_is_told_again)
{
	cr_assert_eq(pipe(pipes[0]), 0);
	watches[0] = loop_watch(loop, pipes[0][0], EPOLLIN, on_part, NULL);
	cr_assert_eq(write(pipes[0][1], "xxx", 3), 3);
	cr_assert_eq(loop_run(loop), 0);
	cr_assert_str_eq(trace, "ppp");
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

static void on_long_read(void *owner, uint32_t events)
{
	(void)owner;
	(void)events;
	note('p');
	if (strlen(trace) == 3)
		loop_stop(loop);
	usleep(3000);
}

/* Of many that are ready, each may take long. */
Test(loop, slow_descriptors_leave_time_to_timers)
{
	struct timer a = {.fn = on_a};
	unsigned numbers[2];

	open_ready_pipes(on_long_read, numbers);
	timer_start(&timers, &a, 0);
	cr_assert_eq(loop_run(loop), 0);
	cr_assert_str_eq(trace, "pap");
	loop_unwatch(watches[0]);
	loop_unwatch(watches[1]);
}

#define MANY   256
#define ROUNDS 4
static unsigned calls[MANY];

static void on_one_of_many(void *owner, uint32_t events)
{
	unsigned *count = owner;

	(void)events;
	usleep(100); /* more than one turn's share for those that are ready at once */
	if (++*count == ROUNDS)
		loop_stop(loop);
}

/* More than the kernel names at once: a flood of some must not hold others up. */
Test(loop, many_descriptors_are_served_in_turns)
{
	struct loop_watch *many[MANY];
	int fds[MANY];

	for (int i = 0; i < MANY; i++) {
		fds[i] = eventfd(1, EFD_CLOEXEC);
		many[i] = loop_watch(loop, fds[i], EPOLLIN, on_one_of_many, &calls[i]);
		cr_assert_not_null(many[i]);
	}
	cr_assert_eq(loop_run(loop), 0);
	for (int i = 0; i < MANY; i++) {
		cr_expect_geq(calls[i], ROUNDS - 1, "descriptor %d is called %u times", i,
			      calls[i]);
		loop_unwatch(many[i]);
		close(fds[i]);
	}
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

/* What systemd does for a unit with WatchdogSec: it listens. */

static int listen_as_systemd(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int length, fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char text[sizeof(address.sun_path) + 1];

	length = snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1, "loop_test.%d",
			  getpid());
	cr_assert_eq(bind(fd, (struct sockaddr *)&address,
			  offsetof(struct sockaddr_un, sun_path) + 1 + length),
		     0);
	snprintf(text, sizeof(text), "@%s", address.sun_path + 1);
	setenv("NOTIFY_SOCKET", text, 1);
	snprintf(text, sizeof(text), "%d", getpid());
	setenv("WATCHDOG_PID", text, 1);
	setenv("WATCHDOG_USEC", "20000", 1);
	return fd;
}

static void on_sign_of_life(void *owner, uint32_t events)
{
	char text[64] = "";

	(void)events;
	cr_assert_gt(recv(*(const int *)owner, text, sizeof(text) - 1, 0), 0);
	cr_assert_str_eq(text, "WATCHDOG=1");
	note('w');
	if (strlen(trace) == 3)
		loop_stop(loop);
}

Test(loop, systemd_gets_signs_of_life)
{
	int fd = listen_as_systemd();
	struct loop_watch *watch;

	loop_free(loop);
	loop = loop_new(&timers);
	watch = loop_watch(loop, fd, EPOLLIN, on_sign_of_life, &fd);
	cr_assert_eq(loop_run(loop), 0);
	cr_assert_str_eq(trace, "www");
	loop_unwatch(watch);
	close(fd);
}
