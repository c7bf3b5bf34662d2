/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/checks.h"
#include "doctor/drops.h"
#include "doctor/report.h"

#include <string.h>

#define FAILED_MAX 5    /* channels that are shown */
#define SLOW_SHARE 0.01 /* of all packets: worth a word from here on */

/* Channels */

static unsigned count_states(const json_t *channels, const char *state)
{
	const json_t *channel;
	unsigned count = 0;
	size_t i;

	json_array_foreach (channels, i, channel)
		count += !strcmp(view_text(channel, "state"), state);
	return count;
}

static bool is_without_data(const json_t *channel)
{
	return !strcmp(view_text(channel, "state"), "joined") && *view_text(channel, "reason");
}

static void report_channel(struct doctor *doctor, const json_t *channel)
{
	const char *source = view_text(channel, "source"), *group = view_text(channel, "group");
	const char *cure = report_text(doctor, "mcingest doctor %s %s", source, group);

	if (is_without_data(channel))
		report_warn(doctor, cure, "(%s, %s) has %s", source, group,
			    view_text(channel, "reason"));
	else
		report_fail(doctor, cure, "(%s, %s) has failed: %s", source, group,
			    view_text(channel, "reason"));
}

void data_channels(struct doctor *doctor)
{
	const json_t *list = json_object_get(doctor->now.channels, "channels"), *channel;
	unsigned receiving = count_states(list, "receiving"), shown = 0;
	size_t i;

	json_array_foreach (list, i, channel)
		if ((is_without_data(channel) || !strcmp(view_text(channel, "state"), "failed")) &&
		    shown++ < FAILED_MAX)
			report_channel(doctor, channel);
	if (shown > FAILED_MAX)
		report_warn(doctor, "mcingest channels", "%u more channels are without data",
			    shown - FAILED_MAX);
	if (receiving)
		report_ok(doctor, "%u of %zu channels receive data", receiving,
			  json_array_size(list));
}

/* Drops */

static const char *mtu_of_lans(struct doctor *doctor)
{
	const json_t *list = json_object_get(doctor->now.interfaces, "interfaces"), *interface;
	const char *text = "";
	size_t i;

	json_array_foreach (list, i, interface)
		if (!strcmp(view_text(interface, "role"), "downstream"))
			text = report_text(doctor, "%s%s%s has %.0f", text, *text ? ", " : "",
					   view_text(interface, "name"),
					   view_number(interface, "mtu"));
	return text;
}

static const char *drop_cure(struct doctor *doctor, const char *reason)
{
	const char *cure = drops_cure(reason);

	return strcmp(reason, "exceeds_mtu")
		       ? cure
		       : report_text(doctor, "%s (%s)", cure, mtu_of_lans(doctor));
}

/* ", most of (S, G)": the channel that has lost most packets for this reason. */
static const char *most_of(struct doctor *doctor, const char *reason)
{
	const json_t *list = json_object_get(doctor->now.channels, "channels"), *channel;
	const json_t *most = NULL;
	double highest = 0;
	size_t i;

	json_array_foreach (list, i, channel) {
		double packets = view_number(json_object_get(channel, "dropped"), reason);

		if (packets > highest) {
			highest = packets;
			most = channel;
		}
	}
	return most ? report_text(doctor, ", most of (%s, %s)", view_text(most, "source"),
				  view_text(most, "group"))
		    : "";
}

void data_drops(struct doctor *doctor)
{
	json_t *now = json_object_get(doctor->now.counters, "drops"), *count;
	const json_t *before = json_object_get(doctor->before.counters, "drops");
	const char *earlier = "", *reason;
	bool dropped = false;

	json_object_foreach (now, reason, count) {
		double fresh = json_number_value(count) - view_number(before, reason);

		if (drops_is_usual(reason))
			continue;
		if (fresh > 0) {
			dropped = true;
			report_warn(doctor, drop_cure(doctor, reason),
				    "%.0f packets dropped while we looked: %s%s", fresh,
				    drops_meaning(reason), most_of(doctor, reason));
		} else if (json_number_value(count) > 0) {
			earlier = report_text(doctor, "%s%s %s %.0f", earlier,
					      *earlier ? "," : "; earlier:", reason,
					      json_number_value(count));
		}
	}
	if (now && !dropped)
		report_ok(doctor, "no packet was dropped while we looked%s", earlier);
}

/* The slow path */

static const struct {
	const char *key, *what, *cure;
} causes[] = {
	{"aggregates", "merged by UDP GRO",
	 "ethtool -K WAN rx-udp-gro-forwarding off rx-gro-list off"},
	{"fragments", "fragments of tunnel packets",
	 "an MTU of 1,600 bytes on the path to the relay"},
	{"options", "IP options", "find out who adds them: tcpdump -v udp port 2268"},
	{"exceeds_mtu", "longer than the LAN's MTU", "a larger MTU on the LAN"},
	{"unseen", "not seen by our filter", "see what stands in front of it: mcingest status"},
};

/* The cause that has brought most packets. */
static size_t main_cause(const json_t *slow)
{
	size_t most = 0;

	for (size_t i = 1; i < sizeof(causes) / sizeof(causes[0]); i++)
		if (view_number(slow, causes[i].key) > view_number(slow, causes[most].key))
			most = i;
	return most;
}

void data_slow(struct doctor *doctor)
{
	const json_t *slow = json_object_get(doctor->now.status, "slow_path");
	double all = view_number(doctor->now.status, "packets_per_s");
	double rate = view_number(slow, "packets_per_s");
	size_t cause = main_cause(slow);

	if (rate > 0 && rate >= SLOW_SHARE * all)
		report_warn(doctor, causes[cause].cure,
			    "%.0f packets/s of %.0f take the slow path, mostly %s", rate,
			    all > rate ? all : rate, causes[cause].what);
	else if (all > 0)
		report_ok(doctor, "%.0f packets/s, all on the fast path", all);
}

/* What a LAN's driver or queue did not take */

void data_refused(struct doctor *doctor)
{
	const json_t *now = json_object_get(doctor->now.status, "interfaces"), *interface;
	const json_t *before = json_object_get(doctor->before.status, "interfaces");
	size_t i;

	json_array_foreach (now, i, interface) {
		const json_t *earlier = json_array_get(before, i);
		const char *name = view_text(interface, "name");
		double fresh = view_number(interface, "refused") - view_number(earlier, "refused");

		if (fresh > 0 && !strcmp(view_text(earlier, "name"), name))
			report_warn(doctor,
				    report_text(doctor, "tc -s qdisc show dev %s; ethtool -S %s",
						name, name),
				    "%s did not take %.0f packets while we looked", name, fresh);
	}
}
