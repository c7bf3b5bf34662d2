/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said at the start of settings that do not fit this host, in a network namespace of the
 * test's process: lan0 is downstream, wan0 upstream. */
#include "addresses.h"
#include "base/log.h"
#include "links/advice.h"
#include "log_file.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

static struct config config;
static struct links links;

static void run(const char *commands)
{
	cr_assert_eq(system(commands), 0, "%s", commands);
}

static void set_up(void)
{
	cr_assert_eq(unshare(CLONE_NEWNET), 0, "%s", strerror(errno));
	run("ip link add lan0 type veth peer name lan1; ip link set lan0 up; ip link set lan1 up");
	run("ip link add wan0 type veth peer name wan1; ip link set wan0 up; ip link set wan1 up");
	run("ip addr add 10.0.0.1/24 dev lan0; ip addr add 100.64.7.2/24 dev wan0");
	links = (struct links){.config = &config, .lan_count = 1, .upstream_count = 1};
	links.lans[0].is.ifindex = if_nametoindex("lan0");
	links.upstreams[0].is.ifindex = if_nametoindex("wan0");
}

TestSuite(links_advice, .init = set_up, .timeout = 120);

static void expect_advice(const char *advice)
{
	struct log_file log = log_file_begin();
	char *text;

	advice_log(&links);
	log_catch_up(USEC_NEVER);
	text = log_file_end(&log);
	if (advice)
		cr_expect_not_null(strstr(text, advice), "%s", text);
	else
		cr_expect_str_eq(text, "");
	free(text);
}

Test(links_advice, nothing_if_all_is_well)
{
	run("ip route add default via 100.64.7.1");
	expect_advice(NULL);
}

Test(links_advice, nothing_without_a_route_which_may_come)
{
	expect_advice(NULL);
}

Test(links_advice, lan_and_wan_swapped)
{
	run("ip route add default via 10.0.0.2");
	expect_advice("LAN and WAN look swapped: the internet is reached by lan0");
}

Test(links_advice, one_interface_for_both)
{
	run("ip route add default via 10.0.0.2");
	links.upstreams[0].is.ifindex = if_nametoindex("lan0");
	expect_advice(NULL);
}

Test(links_advice, another_interface_leads_to_the_internet)
{
	run("ip addr add 100.64.8.2/24 dev wan1; ip route add default via 100.64.8.1");
	expect_advice("the internet is reached by wan1, which is not upstream");
}

Test(links_advice, a_mark_that_leads_to_a_wan)
{
	run("ip route add default via 10.0.0.2; ip rule add fwmark 7 table 70");
	run("ip route add default via 100.64.7.1 table 70");
	config.tunnels.mark = 7;
	expect_advice(NULL);
}

Test(links_advice, a_mark_without_a_rule)
{
	run("ip route add default via 100.64.7.1");
	config.tunnels.mark = 7;
	expect_advice("mark 7 of [tunnels] has no effect: no rule has this mark; `ip rule add "
		      "fwmark 7 table TABLE`");
}

Test(links_advice, a_source_address_that_is_not_ours)
{
	run("ip route add default via 100.64.7.1");
	config.tunnels.ipv4 = address("100.64.7.2");
	expect_advice(NULL);
	config.tunnels.ipv6 = address("2001:db8:1::2");
	expect_advice("source_address 2001:db8:1::2 is not an address of this host");
}
