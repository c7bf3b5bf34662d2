/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/instance.h"

#include <criterion/criterion.h>
#include <stdlib.h>

Test(instance, names_that_can_stand_in_a_path)
{
	static const char *const names[] = {
		"east", "0", "Z", "west-2", "a_b", "x--", "abcdefghijklmnopqrstuvwxyz012345"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		cr_expect(instance_is_name(names[i]), "%s", names[i]);
}

Test(instance, names_that_lead_elsewhere_or_cannot_be_read)
{
	static const char *const names[] = {
		"",    ".",   "..",       "../old",
		"a/b", "/",   "a.b",      "-a",
		"_a",  "a b", "a\n",      "a@b",
		"a:b", "%i",  "\xc3\xa4", "abcdefghijklmnopqrstuvwxyz0123456"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		cr_expect_not(instance_is_name(names[i]), "%s", names[i]);
}

Test(instance, each_has_paths_of_its_own)
{
	char *named = instance_path("/run/", "east", "/control.sock");
	char *nameless = instance_path("/run/", NULL, "/control.sock");

	cr_expect_str_eq(named, "/run/mcingest-east/control.sock");
	cr_expect_str_eq(nameless, "/run/mcingest/control.sock");
	free(named);
	free(nameless);
}

Test(instance, units_of_systemd)
{
	char *named = instance_unit("east"), *nameless = instance_unit(NULL);

	cr_expect_str_eq(named, "mcingestd@east");
	cr_expect_str_eq(nameless, "mcingestd");
	free(named);
	free(nameless);
}
