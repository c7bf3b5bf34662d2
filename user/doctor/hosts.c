/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/checks.h"
#include "doctor/report.h"

/* IGMP and MLD of hosts on a LAN that is not asked: counted by the program on the LAN. */
void hosts_unasked(struct doctor *doctor)
{
	const json_t *interface;
	size_t i;

	FOR_EACH_INTERFACE (&doctor->now, interface, i) {
		const char *name = view_text(interface, "name");
		double reports = view_number(interface, "unasked_reports");

		if (reports)
			report_warn(doctor,
				    report_text(doctor, "igmp = %s under [interfaces]", name),
				    "%s: %.0f IGMP or MLD reports of hosts were not heeded", name,
				    reports);
	}
}

static void check_counters(struct doctor *doctor, const char *name, const char *protocol,
			   const json_t *counters)
{
	if (view_number(counters, "no_source"))
		report_warn(doctor, "let the hosts name the source: vlc rtp://S@G:PORT",
			    "%s: %.0f %s reports name no source", name,
			    view_number(counters, "no_source"), protocol);
	if (view_number(counters, "old_reports"))
		report_warn(doctor, "hosts must speak IGMPv3 and MLDv2",
			    "%s: %.0f reports are of an old version of %s", name,
			    view_number(counters, "old_reports"), protocol);
	if (view_number(counters, "old_queries"))
		report_warn(doctor, "set the other querier to IGMPv3 and MLDv2",
			    "%s: %.0f Queries of another router are of an old version of %s", name,
			    view_number(counters, "old_queries"), protocol);
}

static void check_querier(struct doctor *doctor, const char *name, const char *protocol,
			  const json_t *querier)
{
	if (!querier)
		return;
	if (view_is(querier, "querier"))
		report_ok(doctor, "%s: we are querier of %s, %.0f memberships", name, protocol,
			  view_number(querier, "memberships"));
	else if (!*view_text(querier, "address"))
		report_ok(doctor, "%s: another router shall be querier of %s, %.0f memberships",
			  name, protocol, view_number(querier, "memberships"));
	else
		report_ok(doctor, "%s: %s is querier of %s, %.0f memberships", name,
			  view_text(querier, "address"), protocol,
			  view_number(querier, "memberships"));
	check_counters(doctor, name, protocol, json_object_get(querier, "counters"));
}

static const json_t *object(const json_t *interface, const char *key)
{
	const json_t *value = json_object_get(interface, key);

	return json_is_object(value) ? value : NULL;
}

void hosts_queriers(struct doctor *doctor)
{
	const json_t *interface;
	size_t i;

	FOR_EACH_INTERFACE (&doctor->now, interface, i) {
		const char *name = view_text(interface, "name");

		check_querier(doctor, name, "IGMP", object(interface, "igmp"));
		check_querier(doctor, name, "MLD", object(interface, "mld"));
	}
}
