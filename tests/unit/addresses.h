/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses and channels by their text. */
#pragma once

#include "base/addr.h"

#include <criterion/criterion.h>

static inline struct addr address(const char *text)
{
	struct addr addr;

	cr_assert(addr_parse(text, &addr), "%s", text);
	return addr;
}

static inline struct sg channel(const char *source, const char *group)
{
	return (struct sg){address(source), address(group)};
}
