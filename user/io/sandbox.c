/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/sandbox.h"
#include "base/log.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <ucontext.h>
#include <unistd.h>

#define CALLS_MAX 1024 /* numbers of system calls; those beyond are counted as the last one */

/* What the daemon uses, and its libraries */

static const int memory[] = {SCMP_SYS(brk),      SCMP_SYS(madvise), SCMP_SYS(mmap),
			     SCMP_SYS(mprotect), SCMP_SYS(mremap),  SCMP_SYS(munmap)};

/* Pins, /proc, the secret, the log; and what the loader reads when the binary is executed anew. */
static const int files[] = {SCMP_SYS(access),        SCMP_SYS(chmod),
			    SCMP_SYS(chown),         SCMP_SYS(close),
			    SCMP_SYS(dup),           SCMP_SYS(dup2),
			    SCMP_SYS(dup3),          SCMP_SYS(faccessat),
			    SCMP_SYS(faccessat2),    SCMP_SYS(fchmod),
			    SCMP_SYS(fchmodat),      SCMP_SYS(fchownat),
			    SCMP_SYS(fcntl),         SCMP_SYS(flock),
			    SCMP_SYS(fstat),         SCMP_SYS(fstatfs),
			    SCMP_SYS(fsync),         SCMP_SYS(ftruncate),
			    SCMP_SYS(getcwd),        SCMP_SYS(getdents64),
			    SCMP_SYS(inotify_init1), SCMP_SYS(inotify_add_watch),
			    SCMP_SYS(ioctl),         SCMP_SYS(lseek),
			    SCMP_SYS(lstat),         SCMP_SYS(mkdir),
			    SCMP_SYS(mkdirat),       SCMP_SYS(newfstatat),
			    SCMP_SYS(open),          SCMP_SYS(openat),
			    SCMP_SYS(pipe2),         SCMP_SYS(pread64),
			    SCMP_SYS(pwrite64),      SCMP_SYS(read),
			    SCMP_SYS(readlink),      SCMP_SYS(readlinkat),
			    SCMP_SYS(readv),         SCMP_SYS(rename),
			    SCMP_SYS(renameat),      SCMP_SYS(renameat2),
			    SCMP_SYS(rmdir),         SCMP_SYS(stat),
			    SCMP_SYS(statfs),        SCMP_SYS(statx),
			    SCMP_SYS(symlink),       SCMP_SYS(symlinkat),
			    SCMP_SYS(umask),         SCMP_SYS(umount2),
			    SCMP_SYS(unlink),        SCMP_SYS(unlinkat),
			    SCMP_SYS(write),         SCMP_SYS(writev)};

/* socket() has rules of its own. */
static const int sockets[] = {
	SCMP_SYS(accept4),     SCMP_SYS(bind),       SCMP_SYS(connect),  SCMP_SYS(getpeername),
	SCMP_SYS(getsockname), SCMP_SYS(getsockopt), SCMP_SYS(listen),   SCMP_SYS(recvfrom),
	SCMP_SYS(recvmmsg),    SCMP_SYS(recvmsg),    SCMP_SYS(sendmmsg), SCMP_SYS(sendmsg),
	SCMP_SYS(sendto),      SCMP_SYS(setsockopt), SCMP_SYS(shutdown), SCMP_SYS(socketpair)};

static const int events[] = {
	SCMP_SYS(clock_getres),   SCMP_SYS(clock_gettime),   SCMP_SYS(clock_nanosleep),
	SCMP_SYS(epoll_create1),  SCMP_SYS(epoll_ctl),       SCMP_SYS(epoll_pwait),
	SCMP_SYS(epoll_pwait2),   SCMP_SYS(epoll_wait),      SCMP_SYS(eventfd2),
	SCMP_SYS(gettimeofday),   SCMP_SYS(nanosleep),       SCMP_SYS(poll),
	SCMP_SYS(ppoll),          SCMP_SYS(restart_syscall), SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),    SCMP_SYS(rt_sigtimedwait),
	SCMP_SYS(sigaltstack),    SCMP_SYS(signalfd4),       SCMP_SYS(time),
	SCMP_SYS(timerfd_create), SCMP_SYS(timerfd_settime)};

static const int identity[] = {
	SCMP_SYS(capget),    SCMP_SYS(capset),    SCMP_SYS(getegid), SCMP_SYS(geteuid),
	SCMP_SYS(getgid),    SCMP_SYS(getpid),    SCMP_SYS(getppid), SCMP_SYS(getrlimit),
	SCMP_SYS(getrusage), SCMP_SYS(gettid),    SCMP_SYS(getuid),  SCMP_SYS(prctl),
	SCMP_SYS(prlimit64), SCMP_SYS(setrlimit), SCMP_SYS(sysinfo), SCMP_SYS(uname)};

/* Threads, and the binary executed anew. clone() has a rule of its own. */
static const int execution[] = {SCMP_SYS(arch_prctl),
				SCMP_SYS(execve),
				SCMP_SYS(exit),
				SCMP_SYS(exit_group),
				SCMP_SYS(futex),
				SCMP_SYS(getrandom),
				SCMP_SYS(kill),
				SCMP_SYS(membarrier),
				SCMP_SYS(pidfd_open),
				SCMP_SYS(rseq),
				SCMP_SYS(sched_getaffinity),
				SCMP_SYS(sched_yield),
				SCMP_SYS(set_robust_list),
				SCMP_SYS(set_tid_address),
				SCMP_SYS(tgkill),
				SCMP_SYS(vfork),
				SCMP_SYS(wait4),
				SCMP_SYS(waitid)};

