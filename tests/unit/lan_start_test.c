/* SPDX-License-Identifier: BSD-2-Clause */
/* A LAN starts: the addresses that it speaks from, and the failures that stop it. */
#include "lan_lab.h"
#include "log_file.h"

#include <errno.h>

static struct log_file log_file;

static void begin(void)
{
	log_file = log_file_begin();
	lab_begin();
	lab.lans.count = 1;
}

static void end(void)
{
	free(log_file_end(&log_file));
	lab_end();
}

TestSuite(lan_start, .init = begin, .fini = end);

static void expect_log(const char *text)
{
	char *log = log_file_end(&log_file);

	cr_expect(strstr(log, text), "'%s' is not in: %s", text, log);
	free(log);
	log_file = log_file_begin();
}

static struct lan *lan0(void)
{
	return &lab.lans.list[0];
}

/* RFC 7761 section 4.3.4: all other addresses are secondary. Two Hellos make neighbors join anew.
 */
Test(lan_start, pim_speaks_from_the_first_ipv4_and_the_link_local_ipv6_address)
{
	cr_assert(lans_start(&lab.lans));
	cr_expect_str_eq(lab_events(), "open=10.0.0.5 hello=10.0.0.5+10.0.1.5 "
				       "hello=10.0.0.5+10.0.1.5 "
				       "open=fe80::5 hello=fe80::5+2001:db8:a::5 "
				       "hello=fe80::5+2001:db8:a::5");
	run_for(&lab.timers, 30.1);
	cr_expect_str_eq(lab_events(), "hello=10.0.0.5+10.0.1.5 hello=fe80::5+2001:db8:a::5");
}

Test(lan_start, a_second_link_local_address_is_secondary)
{
	lan0()->link = lab_bare_link(0);
	lab_add_address(&lan0()->link, "fe80::7");
	lab_add_address(&lan0()->link, "fe80::8");
	cr_assert(lans_start(&lab.lans));
	cr_expect_str_eq(lab_events(), "open=fe80::7 hello=fe80::7+fe80::8 hello=fe80::7+fe80::8");
}

Test(lan_start, a_hello_has_room_for_so_many_addresses)
{
	struct lan_link *link = &lan0()->link;
	char text[ADDR_TEXT];
	unsigned said = 0;

	cr_assert_eq(LAN_ADDRESSES_MAX, PIM_ADDRESSES_MAX);
	*link = lab_bare_link(0);
	for (unsigned i = 0; i < LAN_ADDRESSES_MAX; i++) {
		snprintf(text, sizeof(text), "10.0.0.%u", i + 1);
		lab_add_address(link, text);
	}
	cr_assert(lans_start(&lab.lans));
	for (const char *at = strrchr(lab_events(), ' '); (at = strchr(at, '+')); at++)
		said++;
	cr_expect_eq(said, LAN_ADDRESSES_MAX - 1);
}

Test(lan_start, a_family_without_an_address_is_left_out)
{
	lan0()->link = lab_bare_link(0);
	lab_add_address(&lan0()->link, "2001:db8:a::5");
	lab_add_address(&lan0()->link, "10.0.0.5");
	cr_assert(lans_start(&lab.lans));
	cr_expect_str_eq(lab_events(), "open=10.0.0.5 hello=10.0.0.5 hello=10.0.0.5");
	cr_expect_not_null(lan0()->ipv4.socket);
	cr_expect_null(lan0()->ipv6.socket);
}

Test(lan_start, a_lan_without_an_address_cannot_start)
{
	lan0()->link = lab_bare_link(0);
	lab_add_address(&lan0()->link, "2001:db8:a::5");
	cr_expect_not(lans_start(&lab.lans));
	cr_expect_str_eq(lab_events(), "");
	expect_log("lan0 has no address that PIM could speak from");
}

Test(lan_start, a_lan_that_is_down_cannot_start)
{
	lan0()->link.up = false;
	cr_expect_not(lans_start(&lab.lans));
	cr_expect_str_eq(lab_events(), "");
}

Test(lan_start, without_a_socket_it_does_not_start)
{
	strcpy(lab.cannot_open, "10.0.0.5");
	cr_expect_not(lans_start(&lab.lans));
	cr_expect_str_eq(lab_events(), "");
	strcpy(lab.cannot_open, "fe80::5");
	cr_expect_not(lans_start(&lab.lans));
	cr_expect_str_eq(lab_events(), "open=10.0.0.5 hello=10.0.0.5+10.0.1.5 "
				       "hello=10.0.0.5+10.0.1.5");
}

Test(lan_start, what_has_started_says_goodbye_when_another_cannot)
{
	lab.lans.count = 2;
	lab.lans.list[1].link = lab_bare_link(1);
	cr_expect_not(lans_start(&lab.lans));
	lab_events();
	lans_stop(&lab.lans);
	cr_expect_str_eq(lab_events(), "bye=10.0.0.5 close=10.0.0.5 bye=fe80::5 close=fe80::5");
	lans_stop(&lab.lans);
	cr_expect_str_eq(lab_events(), "", "once only");
}

Test(lan_start, lans_have_numbers_and_are_found_by_their_interface)
{
	lab.lans.count = 2;
	cr_expect_eq(lan0()->number, 0);
	cr_expect_eq(lab.lans.list[1].number, 1);
	cr_expect_eq(lan_find(&lab.lans, 10), lan0());
	cr_expect_eq(lan_find(&lab.lans, 11), &lab.lans.list[1]);
	cr_expect_null(lan_find(&lab.lans, 12));
	lab.lans.count = 1;
	cr_expect_null(lan_find(&lab.lans, 11));
}

