/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/checks.h"
#include "doctor/report.h"

#include <string.h>

#define SHARE_MAX    0.8 /* of a limit: beyond it is worth a word */
#define STALL_MAX_MS 100
#define JOINERS_MAX  1024

/* Returns whether the limit is nearly reached. */
static bool check(struct doctor *doctor, const char *key, double used, const char *of)
{
	double limit = view_number(view_at(doctor->now.status, "limits"), key);

	if (limit <= 0 || used < SHARE_MAX * limit)
		return false;
	report_warn(doctor, report_text(doctor, "raise `%s` under [limits]", key),
		    "%.0f of %.0f %s%s", used, limit, key, of);
	return true;
}

static bool check_neighbors(struct doctor *doctor)
{
	const json_t *interface, *pim;
	bool reached = false;
	size_t i, j;

	FOR_EACH_PIM (&doctor->now, interface, pim, i, j)
		reached |= check(doctor, "neighbors", view_number(pim, "neighbors"),
				 report_text(doctor, " on %s", view_text(interface, "name")));
	return reached;
}

/* {router: channels that it has joined} */
static json_t *joins_by_router(const struct doctor *doctor)
{
	const json_t *list = json_object_get(doctor->now.channels, "channels"), *channel, *wanted;
	json_t *joins = json_object();
	size_t i, j;

	json_array_foreach (list, i, channel)
		json_array_foreach (json_object_get(channel, "wanted"), j, wanted) {
			const char *router = view_text(wanted, "neighbor");
			double count = view_number(joins, router);

			if (*router && (count > 0 || json_object_size(joins) < JOINERS_MAX))
				json_object_set_new(joins, router, json_real(count + 1));
		}
	return joins;
}

static bool check_joins(struct doctor *doctor)
{
	json_t *joins = joins_by_router(doctor), *count;
	const char *router;
	bool reached = false;

	json_object_foreach (joins, router, count)
		reached |= check(doctor, "joins", json_number_value(count),
				 report_text(doctor, " by router %s", router));
	json_decref(joins);
	return reached;
}

/* What is above the rate of a line is stopped. */
static bool check_rates(struct doctor *doctor)
{
	const json_t *list = json_object_get(doctor->now.status, "rates"), *line;
	bool reached = false;
	size_t i;

	json_array_foreach (list, i, line) {
		double stopped = view_number(line, "stopped");
		const char *of = view_text(line, "interface"), *prefix = view_text(line, "prefix");

		if (!stopped && !json_is_true(json_object_get(line, "full")))
			continue;
		reached = true;
		report_warn(doctor,
			    "raise it if the line can carry more; priorities under [policy] say "
			    "which channels stay",
			    "%.1f of %.1f Mbit/s by `%s`%s%s: %.0f channels are stopped or refused",
			    view_number(line, "bits_per_s") / 1e6,
			    view_number(line, "limit_bits_per_s") / 1e6, view_text(line, "limit"),
			    *of || *prefix ? " of " : "", *of ? of : prefix, stopped);
	}
	return reached;
}

void limits_used(struct doctor *doctor)
{
	bool reached = check(doctor, "channels",
			     view_sum(json_object_get(doctor->now.status, "channels")), "");

	reached |= check(doctor, "tunnels", view_number(doctor->now.status, "tunnels"), "");
	reached |= check_neighbors(doctor);
	reached |= check_joins(doctor);
	reached |= check_rates(doctor);
	if (!reached && doctor->now.status)
		report_ok(doctor, "no limit is used by more than 80 %%");
}

void limits_daemon(struct doctor *doctor)
{
	const json_t *status = doctor->now.status, *waiting = json_object_get(status, "waiting");
	double stall = view_number(status, "longest_stall_ms");

	if (stall > STALL_MAX_MS)
		report_warn(doctor, "give the box a faster or a free core: `top`",
			    "something waited %.0f ms for the daemon", stall);
	if (view_number(status, "log_lines_lost"))
		report_warn(doctor, "see what reads its stderr", "%.0f lines of the log are lost",
			    view_number(status, "log_lines_lost"));
	if (view_number(waiting, "discoveries") || view_number(waiting, "new_relays"))
		report_warn(doctor, "raise `discoveries` and `new_relays` under [limits]",
			    "%.0f sources wait to be looked up, %.0f channels for a new relay",
			    view_number(waiting, "discoveries"),
			    view_number(waiting, "new_relays"));
}
