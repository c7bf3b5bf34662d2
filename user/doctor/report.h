/* SPDX-License-Identifier: BSD-2-Clause */
/* What the checks report: a verdict, what was looked at, and a cure. */
#pragma once

#include "doctor/state.h"

void report_ok(struct doctor *doctor, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* It works, but not as well as it could, or not for all. `cure` says what to do. */
void report_warn(struct doctor *doctor, const char *cure, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* It cannot work. */
void report_fail(struct doctor *doctor, const char *cure, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Formats a text that lives as long as the doctor. */
const char *report_text(struct doctor *doctor, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
