/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/checks.h"
#include "doctor/drops.h"
#include "doctor/report.h"

#include <string.h>

static const json_t *find(const struct views *views, const struct sg *sg)
{
	const json_t *list = json_object_get(views->channels, "channels"), *channel;
	size_t i;

	json_array_foreach (list, i, channel)
		if (view_is_of(channel, sg))
			return channel;
	return NULL;
}

/* Whether anybody wants it */

static bool hosts_are_unasked(const struct doctor *doctor)
{
	const json_t *interface;
	size_t i;

	FOR_EACH_INTERFACE (&doctor->now, interface, i)
		if (view_number(interface, "unasked_reports"))
			return true;
	return false;
}

static void report_unwanted(struct doctor *doctor)
{
	const json_t *neighbors = json_object_get(doctor->now.neighbors, "neighbors");
	const struct sg *sg = doctor->options->channel;

	if (!sg_is_forwardable(sg))
		report_fail(doctor, "another group or source", "such a channel is never served");
	else if (hosts_are_unasked(doctor))
		report_fail(doctor, "igmp = LAN under [interfaces], if it is a host",
			    "nobody has joined; reports of hosts come, and are not heeded");
	else if (!json_array_size(neighbors))
		report_fail(doctor, "`ip pim` on the router; or `igmp` under [interfaces]",
			    "nobody has joined: there is no router, and hosts are not heard");
	else if (!addr_is_ssm_group(&sg->group))
		report_fail(doctor,
			    "FRR: `ip pim ssm prefix-list`; Cisco: `ip pim ssm range`; Juniper: "
			    "`ssm-groups`",
			    "no router has joined: the group is in no SSM range by default");
	else
		report_fail(doctor,
			    "on the router: the route to S must lead to us (FRR: `ip nht "
			    "resolve-via-default`), and `ip igmp` to the hosts",
			    "no router has joined");
}

static void report_wanted(struct doctor *doctor, const json_t *channel)
{
	const json_t *wanted = json_array_get(json_object_get(channel, "wanted"), 0);
	const char *router = view_text(wanted, "neighbor");

	if (wanted)
		report_ok(doctor, "joined on %s by %s%s", view_text(wanted, "interface"),
			  *router ? "router " : "hosts", router);
	else
		report_warn(doctor, "nothing, if it was just left", "nobody wants it any more");
}

void channel_wanted(struct doctor *doctor)
{
	const json_t *channel = find(&doctor->now, doctor->options->channel);

	if (channel)
		report_wanted(doctor, channel);
	else if (doctor->now.channels)
		report_unwanted(doctor);
}

/* Where it is */

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
	const json_t *channel = find(&doctor->now, sg), *before = find(&doctor->before, sg);
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
