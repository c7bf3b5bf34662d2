/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/checks.h"
#include "doctor/drops.h"
#include "doctor/report.h"

#include <string.h>

static const char *main_drop(const json_t *channel)
{
	json_t *drops = json_object_get(channel, "dropped"), *count;
	const char *reason, *most = NULL;
	double highest = 0;

	json_object_foreach (drops, reason, count)
		if (!drops_is_usual(reason) && json_number_value(count) > highest) {
			highest = json_number_value(count);
			most = reason;
		}
	return most;
}

static void report_silence(struct doctor *doctor, const json_t *channel)
{
	const char *reason = main_drop(channel);
	const char *sizes = reason ? drops_sizes(doctor, channel, reason) : "";

	if (reason)
		report_fail(doctor, drops_cure(doctor, reason),
			    "its packets%s%s%s come, and are dropped: %s", *sizes ? ", " : "",
			    sizes, *sizes ? "," : "", drops_meaning(reason));
	else if (*view_text(channel, "reason"))
		report_fail(
			doctor,
			report_text(
				doctor,
				"is S sending, with a TTL above 1? `mcingest receive %s %s` asks "
				"the relay anew; a relay without room calls for a second one",
				view_text(channel, "source"), view_text(channel, "group")),
			"relay %s serves it, but sends no data", view_text(channel, "relay"));
	else
		report_warn(doctor, "wait a few seconds", "subscribed at relay %s, no data yet",
			    view_text(channel, "relay"));
}

void channel_state(struct doctor *doctor)
{
	const struct sg *sg = doctor->options->channel;
	const json_t *channel = views_channel(&doctor->now, sg),
		     *before = views_channel(&doctor->before, sg);
	const char *state = view_text(channel, "state");
	double packets = view_number(channel, "packets") - view_number(before, "packets");

	if (!channel)
		return;
	if (!strcmp(state, "receiving"))
		report_ok(doctor, "receiving from relay %s, %.0f packets while we looked",
			  view_text(channel, "relay"), packets);
	else if (!strcmp(state, "joined"))
		report_silence(doctor, channel);
	else if (!strcmp(state, "failed"))
		report_fail(doctor, "cure what is said above; the channel is tried again by itself",
			    "failed: %s", view_text(channel, "reason"));
	else
		report_warn(doctor, "wait a few seconds", "%s %s", state,
			    view_text(channel, "reason"));
}
