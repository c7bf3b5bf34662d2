/* SPDX-License-Identifier: BSD-2-Clause */
/* The ports that are a peer's, and the secret in the state folder. */
#include "io/ports.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64], file[96];

static void make_folder(void)
{
	strcpy(folder, "/tmp/mcingest-state.XXXXXX");
	cr_assert_not_null(mkdtemp(folder));
	snprintf(file, sizeof(file), "%s/secret", folder);
}

static void remove_folder(void)
{
	unlink(file);
	rmdir(folder);
}

TestSuite(ports, .init = make_folder, .fini = remove_folder);

static const struct secret one = {.bytes = {1}}, two = {.bytes = {2}};

static struct addr addr(const char *text)
{
	struct addr addr;

	cr_assert(addr_parse(text, &addr));
	return addr;
}

static unsigned ports_at(const struct ports *ports, const struct secret *secret, const char *peer,
			 uint16_t found[PORTS_OF_PEER])
{
	struct addr address = addr(peer);

	return ports_of_peer(ports, secret, &address, found);
}

Test(ports, are_the_same_for_a_peer_and_a_secret_alone)
{
	struct ports range = {.first = 32768, .last = 60999};
	uint16_t a[PORTS_OF_PEER], b[PORTS_OF_PEER];

	cr_assert_eq(ports_at(&range, &one, "203.0.113.15", a), PORTS_OF_PEER);
	for (unsigned i = 0; i < PORTS_OF_PEER; i++)
		cr_expect(a[i] >= 32768 && a[i] <= 60999);
	ports_at(&range, &one, "203.0.113.15", b);
	cr_expect_arr_eq(a, b, sizeof(a));
	ports_at(&range, &one, "203.0.113.16", b);
	cr_expect_arr_neq(a, b, sizeof(a), "another relay");
	ports_at(&range, &two, "203.0.113.15", b);
	cr_expect_arr_neq(a, b, sizeof(a), "another box");
	ports_at(&range, &one, "2001:db8::15", b);
	cr_expect_arr_neq(a, b, sizeof(a), "another family");
}

/* An upgrade must not change them: 32768 + the first 32 bits of SHA-256(secret, AF_INET or
 * AF_INET6, 16 bytes of address, 0) modulo 28232. */
Test(ports, are_those_of_earlier_versions)
{
	struct ports range = {.first = 32768, .last = 60999};
	uint16_t found[PORTS_OF_PEER];

	ports_at(&range, &one, "203.0.113.15", found);
	cr_expect_eq(found[0], 46027);
	ports_at(&range, &one, "2001:db8::15", found);
	cr_expect_eq(found[0], 33906);
}

Test(ports, reserved_ones_are_left_alone)
{
	struct ports range = {.first = 40000, .last = 40009};
	uint16_t found[PORTS_OF_PEER];
	unsigned count;

	ports_reserve(&range, "1-39999,40001-40003,40005,40007-50000\n");
	count = ports_at(&range, &one, "203.0.113.15", found);
	cr_assert_eq(count, PORTS_OF_PEER);
	for (unsigned i = 0; i < count; i++)
		cr_expect(found[i] == 40000 || found[i] == 40004 || found[i] == 40006);
	ports_reserve(&range, "40000-40009");
	cr_expect_eq(ports_at(&range, &one, "203.0.113.15", found), 0);
}

Test(ports, a_range_of_one_and_one_of_all)
{
	struct ports range = {.first = 1024, .last = 1024};
	uint16_t found[PORTS_OF_PEER];

	cr_assert_eq(ports_at(&range, &one, "203.0.113.15", found), PORTS_OF_PEER);
	cr_expect_eq(found[0], 1024);
	range = (struct ports){.first = 0, .last = 65535};
	cr_expect_eq(ports_at(&range, &one, "203.0.113.15", found), PORTS_OF_PEER);
	range = (struct ports){.first = 2, .last = 1};
	cr_expect_eq(ports_at(&range, &one, "203.0.113.15", found), 0);
}

Test(ports, lists_that_are_none_end_at_the_fault)
{
	static const char *const lists[] = {
		"", "\n", "-", "70000", "1-70000", "1-", "x1", ",1", "99999999999999999999"};
	struct ports range = {0};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		ports_reserve(&range, lists[i]);
		cr_expect_not(range.reserved[0], "'%s'", lists[i]);
	}
	ports_reserve(&range, "1,2x,3");
	cr_expect_eq(range.reserved[0], 1 << 1 | 1 << 2);
}

Test(ports, the_kernels_range_is_read)
{
	struct ports range;

	ports_read(&range);
	cr_expect_gt(range.first, 0);
	cr_expect_geq(range.last, range.first);
}

Test(ports, a_secret_stays)
{
	struct secret first, again;
	struct stat status;

	cr_assert_eq(secret_open(folder, &first), 0);
	cr_assert_eq(secret_open(folder, &again), 0);
	cr_expect_arr_eq(first.bytes, again.bytes, sizeof(first.bytes));
	cr_assert_eq(stat(file, &status), 0);
	cr_expect_eq(status.st_mode & 07777, 0600);
	cr_expect_eq(status.st_size, sizeof(first.bytes));
}

Test(ports, a_folder_that_is_not_there_is_made)
{
	struct secret first, again;

	cr_assert_eq(rmdir(folder), 0);
	cr_assert_eq(secret_open(folder, &first), 0);
	cr_assert_eq(secret_open(folder, &again), 0);
	cr_expect_arr_eq(first.bytes, again.bytes, sizeof(first.bytes));
}

Test(ports, a_file_of_another_length_is_replaced)
{
	struct secret first, again;
	int fd = open(file, O_WRONLY | O_CREAT, 0600);

	cr_assert_eq(write(fd, "short", 5), 5);
	close(fd);
	cr_assert_eq(secret_open(folder, &first), 0);
	cr_assert_eq(secret_open(folder, &again), 0);
	cr_expect_arr_eq(first.bytes, again.bytes, sizeof(first.bytes));
}

Test(ports, without_a_folder_the_secret_is_good_for_once)
{
	struct secret first, again;

	cr_expect_eq(secret_open("/proc/mcingest", &first), ENOENT);
	cr_expect_eq(secret_open("/proc/mcingest", &again), ENOENT);
	cr_expect_arr_neq(first.bytes, again.bytes, sizeof(first.bytes));
	cr_expect_eq(secret_open("/dev/null", &first), ENOTDIR);
}
