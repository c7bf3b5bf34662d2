/* SPDX-License-Identifier: BSD-2-Clause */
/* A kernel without room, for one process: a library for LD_PRELOAD. The file that FAULTS names has
 * three numbers of FAULTS_DIGITS each: of each million calls, how many sends to the network fail
 * with ENOBUFS, how many updates of BPF maps with ENOMEM, and how many allocations fail. It may be
 * written anew at any time, in place. Allocations are those of a program without sanitizers only,
 * which bring their own: -DFAULTS_OF_MEMORY. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FAULTS_DIGITS 12
#define MILLION       1000000

enum fault { SENDS, UPDATES, ALLOCATIONS, FAULTS };

static const char *numbers;

__attribute__((constructor)) static void open_numbers(void)
{
	const char *path = getenv("FAULTS");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *map;

	if (fd < 0)
		return;
	map = mmap(NULL, FAULTS * FAULTS_DIGITS, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (map != MAP_FAILED)
		numbers = map;
}

/* Calls nothing that allocates. */
static long number_of(enum fault fault)
{
	long number = 0;

	if (!numbers)
		return 0;
	for (int i = 0; i < FAULTS_DIGITS; i++) {
		char digit = numbers[fault * FAULTS_DIGITS + i];

		if (digit >= '0' && digit <= '9')
			number = number * 10 + digit - '0';
	}
	return number;
}

static int fails(enum fault fault)
{
	static atomic_ulong calls;
	long of_a_million = number_of(fault);
	uint64_t x;

	if (!of_a_million)
		return 0;
	x = (atomic_fetch_add(&calls, 1) + 1) * 0x9e3779b97f4a7c15ull; /* splitmix64 */
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ x >> 27) * 0x94d049bb133111ebull;
	return (long)((x ^ x >> 31) % MILLION) < of_a_million;
}

/* Sends. The sockets of this machine, netlink's and those of systemd and the command, always work.
 */

static int network_is_full(int fd)
{
	int domain = 0;
	socklen_t size = sizeof(domain);

	if (!fails(SENDS) || getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size))
		return 0;
	if (domain != AF_INET && domain != AF_INET6 && domain != AF_PACKET)
		return 0;
	errno = ENOBUFS;
	return 1;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t send(int fd, const void *bytes, size_t length, int flags)
{
	return network_is_full(fd) ? -1 : NEXT(send)(fd, bytes, length, flags);
}

ssize_t sendto(int fd, const void *bytes, size_t length, int flags, const struct sockaddr *to,
	       socklen_t size)
{
	return network_is_full(fd) ? -1 : NEXT(sendto)(fd, bytes, length, flags, to, size);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	return network_is_full(fd) ? -1 : NEXT(sendmsg)(fd, message, flags);
}

int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags)
{
	return network_is_full(fd) ? -1 : NEXT(sendmmsg)(fd, messages, count, flags);
}

/* libbpf calls bpf() by its number. */
long syscall(long number, ...)
{
	va_list arguments;
	long a[6];

	va_start(arguments, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(arguments, long);
	va_end(arguments);
	if (number == SYS_bpf && a[0] == BPF_MAP_UPDATE_ELEM && fails(UPDATES)) {
		errno = ENOMEM;
		return -1;
	}
	return NEXT(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

#ifdef FAULTS_OF_MEMORY
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);

static int memory_is_full(void)
{
	if (!fails(ALLOCATIONS))
		return 0;
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t size)
{
	return memory_is_full() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return memory_is_full() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
	return memory_is_full() ? NULL : __libc_realloc(memory, size);
}
#endif
