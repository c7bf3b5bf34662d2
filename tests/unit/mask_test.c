/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses in the texts of `mcingest support --mask`. */
#include "cli/mask.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static const struct mask_case {
	const char *text, *masked;
} cases[] = {
	{"", ""},
	{"no address", "no address"},
	{"from 192.0.2.10 to 232.1.1.1", "from ip4-1 to group4-1"},
	{"(192.0.2.10,232.1.1.1) joined", "(ip4-1,group4-1) joined"},
	{"192.0.2.10:2268, 192.0.2.11.", "ip4-1:2268, ip4-2."},
	{"2001:db8::1 and 2001:DB8:0:0::1", "ip6-1 and ip6-1"},
	{"fe80::1%eth0", "ip6-2%eth0"},
	{"[2001:db8::1]:53", "[ip6-1]:53"},
	{"10.0.0.0/8 via 192.0.2.10", "ip4-3/8 via ip4-1"},
	{"::/0 0.0.0.0 127.0.0.1 ::1", "::/0 0.0.0.0 127.0.0.1 ::1"},
	{"link/ether 02:00:5e:10:00:01 brd", "link/ether mac-1 brd"},
	{"ff3e::8000:1", "group6-1"},
	{"2026-11-27 03:20:34.123 1.2.3", "2026-11-27 03:20:34.123 1.2.3"},
	{"dead:beef", "dead:beef"},
};

Test(mask, addresses)
{
	struct mask *mask = mask_new();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *masked = mask_text(mask, cases[i].text);

		cr_expect_str_eq(masked, cases[i].masked);
		free(masked);
	}
	mask_free(mask);
}
