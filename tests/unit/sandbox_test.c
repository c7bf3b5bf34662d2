/* SPDX-License-Identifier: BSD-2-Clause */
/* Each test is a process of its own, which keeps its filter. */
#include "io/sandbox.h"

#include "base/log.h"
#include "log_file.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct timers timers;
static struct loop *loop;
static struct log_file log_file;

static void set_up(void)
{
	loop = loop_new(&timers);
	cr_assert_not_null(loop);
	log_file = log_file_begin();
	cr_assert_eq(sandbox_watch(loop), 0);
}

static void tear_down(void)
{
	sandbox_close();
	loop_free(loop);
	timers_free(&timers);
}

TestSuite(sandbox, .init = set_up, .fini = tear_down, .timeout = 60);

static void stop(struct timer *timer)
{
	(void)timer;
	loop_stop(loop);
}

/* What the log has after some turns of the loop; to be freed. */
static char *said(void)
{
	struct timer timer = {.fn = stop};

	timer_start(&timers, &timer, 10 * USEC_PER_MS);
	cr_assert_eq(loop_run(loop), 0);
	log_catch_up(USEC_NEVER);
	return log_file_end(&log_file);
}

/* Filters of this process. */
static unsigned filters(void)
{
	FILE *status = fopen("/proc/self/status", "r");
	char line[128];
	unsigned count = 0;

	while (fgets(line, sizeof(line), status))
		sscanf(line, "Seccomp_filters: %u", &count);
	fclose(status);
	return count;
}

Test(sandbox, a_call_that_is_not_allowed_fails_and_is_named)
{
	char *text;

	cr_assert_eq(sandbox_enter(true), 0);
	cr_expect(chroot("/") == -1 && errno == EPERM);
	cr_expect(syscall(SYS_chroot, "/") == -1 && errno == EPERM);
	text = said();
	cr_expect(strstr(text, "the system call chroot (161) was refused"), "%s", text);
	free(text);
}

Test(sandbox, a_call_that_is_refused_after_the_last_turn_is_named_too)
{
	char *text;

	cr_assert_eq(sandbox_enter(true), 0);
	cr_expect(chroot("/") == -1 && errno == EPERM);
	sandbox_close();
	log_catch_up(USEC_NEVER);
	text = log_file_end(&log_file);
	cr_expect(strstr(text, "the system call chroot (161) was refused"), "%s", text);
	free(text);
}

Test(sandbox, what_is_allowed_works_and_nothing_is_said)
{
	int fd;
	char *text;

	cr_assert_eq(sandbox_enter(true), 0);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	cr_expect_geq(fd, 0);
	close(fd);
	text = said();
	cr_expect_str_eq(text, "");
	free(text);
}

Test(sandbox, sockets_of_other_families_are_refused)
{
	cr_assert_eq(sandbox_enter(true), 0);
	cr_expect(socket(AF_VSOCK, SOCK_STREAM, 0) == -1 && errno == EPERM);
}

static void *answer(void *errors)
{
	*(int *)errors = unshare(CLONE_FS) ? errno : 0;
	return NULL;
}

Test(sandbox, threads_start_and_have_the_filter)
{
	pthread_t thread;
	int error = 0;

	cr_assert_eq(sandbox_enter(true), 0);
	cr_assert_eq(pthread_create(&thread, NULL, answer, &error), 0);
	cr_assert_eq(pthread_join(thread, NULL), 0);
	cr_expect_eq(error, EPERM);
}

Test(sandbox, no_namespace_is_made)
{
	cr_assert_eq(sandbox_enter(true), 0);
	cr_expect(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0) == -1 && errno == EPERM);
}

Test(sandbox, one_filter_is_enough)
{
	unsigned before = filters();

	cr_assert_eq(sandbox_enter(true), 0);
	cr_assert_eq(sandbox_enter(true), 0);
	cr_expect_eq(filters(), before + 1);
}

Test(sandbox, without_the_filter_nothing_is_refused)
{
	cr_assert_eq(sandbox_enter(false), 0);
	cr_expect_eq(unshare(CLONE_FS), 0);
}

Test(sandbox, a_filter_stays_until_the_process_ends)
{
	char *text;

	cr_assert_eq(sandbox_enter(true), 0);
	cr_assert_eq(sandbox_enter(false), 0);
	text = said();
	cr_expect(strstr(text, "stays until the daemon is stopped and started"), "%s", text);
	free(text);
}
