/* SPDX-License-Identifier: BSD-2-Clause */
/* Each test is a process of its own. They need root. */
#include "io/privileges.h"

#include "base/log.h"
#include "log_file.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static const cap_value_t needed[] = {CAP_BPF, CAP_NET_ADMIN, CAP_NET_RAW, CAP_PERFMON};

static bool has(cap_value_t capability, cap_flag_t set)
{
	cap_t process = cap_get_proc();
	cap_flag_value_t value = CAP_CLEAR;

	cap_get_flag(process, capability, set, &value);
	cap_free(process);
	return value == CAP_SET;
}

static void take(cap_value_t capability)
{
	cap_t process = cap_get_proc();

	cap_set_flag(process, CAP_EFFECTIVE, 1, &capability, CAP_CLEAR);
	cap_set_flag(process, CAP_PERMITTED, 1, &capability, CAP_CLEAR);
	cr_assert_eq(cap_set_proc(process), 0);
	cap_free(process);
}

Test(privileges, what_is_missing_is_named)
{
	struct log_file log = log_file_begin();
	char *said;

	cr_expect(privileges_suffice());
	take(CAP_SYS_ADMIN);
	cr_expect(privileges_suffice());
	take(CAP_NET_RAW);
	cr_expect_not(privileges_suffice());
	log_catch_up(USEC_NEVER);
	said = log_file_end(&log);
	cr_expect(strstr(said, "needs the capability cap_net_raw, "), "%s", said);
	free(said);
}

Test(privileges, what_is_needed_is_kept_and_the_rest_given_up)
{
	cr_assert_eq(privileges_drop(), 0);
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		cr_expect(has(needed[i], CAP_EFFECTIVE) && cap_get_bound(needed[i]) == 1 &&
			  cap_get_ambient(needed[i]) == 1);
	cr_expect(has(CAP_SYS_ADMIN, CAP_EFFECTIVE), "root's, for libxdp");
	cr_expect(!has(CAP_SYS_MODULE, CAP_PERMITTED) && !has(CAP_SYS_PTRACE, CAP_PERMITTED));
	cr_expect(!cap_get_bound(CAP_SYS_MODULE) && !cap_get_bound(CAP_SYS_PTRACE));
	cr_expect_eq(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
}

Test(privileges, what_was_not_there_does_not_come)
{
	take(CAP_SYS_ADMIN);
	cr_assert_eq(privileges_drop(), 0);
	cr_expect_not(has(CAP_SYS_ADMIN, CAP_PERMITTED));
	cr_expect_eq(cap_get_bound(CAP_SYS_ADMIN), 0);
}

/* The binary is executed anew, as root and as a user who has the capabilities only. */
static void expect_kept_by_exec(uid_t user)
{
	int status;
	pid_t child;

	cr_assert_eq(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), 0);
	cr_assert_eq(setresuid(user, user, user), 0);
	if (user) {
		cap_t process = cap_get_proc();

		cap_clear_flag(process, CAP_PERMITTED);
		cap_set_flag(process, CAP_PERMITTED, 4, needed, CAP_SET);
		cap_set_flag(process, CAP_EFFECTIVE, 4, needed, CAP_SET);
		cr_assert_eq(cap_set_proc(process), 0);
		cap_free(process);
	}
	cr_assert_eq(privileges_drop(), 0);
	child = fork();
	if (!child) {
		execl("/bin/sh", "sh", "-c",
		      "eff=$(sed -n 's/^CapEff:\\s*//p' /proc/self/status) && "
		      "test $((0x$eff & 0xc000003000)) = $((0xc000003000)) && "
		      "test $((0x$eff & 0x10000)) = 0", /* CAP_SYS_MODULE */
		      NULL);
		_exit(127);
	}
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_expect_eq(status, 0);
}

Test(privileges, an_executed_binary_has_them_too)
{
	expect_kept_by_exec(0);
}

Test(privileges, and_so_it_has_with_a_user_of_its_own)
{
	expect_kept_by_exec(4711);
}
