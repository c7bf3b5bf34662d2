/* SPDX-License-Identifier: BSD-2-Clause */
/* Who wants a channel; and if nobody does, what keeps the routers from it, as far as that shows
 * from here: a router that joins S for another group has a route to S that leads to us, and one
 * whose Joins are addressed to another router has not. */
#include "doctor/checks.h"
#include "doctor/report.h"

#include <string.h>

#define HOSTS_ASK                                                                                  \
	"there, a host must ask for G from S by IGMPv3 or MLDv2 (`show ip igmp sources`), on an "  \
	"interface with `ip igmp`"
#define ROUTE_LEADS                                                                                \
	"`show ip rpf S` must name our address (FRR: `ip nht resolve-via-default` if its default " \
	"route leads to us)"

static bool hosts_are_unasked(const struct doctor *doctor)
{
	const json_t *interface;
	size_t i;

	FOR_EACH_INTERFACE (&doctor->now, interface, i)
		if (view_number(interface, "unasked_reports"))
			return true;
	return false;
}

static double for_other_routers(const struct doctor *doctor)
{
	const json_t *list = json_object_get(doctor->now.counters, "pim"), *pim;
	double sum = 0;
	size_t i;

	json_array_foreach (list, i, pim)
		sum += view_number(pim, "for_other_router");
	return sum;
}

static const char *router_of(const json_t *channel)
{
	const json_t *wanted;
	size_t i;

	json_array_foreach (json_object_get(channel, "wanted"), i, wanted)
		if (!strcmp(view_text(wanted, "by"), "pim"))
			return view_text(wanted, "neighbor");
	return NULL;
}

/* A router that has joined a channel by us: of this source, or, with NULL, of any. */
static const char *router_that_joins(const struct doctor *doctor, const struct addr *source)
{
	const json_t *list = json_object_get(doctor->now.channels, "channels"), *channel;
	struct addr its;
	size_t i;

	json_array_foreach (list, i, channel)
		if (router_of(channel) &&
		    (!source ||
		     (addr_parse(view_text(channel, "source"), &its) && addr_equal(&its, source))))
			return router_of(channel);
	return NULL;
}

static const char *names_of_routers(struct doctor *doctor)
{
	const json_t *list = json_object_get(doctor->now.neighbors, "neighbors"), *neighbor;
	const char *names = "";
	size_t i;

	json_array_foreach (list, i, neighbor)
		names = report_text(doctor, "%s%s%s", names, *names ? ", " : "",
				    view_text(neighbor, "address"));
	return names;
}

/* There are routers, and none has joined. */
static void report_unjoined(struct doctor *doctor)
{
	const struct sg *sg = doctor->options->channel;
	const char *router = router_that_joins(doctor, &sg->source);
	double others = for_other_routers(doctor);

	if (!addr_is_ssm_group(&sg->group))
		report_fail(doctor,
			    "FRR: `ip pim ssm prefix-list`; Cisco: `ip pim ssm range`; Juniper: "
			    "`ssm-groups`",
			    "no router has joined: the group is in no SSM range by default");
	else if (router)
		report_fail(
			doctor, HOSTS_ASK,
			"no router has joined; router %s has joined other groups of S by us, so "
			"its route is right",
			router);
	else if (others > 0)
		report_fail(doctor, "on the routers: " ROUTE_LEADS,
			    "no router has joined by us, but %.0f Join/Prunes were addressed to "
			    "another router",
			    others);
	else
		report_fail(doctor,
			    report_text(doctor, "on router %s: " ROUTE_LEADS "; " HOSTS_ASK,
					names_of_routers(doctor)),
			    "no router has joined%s",
			    router_that_joins(doctor, NULL) ? ", but for other sources" : "");
}

static void report_unwanted(struct doctor *doctor)
{
	const json_t *neighbors = json_object_get(doctor->now.neighbors, "neighbors");

	if (!sg_is_forwardable(doctor->options->channel))
		report_fail(doctor, "another group or source", "such a channel is never served");
	else if (hosts_are_unasked(doctor))
		report_fail(doctor, "igmp = LAN under [interfaces], if it is a host",
			    "nobody has joined; reports of hosts come, and are not heeded");
	else if (!json_array_size(neighbors))
		report_fail(doctor, "`ip pim` on the router; or `igmp` under [interfaces]",
			    "nobody has joined: there is no router, and hosts are not heard");
	else
		report_unjoined(doctor);
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
	const json_t *channel = views_channel(&doctor->now, doctor->options->channel);

	if (channel)
		report_wanted(doctor, channel);
	else if (doctor->now.channels)
		report_unwanted(doctor);
}
