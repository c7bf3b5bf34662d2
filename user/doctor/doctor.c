/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/doctor.h"
#include "base/memory.h"
#include "doctor/checks.h"
#include "doctor/gather.h"

#include <stdlib.h>

static const struct {
	const char *name, *hop;
	unsigned of;
	check_fn *check;
} checks[] = {
#define CHECK(name, hop, of, check) {name, hop, of, check},
#define NO_CHECK(name, hop, of, check)
	DOCTOR_CHECKS(CHECK, CHECK, NO_CHECK)};

/* A channel's path ends at the first hop that is broken. Without a daemon it goes on as far as it
 * can. */
static void judge(struct doctor *doctor)
{
	unsigned of = doctor->options->channel ? DOCTOR_CHANNEL : DOCTOR_BOX;

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		bool stops = of == DOCTOR_CHANNEL && doctor->failed && doctor->now.status;

		if (!(checks[i].of & of) || stops)
			continue;
		doctor->check = checks[i].name;
		doctor->hop = checks[i].hop;
		checks[i].check(doctor);
	}
}

json_t *doctor_run(const struct doctor_options *options)
{
	struct doctor *doctor = memory_new(sizeof(*doctor));
	json_t *result = json_object();

	*doctor =
		(struct doctor){.options = options, .checks = json_array(), .texts = json_array()};
	gather(doctor);
	judge(doctor);
	json_object_set_new(result, "checks", doctor->checks);
	json_object_set_new(result, "ok", json_boolean(!doctor->failed));
	gather_free(doctor);
	json_decref(doctor->texts);
	free(doctor);
	return result;
}
