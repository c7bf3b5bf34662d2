/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/checks.h"
#include "doctor/report.h"

#include <string.h>
#include <unistd.h>

void settings_file(struct doctor *doctor)
{
	const char *at = doctor->complaints;

	for (; *at; at += strcspn(at, "\n") + 1)
		report_fail(doctor,
			    doctor->now.status ? "correct the file, then `mcingest reload`"
					       : "correct the file",
			    "%.*s", (int)strcspn(at, "\n"), at);
	if (*doctor->complaints)
		return;
	if (access(doctor->file, F_OK))
		report_ok(doctor, "there is no %s: defaults and options count", doctor->file);
	else
		report_ok(doctor, "%s has no mistake", doctor->file);
}
