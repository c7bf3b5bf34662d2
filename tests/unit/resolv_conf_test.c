/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/resolv_conf.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/resolv_conf_test.XXXXXX";
static struct resolv_conf conf;

static void read_text(const char *text)
{
	int fd = mkstemp(path);

	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	cr_assert(resolv_conf_read(path, &conf));
	unlink(path);
}

static void tear_down(void)
{
	resolv_conf_free(&conf);
}

TestSuite(resolv_conf, .fini = tear_down);

Test(resolv_conf, servers_of_both_families_and_with_a_zone)
{
	read_text("# nameserver 192.0.2.1\n"
		  ";nameserver 192.0.2.1\n"
		  "\tnameserver\t192.0.2.53 \n"
		  "nameserver fe80::1%eth0\n"
		  "options edns0\n"
		  "nameserver\n"
		  "nameserver 2001:db8::53");
	cr_assert_eq(conf.server_count, 3);
	cr_expect_str_eq(conf.servers[0], "192.0.2.53");
	cr_expect_str_eq(conf.servers[1], "fe80::1%eth0");
	cr_expect_str_eq(conf.servers[2], "2001:db8::53");
	cr_expect_null(conf.domain);
}

Test(resolv_conf, the_first_domain_of_the_last_line)
{
	read_text("domain example.org\n"
		  "search example.net example.com\n"
		  "nameserver fe80::1%eth0\n");
	cr_expect_str_eq(conf.domain, "example.net");
}

Test(resolv_conf, the_root_is_no_domain)
{
	read_text("search example.net\nsearch .\n");
	cr_expect_null(conf.domain);
}

Test(resolv_conf, more_servers_than_are_read)
{
	read_text("nameserver ::1\nnameserver ::2\nnameserver ::3\nnameserver ::4\nnameserver ::5\n"
		  "nameserver ::6\nnameserver ::7\nnameserver ::8\nnameserver ::9\n");
	cr_assert_eq(conf.server_count, RESOLV_CONF_SERVERS_MAX);
	cr_expect_str_eq(conf.servers[7], "::8");
}

Test(resolv_conf, no_file)
{
	cr_expect_not(resolv_conf_read("/nonexistent", &conf));
	cr_expect_eq(conf.server_count, 0);
}
