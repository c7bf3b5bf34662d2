/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/watch.h"
#include "base/memory.h"
#include "doctor/checks.h"

#include <stdlib.h>

static const struct {
	const char *name, *hop;
	check_fn *check;
} checks[] = {
#define CHECK(name, hop, of, check) {name, hop, check},
#define NO_CHECK(name, hop, of, check)
	DOCTOR_CHECKS(CHECK, NO_CHECK, CHECK)};

json_t *doctor_watch(const struct views *before, const struct views *now)
{
	const struct doctor_options options = {0};
	struct doctor *doctor = memory_new(sizeof(*doctor));
	json_t *result = json_object();

	*doctor = (struct doctor){.options = &options,
				  .before = *before,
				  .now = *now,
				  .checks = json_array(),
				  .texts = json_array()};
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		doctor->check = checks[i].name;
		doctor->hop = checks[i].hop;
		checks[i].check(doctor);
	}
	json_object_set_new(result, "checks", doctor->checks);
	json_object_set_new(result, "ok", json_boolean(!doctor->failed));
	json_decref(doctor->texts);
	free(doctor);
	return result;
}