static const int programs[] = {SCMP_SYS(bpf)};

#ifdef SANITIZED
static const int sanitizer[] = {SCMP_SYS(getdents), SCMP_SYS(ptrace)}; /* its search for leaks */
#endif

#define GROUP(calls)                                                                               \
	{                                                                                          \
		calls, sizeof(calls) / sizeof((calls)[0])                                          \
	}

static const struct {
	const int *calls;
	size_t count;
} groups[] = {
	GROUP(memory),    GROUP(files),     GROUP(sockets),  GROUP(events),
	GROUP(identity),  GROUP(execution), GROUP(programs),
#ifdef SANITIZED
	GROUP(sanitizer),
#endif
};

static const int families[] = {AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_UNIX};

/* A new namespace of any kind. */
#define NAMESPACES                                                                                 \
	(CLONE_NEWCGROUP | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID |              \
	 CLONE_NEWUSER | CLONE_NEWUTS)

/* What only this filter answers to a question that is never asked otherwise. */
#define MARK_QUESTION 0xffffffffUL /* the personality that is in force */
#define MARK_ANSWER   EXFULL

static int news = -1; /* eventfd: a call has been refused */
static atomic_bool refused[CALLS_MAX];
static struct loop_watch *watch;

/* Refused calls */

static void let_fail(ucontext_t *machine)
{
#if defined(__x86_64__)
	machine->uc_mcontext.gregs[REG_RAX] = -EPERM;
#elif defined(__aarch64__)
	machine->uc_mcontext.regs[0] = -EPERM;
#else
#error "name the register that has the result of a system call"
#endif
}

/* In a signal: nothing is safe here but to take a note. */
static void on_refused(int signal, siginfo_t *info, void *machine)
{
	unsigned call = info->si_syscall;
	uint64_t one = 1;

	(void)signal;
	atomic_store(&refused[call < CALLS_MAX ? call : CALLS_MAX - 1], true);
	(void)!write(news, &one, sizeof(one));
	let_fail(machine);
}

static void report(void *owner, uint32_t events)
{
	uint64_t count;

	(void)owner;
	(void)events;
	(void)!read(news, &count, sizeof(count));
	for (int call = 0; call < CALLS_MAX; call++) {
		char *name;

		if (!atomic_exchange(&refused[call], false))
			continue;
		name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, call);
		log_error("the system call %s (%d) was refused by the daemon's own filter: please "
			  "report it; 'seccomp = no' under [daemon] goes without the filter",
			  name ? name : "of an unknown name", call);
		free(name);
	}
}

int sandbox_watch(struct loop *loop)
{
	struct sigaction action = {.sa_sigaction = on_refused, .sa_flags = SA_SIGINFO};

	news = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (news < 0)
		return -errno;
	watch = loop_watch(loop, news, EPOLLIN, report, NULL);
	return watch && !sigaction(SIGSYS, &action, NULL) ? 0 : -errno;
}

void sandbox_close(void)
{
	if (news < 0)
		return;
	report(NULL, 0); /* what the stop was refused */
	loop_unwatch(watch);
	watch = NULL;
	close(news);
	news = -1;
}

/* The filter */

static bool is_in_force(void)
{
	return personality(MARK_QUESTION) < 0 && errno == MARK_ANSWER;
}

/* clone3() hides its flags in memory, so it is said to be unknown; libraries then use clone(). */
static int add_special(scmp_filter_ctx filter)
{
	int error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(MARK_ANSWER), SCMP_SYS(personality), 1,
				     SCMP_A0(SCMP_CMP_EQ, MARK_QUESTION, 0));

	for (size_t i = 0; !error && i < sizeof(families) / sizeof(families[0]); i++)
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
					 SCMP_A0(SCMP_CMP_EQ, families[i], 0));
	if (!error)
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
					 SCMP_A0(SCMP_CMP_MASKED_EQ, NAMESPACES, 0));
	if (!error)
		error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	return error;
}

static int add_groups(scmp_filter_ctx filter)
{
	int error = 0;

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		for (size_t j = 0; !error && j < groups[i].count; j++)
			error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, groups[i].calls[j], 0);
	return error;
}

/* A tree instead of a list: each call takes a few comparisons. */
static int add_rules(scmp_filter_ctx filter)
{
	int error = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);

	if (!error)
		error = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (!error)
		error = add_groups(filter);
	return error ? error : add_special(filter);
}

static int load(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_TRAP);
	int error = filter ? add_rules(filter) : -ENOMEM;

	if (!error)
		error = seccomp_load(filter);
	seccomp_release(filter);
	return error;
}

int sandbox_enter(bool wanted)
{
	if (is_in_force()) {
		if (!wanted)
			log_notice("the filter of system calls stays until the daemon is stopped "
				   "and started");
		return 0;
	}
	return wanted ? load() : 0;
}
