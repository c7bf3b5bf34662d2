/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/drops.h"
#include "doctor/report.h"

#include <string.h>

static const struct drop {
	const char *reason, *meaning, *cure;
	bool usual;
	const char *hop; /* that is to blame; NULL: the tunnel */
} drops[] = {
	{"wrong_relay", "they are to a tunnel of ours, but not from its relay",
	 "somebody forges them, or a NAT rewrites the relay's port", false, NULL},
	{"not_joined", "their channel is not joined", "nothing: the relay sends on for a while",
	 true, NULL},
	{"other_tunnel", "another relay serves the channel", "nothing: the channel has moved", true,
	 NULL},
	{"expired", "their entry is too old", "see why the daemon does not renew it", false, "box"},
	{"truncated", "they end too early", "ask the relay's operator", false, NULL},
	{"inner_version", "they carry no IP packet", "ask the relay's operator", false, NULL},
	{"inner_header", "their inner header is impossible", "ask the sender", false, "source"},
	{"not_multicast", "their inner destination is no group", "ask the relay's operator", false,
	 NULL},
	{"ttl", "their TTL ends here", "raise the TTL at the source: it is 1 when they come to us",
	 false, "source"},
	{"exceeds_mtu", "they are longer than the LAN's MTU and must not be fragmented",
	 "a larger MTU on the LAN, or smaller packets at the source", false, "lan"},
	{"no_egress", "their channel goes to no LAN at this moment",
	 "bring the LAN up; `mcingest interfaces`", false, "lan"},
	{"rewrite", "the kernel did not strip or send them", "`mode = tc` under [dataplane]", false,
	 "box"},
	{"observe_full", "the daemon reads PIM, IGMP and MLD too slowly",
	 "tcpdump on the LAN shows who sends so much", false, "router"},
	{"observe_rate", "one sender's PIM, IGMP or MLD took more than its share",
	 "tcpdump on the LAN shows who sends so much", false, "router"},
	{"slow_rate", "the slow path has reached its rate",
	 "remove its cause, or raise `slow_path` under [limits]", false, "box"},
	{"lan_refused", "the LAN's queue or driver did not take them",
	 "tc -s qdisc; ethtool -S, of the LAN", false, "lan"},
	{"duplicate", "a moving channel's second copy", "nothing", true, NULL},
	{"over_rate", "their channel brings more than its rate",
	 "raise `channel_rate` under [limits], or of its prefix under [policy], or find out why "
	 "the "
	 "source sends so much",
	 false, "source"},
	{"inner_control", "they are control messages of a link, such as IGMP or PIM",
	 "nothing: none went out; tell the source's operator", false, "source"},
};

static const struct drop *find(const char *reason)
{
	for (size_t i = 0; i < sizeof(drops) / sizeof(drops[0]); i++)
		if (!strcmp(drops[i].reason, reason))
			return &drops[i];
	return NULL;
}

const char *drops_meaning(const char *reason)
{
	const struct drop *drop = find(reason);

	return drop ? drop->meaning : reason;
}

static const char *mtu_of_lans(struct doctor *doctor)
{
	const json_t *interface;
	const char *text = "";
	size_t i;

	FOR_EACH_INTERFACE (&doctor->now, interface, i)
		if (!strcmp(view_text(interface, "role"), "downstream"))
			text = report_text(doctor, "%s%s%s has %.0f", text, *text ? ", " : "",
					   view_text(interface, "name"),
					   view_number(interface, "mtu"));
	return text;
}

const char *drops_cure(struct doctor *doctor, const char *reason)
{
	const struct drop *drop = find(reason);

	if (!drop)
		return "mcingest counters";
	return strcmp(reason, "exceeds_mtu")
		       ? drop->cure
		       : report_text(doctor, "%s (%s)", drop->cure, mtu_of_lans(doctor));
}

const char *drops_sizes(struct doctor *doctor, const json_t *channel, const char *reason)
{
	const json_t *sizes = json_object_get(json_object_get(channel, "drop_sizes"), reason);
	double shortest = view_number(sizes, "shortest"), longest = view_number(sizes, "longest");

	if (longest <= 0)
		return "";
	return shortest < longest
		       ? report_text(doctor, "%.0f to %.0f bytes long", shortest, longest)
		       : report_text(doctor, "%.0f bytes long", longest);
}

bool drops_is_usual(const char *reason)
{
	const struct drop *drop = find(reason);

	return drop && drop->usual;
}

const char *drops_hop(const char *reason)
{
	const struct drop *drop = find(reason);

	return drop && drop->hop ? drop->hop : "tunnel";
}
