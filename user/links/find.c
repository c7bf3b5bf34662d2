/* SPDX-License-Identifier: BSD-2-Clause */
#include "links/find.h"
#include "base/log.h"
#include "io/netlink_routes.h"
#include "io/netlink_shapes.h"

#include <errno.h>
#include <string.h>

unsigned find_link(const struct link list[], unsigned count, unsigned ifindex)
{
	unsigned i = 0;

	while (i < count && list[i].is.ifindex != ifindex)
		i++;
	return i;
}

static bool is_usable(const char *name, struct netlink_interface *is)
{
	int error = netlink_get_interface(name, is);
	char names[256];

	if (error == -ENODEV) {
		netlink_names(names, sizeof(names));
		log_error("no interface is called '%s'; there are: %s", name, names);
	} else if (error) {
		log_error("cannot ask for interface %s: %s", name, strerror(-error));
	} else if (!is->up) {
		log_error("interface %s is down: bring it up with 'ip link set %s up'", name, name);
	} else if (!is->ethernet) {
		log_error("interface %s is no Ethernet: its packets cannot be handled", name);
	}
	return !error && is->up && is->ethernet;
}

/* Adds the interface of that name to the list. One interface may have several names. */
static bool add(struct link list[], unsigned *count, enum role role, const char *name)
{
	struct link *link = &list[*count];

	*link = (struct link){.role = role, .number = *count};
	if (!is_usable(name, &link->is))
		return false;
	if (find_link(list, *count, link->is.ifindex) < *count) {
		log_error("%s: '%s' is interface %s, which is named already: name it once",
			  role == ROLE_UPSTREAM ? "upstream" : "downstream", name, link->is.name);
		return false;
	}
	++*count;
	return true;
}

static bool set_rate(struct links *links, const struct config_lan_rate *rate)
{
	struct netlink_interface is = {0};
	unsigned i = links->lan_count;

	if (!netlink_get_interface(rate->lan, &is))
		i = find_link(links->lans, links->lan_count, is.ifindex);
	if (i == links->lan_count)
		log_error("lan_rate of '%s': it is no downstream interface; see 'lan_rate' under "
			  "[limits]",
			  rate->lan);
	else
		links->rates.lan_rates[i] = rate->rate;
	return i < links->lan_count;
}

/* A rate of one LAN replaces that of all. */
static bool set_rates(struct links *links)
{
	const struct config *config = links->config;

	links->rates = (struct rate_limits){.rate = config->rate,
					    .channel_rate = config->channel_rate,
					    .policies = &config->policies};
	for (unsigned i = 0; i < config->lan_rate_count; i++)
		for (unsigned j = 0; !config->lan_rates[i].lan && j < links->lan_count; j++)
			links->rates.lan_rates[j] = config->lan_rates[i].rate;
	for (unsigned i = 0; i < config->lan_rate_count; i++)
		if (config->lan_rates[i].lan && !set_rate(links, &config->lan_rates[i]))
			return false;
	return true;
}

bool find_lans(struct links *links)
{
	const struct config *config = links->config;

	for (unsigned i = 0; i < config->downstream_count; i++)
		if (!add(links->lans, &links->lan_count, ROLE_DOWNSTREAM, config->downstream[i]))
			return false;
	return set_rates(links);
}

/* Upstream interfaces that routes leave by */

unsigned find_routed(const struct links *links,
		     struct netlink_interface routed[CONFIG_UPSTREAMS_MAX])
{
	unsigned ifindexes[CONFIG_UPSTREAMS_MAX], count = 0;
	int found = netlink_upstreams(ifindexes, CONFIG_UPSTREAMS_MAX);
	char name[IF_NAMESIZE];

	for (int i = 0; i < found; i++)
		if (find_link(links->lans, links->lan_count, ifindexes[i]) == links->lan_count &&
		    if_indextoname(ifindexes[i], name) &&
		    !netlink_get_interface(name, &routed[count]) && routed[count].up &&
		    routed[count].ethernet)
			count++;
	return count;
}

static void add_routed(struct links *links)
{
	struct netlink_interface routed[CONFIG_UPSTREAMS_MAX];

	links->upstream_count = find_routed(links, routed);
	for (unsigned i = 0; i < links->upstream_count; i++)
		links->upstreams[i] =
			(struct link){.role = ROLE_UPSTREAM, .number = i, .is = routed[i]};
}

bool find_upstreams(struct links *links)
{
	const struct config *config = links->config;

	for (unsigned i = 0; i < config->upstream_count; i++)
		if (!add(links->upstreams, &links->upstream_count, ROLE_UPSTREAM,
			 config->upstream[i]))
			return false;
	if (!config->upstream_count)
		add_routed(links);
	if (!links->upstream_count)
		log_error("no upstream interface: no route leaves this host by an Ethernet "
			  "interface but the downstream; add a default route, or give "
			  "--upstream IF");
	return links->upstream_count;
}
