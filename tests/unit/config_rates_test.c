/* SPDX-License-Identifier: BSD-2-Clause */
/* The rates of [limits], and [policy]: what may be written, and what comes of it. */
#include "config_lab.h"

TestSuite(config_rates, .init = set_up, .fini = tear_down);

#define LAN "[interfaces]\ndownstream = lan0\n"

static const struct {
	const char *text;
	uint64_t rate; /* 0: a mistake */
} rates[] = {
	{"1k", 1000},
	{"1000", 1000},
	{"900M", 900000000},
	{"1000G", UINT64_C(1000000000000)},
	{"1000000000000", UINT64_C(1000000000000)},
	{"999", 0},
	{"1001G", 0},
	{"1000001M", 0},
	{"9999999M", 0},
	{"1000000000001", 0},
	{"18446744073709552616", 0},
	{"0", 0},
	{"M", 0},
	{"-1M", 0},
	{"1.5G", 0},
	{"900 M", 0},
	{"900Mbit", 0},
	{"900m", 0},
	{"", 0},
};

Test(config_rates, are_numbers_with_a_unit)
{
	char text[128];

	EACH(i, rates)
	{
		snprintf(text, sizeof(text), LAN "[limits]\nrate = %s\nchannel_rate = %s\n",
			 rates[i].text, rates[i].text);
		cr_expect_eq(read_conf(text), rates[i].rate ? 0 : 2, "%s: %s", rates[i].text, said);
		if (rates[i].rate) {
			cr_expect_eq(config.rate, rates[i].rate, "%s", rates[i].text);
			cr_expect_eq(config.channel_rate, rates[i].rate, "%s", rates[i].text);
			config_free(&config);
		}
	}
}

Test(config_rates, of_lans)
{
	cr_assert_eq(read_conf(LAN "[limits]\nlan_rate = 1G\nlan_rate = lan0   500M\n"), 0, "%s",
		     said);
	cr_assert_eq(config.lan_rate_count, 2);
	cr_expect_null(config.lan_rates[0].lan);
	cr_expect_eq(config.lan_rates[0].rate, 1000000000);
	cr_expect_str_eq(config.lan_rates[1].lan, "lan0");
	cr_expect_eq(config.lan_rates[1].rate, 500000000);
	config_free(&config);
}

Test(config_rates, of_policies)
{
	cr_assert_eq(read_conf(LAN "[policy]\nprefix = 232.1.0.0/16 priority 6 channel_rate 20M\n"
				   "prefix = 2001:db8::/32 rate 1G\n"),
		     0, "%s", said);
	cr_assert_eq(config.policies.count, 2);
	cr_expect_eq(config.policies.list[0].prefix.length, 16);
	cr_expect_eq(config.policies.list[0].priority, 6);
	cr_expect_eq(config.policies.list[0].channel_rate, 20000000);
	cr_expect_eq(config.policies.list[0].rate, 0);
	cr_expect_eq(config.policies.list[1].priority, POLICY_PRIORITY);
	cr_expect_eq(config.policies.list[1].rate, 1000000000);
	config_free(&config);
}

static const char *const bad[] = {
	"[limits]\nlan_rate = lan0\n",
	"[limits]\nlan_rate = lan0 1G 2G\n",
	"[limits]\nlan_rate = 1G\nlan_rate = 2G\n",
	"[limits]\nlan_rate = lan0 1G\nlan_rate = lan0 2G\n",
	"[limits]\nlan_rate = ../lan0 1G\n",
	"[policy]\nprefix = 232.1.0.0/16\n",
	"[policy]\nprefix = 232.1.0.0/33 priority 1\n",
	"[policy]\nprefix = 232.1.0.0/16 priority 8\n",
	"[policy]\nprefix = 232.1.0.0/16 priority\n",
	"[policy]\nprefix = 232.1.0.0/16 priority 1 priority 2\n",
	"[policy]\nprefix = 232.1.0.0/16 rate 1G rate 2G\n",
	"[policy]\nprefix = 232.1.0.0/16 rat 1G\n",
	"[policy]\nprefix = 232.1.0.0/16 priority 1 rate 1X\n",
};

Test(config_rates, mistakes)
{
	char text[256];

	EACH(i, bad)
	{
		snprintf(text, sizeof(text), LAN "%s", bad[i]);
		cr_expect_eq(read_conf(text), 2, "%s", bad[i]);
		cr_expect(strstr(said, "expected") || strstr(said, "already"), "%s", said);
	}
}
