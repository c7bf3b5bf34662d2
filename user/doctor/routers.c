/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/checks.h"
#include "doctor/report.h"

#include <string.h>

/* What makes a router send no Joins, in the order in which operators meet it. */
#define NO_JOINS                                                                                   \
	"its route to the source must lead to our address (FRR: `ip nht resolve-via-default` if "  \
	"it "                                                                                      \
	"is the default route); `ip igmp` where its hosts are; the group in its SSM range"

void routers_sending(struct doctor *doctor)
{
	const json_t *interface, *pim;
	size_t i, j;

	FOR_EACH_PIM (&doctor->now, interface, pim, i, j) {
		const char *error = view_text(pim, "send_error");

		if (*error)
			report_fail(doctor,
				    "let IP protocol 103 out: nft insert rule inet filter output "
				    "meta l4proto pim accept",
				    "PIM cannot send on %s: %s", view_text(interface, "name"),
				    error);
	}
}

static const char *subnet_cure(struct doctor *doctor, const json_t *neighbor)
{
	return report_text(doctor, "ip addr add ADDRESS/LENGTH dev %s, in the subnet of %s",
			   view_text(neighbor, "interface"), view_text(neighbor, "address"));
}

void routers_neighbors(struct doctor *doctor)
{
	const json_t *list = json_object_get(doctor->now.neighbors, "neighbors"), *neighbor;
	size_t i;

	json_array_foreach (list, i, neighbor)
		if (view_is(neighbor, "other_subnet"))
			report_fail(doctor, subnet_cure(doctor, neighbor),
				    "%s: router %s is in no subnet of ours: no Joins come",
				    view_text(neighbor, "interface"),
				    view_text(neighbor, "address"));
		else
			report_ok(doctor, "%s: router %s", view_text(neighbor, "interface"),
				  view_text(neighbor, "address"));
	if (json_array_size(list) || !doctor->now.neighbors)
		return;
	report_warn(
		doctor,
		"`ip pim` on the router's interface; let IP protocol 103 out; without a router, "
		"`igmp` under [interfaces]",
		"no router has sent a PIM Hello");
}

static double counter_of(const struct doctor *doctor, const char *interface, const char *family,
			 const char *key)
{
	const json_t *list = json_object_get(doctor->now.counters, "pim"), *pim;
	size_t i;

	json_array_foreach (list, i, pim)
		if (!strcmp(view_text(pim, "interface"), interface) &&
		    !strcmp(view_text(pim, "family"), family))
			return view_number(pim, key);
	return 0;
}

void routers_joins(struct doctor *doctor)
{
	const json_t *interface, *pim;
	size_t i, j;

	FOR_EACH_PIM (&doctor->now, interface, pim, i, j) {
		const char *name = view_text(interface, "name"), *family = view_text(pim, "family");
		double joins = view_number(pim, "joins");

		if (!view_number(pim, "neighbors"))
			continue;
		if (joins)
			report_ok(doctor, "%s: %.0f channels joined (%s)", name, joins, family);
		else if (!counter_of(doctor, name, family, "join_prunes_received"))
			report_warn(doctor, NO_JOINS,
				    "%s: a router is there, but no Join has come (%s)", name,
				    family);
		else
			report_ok(doctor, "%s: Joins have come, and no channel is joined now (%s)",
				  name, family);
	}
}

/* After a restart, which changes our Generation ID */
void routers_restart(struct doctor *doctor)
{
	const json_t *interface, *pim;
	size_t i, j;

	FOR_EACH_PIM (&doctor->now, interface, pim, i, j) {
		const char *name = view_text(interface, "name"), *family = view_text(pim, "family");

		if (view_is(pim, "generation_noticed"))
			report_ok(doctor, "%s: routers joined again after our restart (%s)", name,
				  family);
		else if (json_is_false(json_object_get(pim, "generation_noticed")))
			report_warn(
				doctor,
				"the router must heed it (RFC 7761 section 4.3.1); its Joins come "
				"with its next interval, a minute later",
				"%s: routers did not join again when our Generation ID changed "
				"(%s)",
				name, family);
	}
}

/* Joins that do not count */

static void check_others(struct doctor *doctor, const json_t *pim)
{
	const char *name = view_text(pim, "interface");

	if (view_number(pim, "for_other_router"))
		report_warn(doctor,
			    report_text(doctor,
					"if they are meant for us: the routers' next hop to "
					"the sources must be our address on %s",
					name),
			    "%s: %.0f Join/Prunes were addressed to another router", name,
			    view_number(pim, "for_other_router"));
	if (view_number(pim, "joins_refused"))
		report_warn(doctor, "raise `joins` or `channels` under [limits]",
			    "%s: %.0f Joins were beyond a limit", name,
			    view_number(pim, "joins_refused"));
	if (view_number(pim, "entries_refused"))
		report_warn(doctor, "`groups` under [pim]; link-local groups are never served",
			    "%s: %.0f Joins were for groups or sources that are not served", name,
			    view_number(pim, "entries_refused"));
}

static void check_strangers(struct doctor *doctor)
{
	const json_t *before = view_at(doctor->before.counters, "refused.pim");
	const json_t *now = view_at(doctor->now.counters, "refused.pim");

	if (view_number(now, "sender"))
		report_warn(doctor, "see that its Hello arrives, and `allow` under [pim]",
			    "%.0f PIM messages came from routers that are no neighbors (%.0f now)",
			    view_number(now, "sender"),
			    view_number(now, "sender") - view_number(before, "sender"));
}

void routers_others(struct doctor *doctor)
{
	const json_t *list = json_object_get(doctor->now.counters, "pim"), *pim;
	size_t i;

	json_array_foreach (list, i, pim)
		check_others(doctor, pim);
	check_strangers(doctor);
}

/* Asserts */

static bool is_of(const struct doctor *doctor, const json_t *channel)
{
	const struct sg *wanted = doctor->options->channel;

	return !wanted || view_is_of(channel, wanted);
}

void routers_asserts(struct doctor *doctor)
{
	const json_t *list = json_object_get(doctor->now.channels, "channels"), *channel, *assert;
	const json_t *lost = NULL, *of = NULL;
	unsigned count = 0;
	size_t i, j;

	json_array_foreach (list, i, channel)
		json_array_foreach (json_object_get(channel, "asserts"), j, assert)
			if (is_of(doctor, channel) &&
			    !strcmp(view_text(assert, "state"), "loser")) {
				lost = assert;
				of = channel;
				count++;
			}
	if (count)
		report_warn(doctor,
			    "nothing if that router is to forward; else lower `assert_preference` "
			    "and `assert_metric` under [pim]",
			    "%s lost %u Assert%s: %s forwards (%s, %s)",
			    view_text(lost, "interface"), count, count > 1 ? "s" : "",
			    view_text(lost, "winner"), view_text(of, "source"),
			    view_text(of, "group"));
}
