/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/checks.h"
#include "doctor/drops.h"
#include "doctor/report.h"

#include <string.h>

#define FAILED_MAX 5    /* channels that are shown */
#define SLOW_SHARE 0.01 /* of all packets: worth a word from here on */

/* Channels */

static bool is_without_data(const json_t *channel)
{
	return !strcmp(view_text(channel, "state"), "joined") && *view_text(channel, "reason");
}

static bool has_failed(const json_t *channel)
{
	return !strcmp(view_text(channel, "state"), "failed");
}

/* The hop that a failed channel has not passed: no relay of its source is known, or none answers.
 */
static const char *hop_of(const json_t *channel)
{
	return view_number(channel, "relays") > 0 ? "relay" : "dns";
}

static void report_channel(struct doctor *doctor, const json_t *channel)
{
	const char *source = view_text(channel, "source"), *group = view_text(channel, "group");
	const char *cure = report_text(doctor, "mcingest doctor %s %s", source, group);
	const char *hop = doctor->hop;

	if (is_without_data(channel)) {
		report_warn(doctor, cure, "(%s, %s) has %s", source, group,
			    view_text(channel, "reason"));
		return;
	}
	doctor->hop = hop_of(channel);
	report_fail(doctor, cure, "(%s, %s) has failed: %s", source, group,
		    view_text(channel, "reason"));
	doctor->hop = hop;
}

/* The list may be of those alone that have no data; how many there are in all, `status` says. */
void data_channels(struct doctor *doctor)
{
	const json_t *list = json_object_get(doctor->now.channels, "channels"), *channel;
	const json_t *states = json_object_get(doctor->now.status, "channels");
	double receiving = view_number(states, "receiving"), failed = view_number(states, "failed");
	unsigned silent = 0, shown = 0;
	size_t i;

	json_array_foreach (list, i, channel) {
		silent += is_without_data(channel);
		if ((is_without_data(channel) || has_failed(channel)) && shown < FAILED_MAX) {
			report_channel(doctor, channel);
			shown++;
		}
	}
	if (failed + silent > shown)
		report_warn(doctor, "mcingest channels", "%.0f more channels are without data",
			    failed + silent - shown);
	if (receiving > 0)
		report_ok(doctor, "%.0f of %.0f channels receive data", receiving,
			  view_sum(states));
}

/* Drops */

/* ", most of (S, G), 1329 bytes long": the channel that has lost most packets for this reason. */
static const char *most_of(struct doctor *doctor, const char *reason)
{
	const json_t *list = json_object_get(doctor->now.channels, "channels"), *channel;
	const json_t *most = NULL;
	const char *sizes;
	double highest = 0;
	size_t i;

	json_array_foreach (list, i, channel) {
		double packets = view_number(json_object_get(channel, "dropped"), reason);

		if (packets > highest) {
			highest = packets;
			most = channel;
		}
	}
	if (!most)
		return "";
	sizes = drops_sizes(doctor, most, reason);
	return report_text(doctor, ", most of (%s, %s)%s%s", view_text(most, "source"),
			   view_text(most, "group"), *sizes ? ", " : "", sizes);
}

static void report_drop(struct doctor *doctor, const char *reason, double packets)
{
	const char *hop = doctor->hop;

	doctor->hop = drops_hop(reason);
	report_warn(doctor, drops_cure(doctor, reason),
		    "%.0f packets dropped while we looked: %s%s", packets, drops_meaning(reason),
		    most_of(doctor, reason));
	doctor->hop = hop;
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
			report_drop(doctor, reason, fresh);
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
