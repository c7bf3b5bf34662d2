/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/netlink_lookup.h"
#include "base/netlink_ask.h"

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

/* Routes */

static int on_route(const struct nlmsghdr *message, void *data)
{
	const struct rtmsg *header = mnl_nlmsg_get_payload(message);
	struct netlink_route *route = data;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, message, sizeof(*header))
	{
		uint16_t type = mnl_attr_get_type(attr);

		if (type == RTA_OIF)
			route->ifindex = mnl_attr_get_u32(attr);
		else if (type == RTA_PREFSRC &&
			 mnl_attr_get_payload_len(attr) == addr_length(header->rtm_family))
			route->source =
				addr_from_bytes(header->rtm_family, mnl_attr_get_payload(attr));
	}
	return MNL_CB_STOP;
}

static void put_hints(struct nlmsghdr *request, struct rtmsg *header, int family,
		      const struct netlink_hints *hints)
{
	if (hints->source.family == family) {
		header->rtm_src_len = addr_length(family) * 8;
		mnl_attr_put(request, RTA_SRC, addr_length(family), hints->source.bytes);
	}
	if (hints->mark)
		mnl_attr_put_u32(request, RTA_MARK, hints->mark);
	if (hints->vrf)
		mnl_attr_put_u32(request, RTA_OIF, hints->vrf);
}

int netlink_route_to(const struct addr *to, const struct netlink_hints *hints,
		     struct netlink_route *route)
{
	uint8_t buffer[NETLINK_ASK_BYTES];
	struct nlmsghdr *request = netlink_request(buffer, RTM_GETROUTE, 0, sizeof(struct rtmsg));
	struct rtmsg *header = mnl_nlmsg_get_payload(request);

	*route = (struct netlink_route){0};
	header->rtm_family = to->family;
	header->rtm_dst_len = addr_length(to->family) * 8;
	mnl_attr_put(request, RTA_DST, addr_length(to->family), to->bytes);
	if (hints)
		put_hints(request, header, to->family, hints);
	return netlink_ask(NETLINK_ROUTE, request, on_route, route);
}

/* Rules */

struct wanted_rule {
	int family;
	uint32_t mark;
	bool found;
};

static int on_rule(const struct nlmsghdr *message, void *data)
{
	const struct fib_rule_hdr *header = mnl_nlmsg_get_payload(message);
	uint32_t mark = 0, mask = UINT32_MAX;
	struct wanted_rule *wanted = data;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, message, sizeof(*header))
	{
		if (mnl_attr_get_type(attr) == FRA_FWMARK)
			mark = mnl_attr_get_u32(attr);
		else if (mnl_attr_get_type(attr) == FRA_FWMASK)
			mask = mnl_attr_get_u32(attr);
	}
	if (mark && header->family == wanted->family && (wanted->mark & mask) == mark)
		wanted->found = true;
	return MNL_CB_OK;
}

bool netlink_has_rule(int family, uint32_t mark)
{
	struct wanted_rule wanted = {.family = family, .mark = mark};

	netlink_dump(RTM_GETRULE, sizeof(struct fib_rule_hdr), on_rule, &wanted, NULL);
	return wanted.found;
}

/* Addresses */

struct wanted_address {
	struct addr address;
	bool found;
};

static int on_address(const struct nlmsghdr *message, void *data)
{
	struct addr ours = netlink_local_address(message);
	struct wanted_address *wanted = data;

	if (addr_equal(&ours, &wanted->address))
		wanted->found = true;
	return MNL_CB_OK;
}

bool netlink_has_address(const struct addr *address)
{
	struct wanted_address wanted = {.address = *address};

	netlink_dump(RTM_GETADDR, sizeof(struct ifaddrmsg), on_address, &wanted, NULL);
	return wanted.found;
}
