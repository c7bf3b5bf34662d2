/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/addr.h"
#include "samples.h"

static struct addr parsed(const char *text)
{
	struct addr addr;

	cr_assert(addr_parse(text, &addr), "%s", text);
	return addr;
}

Test(addr, text_there_and_back)
{
	static const struct {
		const char *text, *is; /* NULL: rejected */
	} cases[] = {
		{"192.0.2.10", "192.0.2.10"},
		{"0.0.0.0", "0.0.0.0"},
		{"2001:DB8:0::10", "2001:db8::10"},
		{"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
		{"", NULL},
		{"192.0.2", NULL},
		{"192.0.2.256", NULL},
		{"192.0.2.10 ", NULL},
		{"192.0.2.10/32", NULL},
		{"relay.example.com", NULL},
		{"fe80::1%lan0", NULL},
		{"2001:db8:::1", NULL},
	};

	EACH(i, cases)
	{
		char text[ADDR_TEXT];
		struct addr addr;

		cr_assert_eq(addr_parse(cases[i].text, &addr), cases[i].is != NULL, "'%s'",
			     cases[i].text);
		if (cases[i].is)
			cr_expect_str_eq(addr_format(&addr, text), cases[i].is, "%s", text);
	}
}

Test(addr, prefixes)
{
	static const struct {
		const char *prefix, *addr;
		bool holds;
	} cases[] = {
		{"10.0.0.0/24", "10.0.0.255", true},     {"10.0.0.0/24", "10.0.1.0", false},
		{"10.0.0.77/24", "10.0.0.1", true},      {"0.0.0.0/0", "255.1.2.3", true},
		{"0.0.0.0/0", "2001:db8::1", false},     {"192.0.2.10", "192.0.2.10", true},
		{"192.0.2.10", "192.0.2.11", false},     {"192.0.2.10/31", "192.0.2.11", true},
		{"232.0.0.0/5", "239.1.1.1", true},      {"232.0.0.0/5", "231.1.1.1", false},
		{"fe80::/10", "febf::1", true},          {"fe80::/10", "fec0::1", false},
		{"ff3e::/32", "ff3e::8000:1", true},     {"ff3e::/32", "ff3e:1::1", false},
		{"2001:db8::/127", "2001:db8::1", true}, {"2001:db8::/128", "2001:db8::1", false},
	};

	EACH(i, cases)
	{
		struct prefixes prefixes = {.count = 1};
		struct addr addr = parsed(cases[i].addr);

		cr_assert(prefix_parse(cases[i].prefix, &prefixes.list[0]), "%s", cases[i].prefix);
		cr_expect_eq(prefixes_allow(&prefixes, &addr), cases[i].holds, "%s in %s",
			     cases[i].addr, cases[i].prefix);
		prefixes.count = 0;
		cr_expect(prefixes_allow(&prefixes, &addr), "no prefix: all");
	}
}

Test(addr, no_prefixes)
{
	static const char *const texts[] = {
		"",
		"/",
		"/8",
		"10.0.0.0/",
		"10.0.0.0/33",
		"10.0.0.0/-1",
		"10.0.0.0/8x",
		"10.0.0/8",
		"::/129",
		"10.0.0.0/0008",
		"10.0.0.0/8/8",
		"ff3x::/32",
		"1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111/8",
	};
	struct prefix prefix;

	EACH(i, texts)
	cr_expect_not(prefix_parse(texts[i], &prefix), "'%s'", texts[i]);
}

Test(addr, none_has_a_text)
{
	char text[ADDR_TEXT];

	cr_expect_str_eq(addr_format(&(struct addr){0}, text), "none");
}

Test(addr, bytes_past_the_family_are_zero)
{
	uint8_t bytes[16];
	struct addr a = addr_from_bytes(AF_INET, memset(bytes, 0xaa, 16));
	struct addr b = parsed("170.170.170.170"), none = addr_from_bytes(AF_UNIX, bytes);

	cr_expect(addr_equal(&a, &b));
	cr_expect(addr_equal(&none, &(struct addr){0}));
}

Test(addr, kinds)
{
	static const struct {
		const char *text, *kinds; /* u m l k: unspecified, multicast, loopback, link-local;
					     x: martian */
	} cases[] = {
		{"0.0.0.0", "u   x"},
		{"0.0.0.1", "    x"},
		{"1.0.0.0", "     "},
		{"127.0.0.1", "  l x"},
		{"127.255.255.255", "  l x"},
		{"128.0.0.1", "     "},
		{"169.253.1.1", "     "},
		{"169.254.1.1", "   kx"},
		{"169.255.1.1", "     "},
		{"192.168.1.1", "     "},
		{"223.255.255.255", "     "},
		{"224.0.0.0", " m  x"},
		{"239.255.255.255", " m  x"},
		{"240.0.0.0", "    x"},
		{"255.255.255.255", "    x"},
		{"::", "u   x"},
		{"::1", "  l x"},
		{"::2", "     "},
		{"::ffff:192.0.2.1", "    x"},
		{"::fffe:192.0.2.1", "     "},
		{"2001:db8::1", "     "},
		{"fd00::1", "     "},
		{"fe7f::1", "     "},
		{"fe80::1", "   kx"},
		{"febf::1", "   kx"},
		{"fec0::1", "     "},
		{"feff::1", "     "},
		{"ff02::1", " m  x"},
	};

	EACH(i, cases)
	{
		struct addr addr = parsed(cases[i].text);
		char kinds[] = {addr_is_unspecified(&addr) ? 'u' : ' ',
				addr_is_multicast(&addr) ? 'm' : ' ',
				addr_is_loopback(&addr) ? 'l' : ' ',
				addr_is_link_local(&addr) ? 'k' : ' ',
				addr_is_martian(&addr) ? 'x' : ' ',
				0};

		cr_expect_str_eq(kinds, cases[i].kinds, "%s: '%s'", cases[i].text, kinds);
	}
	cr_expect(addr_is_martian(&(struct addr){0}));
}

Test(addr, forwardable_channels)
{
	static const struct {
		const char *source, *group;
		bool is;
	} cases[] = {
		{"192.0.2.10", "232.1.1.1", true},      {"192.0.2.10", "239.1.1.1", true},
		{"192.0.2.10", "224.0.1.0", true},      {"192.0.2.10", "224.0.0.255", false},
		{"192.0.2.10", "225.0.0.1", true},      {"192.0.2.10", "223.0.0.1", false},
		{"192.0.2.10", "240.0.0.1", false},     {"127.0.0.1", "232.1.1.1", false},
		{"0.0.0.0", "232.1.1.1", false},        {"232.1.1.1", "232.1.1.1", false},
		{"192.0.2.10", "ff3e::8000:1", false},  {"2001:db8::1", "232.1.1.1", false},
		{"2001:db8::1", "ff3e::8000:1", true},  {"2001:db8::1", "ff0e::1", true},
		{"2001:db8::1", "ff00::1", false},      {"2001:db8::1", "ff31::8000:1", false},
		{"2001:db8::1", "ff02::1", false},      {"2001:db8::1", "ff32::8000:1", false},
		{"2001:db8::1", "ff33::8000:1", true},  {"2001:db8::1", "ff3f::8000:1", true},
		{"fe80::1", "ff3e::8000:1", false},     {"::ffff:1.2.3.4", "ff3e::8000:1", false},
		{"2001:db8::1", "2001:db8::2", false},  {"192.0.2.10", "232.0.0.0", false},
		{"192.0.2.10", "232.0.0.1", true},      {"192.0.2.10", "233.0.0.0", true},
		{"2001:db8::1", "ff3e::4000:0", false}, {"2001:db8::1", "ff35::4000:0", false},
		{"2001:db8::1", "ff3e::4000:1", true},  {"2001:db8::1", "ff0e::4000:0", true},
	};

	EACH(i, cases)
	{
		struct sg sg = {parsed(cases[i].source), parsed(cases[i].group)};
		char text[SG_TEXT];

		cr_expect_eq(sg_is_forwardable(&sg), cases[i].is, "%s", sg_format(&sg, text));
	}
	cr_expect_not(sg_is_forwardable(&(struct sg){0}));
}

Test(addr, neighbors_of_a_link)
{
	static const struct {
		const char *addr;
		bool is;
	} cases[] = {
		{"10.0.0.200", true},  {"10.0.1.1", false},   {"10.7.0.9", true},
		{"0.0.0.0", false},    {"169.254.1.1", true}, {"fe80::7", true},
		{"2001:db8::1", true},
	};
	struct prefixes subnets = {.count = 2};

	prefix_parse("10.0.0.1/24", &subnets.list[0]);
	prefix_parse("10.7.0.1/16", &subnets.list[1]);
	EACH(i, cases)
	{
		struct addr addr = parsed(cases[i].addr);

		cr_expect_eq(addr_is_on_link(&addr, &subnets), cases[i].is, "%s", cases[i].addr);
	}
	prefix_parse("2001:db8:a::1/64", &subnets.list[subnets.count++]);
	cr_expect_not(addr_is_on_link(&(struct addr){AF_INET6, {0x20, 1}}, &subnets));
	subnets.count = 0;
	cr_expect(addr_is_on_link(&(struct addr){AF_INET, {10}}, &subnets));
}

Test(addr, groups_that_are_source_specific_everywhere)
{
	static const struct {
		const char *group;
		bool is;
	} cases[] = {
		{"232.0.0.0", true},  {"232.255.255.255", true}, {"231.255.255.255", false},
		{"233.0.0.0", false}, {"ff3e::8000:1", true},    {"ff30::1", true},
		{"ff3f::", true},     {"ff3e:1::1", false},      {"ff3e:0:1::", true},
		{"ff2e::1", false},   {"ff4e::1", false},        {"fe3e::1", false},
	};

	EACH(i, cases)
	{
		struct addr group = parsed(cases[i].group);

		cr_expect_eq(addr_is_ssm_group(&group), cases[i].is, "%s", cases[i].group);
	}
	cr_expect_not(addr_is_ssm_group(&(struct addr){0}));
}

Test(addr, channels_have_a_text)
{
	struct sg a = {parsed("192.0.2.10"), parsed("232.1.1.1")};
	char text[SG_TEXT];

	cr_expect_str_eq(sg_format(&a, text), "(192.0.2.10,232.1.1.1)");
}

Test(addr, socket_addresses_there_and_back)
{
	static const struct {
		const char *text;
		socklen_t length;
	} cases[] = {{"203.0.113.15", sizeof(struct sockaddr_in)},
		     {"2001:db8::15", sizeof(struct sockaddr_in6)}};

	EACH(i, cases)
	{
		struct addr addr = parsed(cases[i].text), back;
		struct sockaddr_storage ss;
		struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&ss;
		uint16_t port = 0;

		memset(&ss, 0xff, sizeof(ss));
		cr_expect_eq(addr_to_sockaddr(&addr, 2268, &ss), cases[i].length, "%s",
			     cases[i].text);
		cr_expect_eq(ss.ss_family, addr.family);
		if (addr.family == AF_INET6)
			cr_expect(!in6->sin6_flowinfo && !in6->sin6_scope_id, "left over");
		cr_expect_arr_eq((uint8_t *)&ss + 2, ((uint8_t[]){0x08, 0xdc}), 2, "port");
		back = addr_from_sockaddr(&ss, &port);
		cr_expect(addr_equal(&addr, &back), "%s", cases[i].text);
		cr_expect_eq(port, 2268);
	}
}

Test(addr, none_has_no_socket_address)
{
	struct sockaddr_storage ss;

	cr_expect_eq(addr_to_sockaddr(&(struct addr){0}, 2268, &ss), 0);
	cr_expect_eq(addr_length(AF_UNSPEC), 0);
}

Test(addr, networks)
{
	static const char *const pairs[][2] = {{"192.0.2.255", "192.0.2.0"},
					       {"10.1.2.3", "10.1.2.0"},
					       {"2001:db8:5:ffff::1", "2001:db8:5::"}};

	for (size_t i = 0; i < 3; i++) {
		struct addr addr = parsed(pairs[i][0]), network = addr_network(&addr);
		char text[ADDR_TEXT];

		cr_expect_str_eq(addr_format(&network, text), pairs[i][1]);
	}
}