/* Another daemon of this host speaks there. */
Test(lan_start, on_a_lan_that_is_observed_nothing_is_said)
{
	lan0()->observed = true;
	cr_assert(lans_start(&lab.lans));
	run_for(&lab.timers, 100);
	cr_expect_str_eq(lab_events(), "open=10.0.0.5 open=fe80::5");
	lab_hello(0, ipv4.router);
	lab_join(0, ipv4.router, ipv4.source, ipv4.group);
	cr_expect_eq(lab_joined_on(&ipv4), 1);
	lans_stop(&lab.lans);
	cr_expect_str_eq(lab_events(), "close=10.0.0.5 close=fe80::5");
}

Test(lan_start, what_cannot_be_sent_is_logged_while_the_link_is_up)
{
	char *log;

	lab.send_error = -ENETUNREACH;
	cr_assert(lans_start(&lab.lans));
	expect_log("pim: cannot send on lan0: Network is unreachable");
	lan0()->link.up = false;
	lans_stop(&lab.lans);
	cr_expect_not_null(strstr(lab_events(), "bye=10.0.0.5"));
	log = log_file_end(&log_file);
	log_file = log_file_begin();
	cr_expect_null(strstr(log, "cannot send"), "a goodbye cannot be sent: %s", log);
	free(log);
}

Test(lan_start, a_firewall_of_this_host_is_named)
{
	lab.send_error = -EPERM;
	cr_assert(lans_start(&lab.lans));
	expect_log("pim: cannot send on lan0: a firewall of this host drops what we send");
	cr_expect_eq(lan0()->ipv4.send_error, -EPERM);
	lab.send_error = 0;
	timers_run(&lab.timers, lab.timers.now + 60 * USEC_PER_SEC);
	cr_expect_eq(lan0()->ipv4.send_error, 0);
}

Test(lan_start, what_can_be_sent_is_not_logged_as_a_failure)
{
	char *log;

	lan0()->asked = true;
	cr_assert(lans_start(&lab.lans));
	log = log_file_end(&log_file);
	log_file = log_file_begin();
	cr_expect_null(strstr(log, "cannot send"), "%s", log);
	free(log);
}

/* Hosts */

Test(lan_start, hosts_are_asked_from_the_same_addresses)
{
	lan0()->asked = true;
	cr_assert(lans_start(&lab.lans));
	cr_expect_not_null(strstr(lab_events(),
				  " observe=lan0 openh=10.0.0.5 query=10.0.0.5 openh=fe80::5 "
				  "query=fe80::5"));
	run_for(&lab.timers, 29);
	lab_events();
	run_for(&lab.timers, 3);
	cr_expect_not_null(strstr(lab_events(), "query=10.0.0.5"), "a quarter of 125 s later");
	lans_stop(&lab.lans);
	cr_expect_str_eq(lab_events(), "closeh=10.0.0.5 closeh=fe80::5 bye=10.0.0.5 "
				       "close=10.0.0.5 bye=fe80::5 close=fe80::5");
}

Test(lan_start, hosts_are_not_asked_otherwise)
{
	cr_assert(lans_start(&lab.lans));
	cr_expect_null(strstr(lab_events(), "observe="));
	run_for(&lab.timers, 300);
	cr_expect_null(strstr(lab_events(), "query="));
	cr_expect_null(lan0()->igmp.socket);
}

/* RFC 3810 section 5.1.14 */
Test(lan_start, mld_has_a_link_local_address_or_none)
{
	lan0()->asked = true;
	lan0()->link = lab_bare_link(0);
	lab_add_address(&lan0()->link, "10.0.0.5");
	lab_add_address(&lan0()->link, "2001:db8:a::5");
	cr_assert(lans_start(&lab.lans));
	cr_expect_not_null(strstr(lab_events(), "openh=10.0.0.5 query=10.0.0.5"));
	cr_expect_null(lan0()->mld.socket);
}

Test(lan_start, without_the_dataplane_hosts_cannot_be_heard)
{
	lan0()->asked = true;
	lab.cannot_observe = true;
	cr_expect_not(lans_start(&lab.lans));
	cr_expect_null(strstr(lab_events(), "openh="));
}

/* A socket for PIM can be opened, but none for hosts. */
static struct raw_socket *open_no_hosts(const struct lan *lan, enum protocol protocol,
					const struct addr *source)
{
	return protocol == PROTOCOL_PIM ? lab_open(lan, protocol, source) : NULL;
}

Test(lan_start, without_a_socket_hosts_are_not_asked)
{
	struct lan_actions without = lab_lan_actions;

	without.open = open_no_hosts;
	lab.lans.actions = &without;
	lan0()->asked = true;
	cr_expect_not(lans_start(&lab.lans));
	cr_expect_null(strstr(lab_events(), "query="));
	lab.lans.actions = &lab_lan_actions;
}

Test(lan_start, queries_that_cannot_be_sent_are_logged)
{
	lan0()->asked = true;
	lab.send_error = -ENOBUFS;
	cr_assert(lans_start(&lab.lans));
	expect_log("igmp: cannot send on lan0: No buffer space available");
}
