/* SPDX-License-Identifier: BSD-2-Clause */
#include "links/advice.h"
#include "base/log.h"
#include "io/netlink_lookup.h"
#include "links/links.h"
#include "mcingest/amt_wire.h"

#include <net/if.h>

/* Where packets to the internet leave shows by the discovery addresses of RFC 7450 section 7.1. */
static const char *const internet[] = {AMT_ANYCAST4, AMT_ANYCAST6};

static void judge_source(const struct addr *source)
{
	char text[ADDR_TEXT];

	if (source->family && !netlink_has_address(source))
		log_warning("source_address %s is not an address of this host: no tunnel can be "
			    "opened until it is; `ip addr add`, or correct it in [tunnels]",
			    addr_format(source, text));
}

static void judge_mark(const struct config *config)
{
	uint32_t mark = config->tunnels.mark;

	if (mark && !netlink_has_rule(AF_INET, mark) && !netlink_has_rule(AF_INET6, mark))
		log_warning("mark %u of [tunnels] has no effect: no rule has this mark; `ip rule "
			    "add fwmark %u table TABLE`",
			    mark, mark);
}

static bool is_lan(const struct links *links, unsigned ifindex)
{
	for (unsigned i = 0; i < links->lan_count; i++)
		if (links->lans[i].is.ifindex == ifindex)
			return true;
	return false;
}

static void judge_route(const struct links *links, const char *text)
{
	const struct config *config = links->config;
	struct netlink_hints hints = {
		.mark = config->tunnels.mark,
		.vrf = config->tunnels.vrf ? if_nametoindex(config->tunnels.vrf) : 0};
	struct netlink_route route;
	char name[IF_NAMESIZE] = "";
	struct addr to;

	if (!addr_parse(text, &to) || netlink_route_to(&to, &hints, &route) ||
	    links_is_upstream(links, route.ifindex))
		return;
	if_indextoname(route.ifindex, name);
	if (is_lan(links, route.ifindex))
		log_warning("LAN and WAN look swapped: the internet is reached by %s, which is "
			    "downstream and not upstream",
			    name);
	else
		log_warning("the internet is reached by %s, which is not upstream: data of relays "
			    "there is not taken; name it by --upstream",
			    name);
}

void advice_log(const struct links *links)
{
	judge_source(&links->config->tunnels.ipv4);
	judge_source(&links->config->tunnels.ipv6);
	judge_mark(links->config);
	for (size_t i = 0; i < sizeof(internet) / sizeof(internet[0]); i++)
		judge_route(links, internet[i]);
}
