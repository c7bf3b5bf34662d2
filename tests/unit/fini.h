/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks at the end of each test, in a suite's .fini. Criterion prints what fails there, but lets
 * the run pass; only a crash counts. */
#pragma once

#include <criterion/criterion.h>
#include <stdlib.h>

#define fini_assert(condition, what)                                                               \
	do {                                                                                       \
		bool holds_ = (condition);                                                         \
		cr_expect(holds_, "%s", (what));                                                   \
		if (!holds_)                                                                       \
			abort();                                                                   \
	} while (0)
