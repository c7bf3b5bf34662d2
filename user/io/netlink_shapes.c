/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/netlink_shapes.h"
#include "base/netlink_ask.h"

#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#define NAMES_MAX 64 /* names that are written at most */

struct list {
	struct netlink_shape *shapes;
	unsigned max, count;
};

static void take_kind(struct netlink_shape *shape, const struct nlattr *info)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, info)
	{
		if (mnl_attr_get_type(attr) == IFLA_INFO_KIND)
			snprintf(shape->kind, sizeof(shape->kind), "%s", mnl_attr_get_str(attr));
	}
}

/* IFLA_LINK of a veth is its peer, perhaps in another network namespace. */
static void take_attribute(struct netlink_shape *shape, const struct nlattr *attr)
{
	uint16_t type = mnl_attr_get_type(attr);

	if (type == IFLA_IFNAME)
		snprintf(shape->name, sizeof(shape->name), "%s", mnl_attr_get_str(attr));
	else if (type == IFLA_MASTER)
		shape->master = mnl_attr_get_u32(attr);
	else if (type == IFLA_LINK)
		shape->parent = mnl_attr_get_u32(attr);
	else if (type == IFLA_CARRIER)
		shape->carrier = mnl_attr_get_u8(attr);
	else if (type == IFLA_LINKINFO)
		take_kind(shape, attr);
}

static int on_link(const struct nlmsghdr *message, void *data)
{
	const struct ifinfomsg *link = mnl_nlmsg_get_payload(message);
	struct list *list = data;
	struct netlink_shape *shape = &list->shapes[list->count];
	const struct nlattr *attr;

	if (list->count == list->max)
		return MNL_CB_OK;
	*shape = (struct netlink_shape){.ifindex = link->ifi_index,
					.loopback = link->ifi_flags & IFF_LOOPBACK};
	mnl_attr_for_each(attr, message, sizeof(*link))
	{
		take_attribute(shape, attr);
	}
	if (strcmp(shape->kind, "vlan") != 0)
		shape->parent = 0;
	list->count++;
	return MNL_CB_OK;
}

int netlink_shapes(struct netlink_shape *shapes, unsigned max)
{
	struct list list = {.shapes = shapes, .max = max};
	int error =
		netlink_dump(RTM_GETLINK, sizeof(struct ifinfomsg), on_link, &list, &list.count);

	return error ? error : (int)list.count;
}

void netlink_names(char *names, size_t size)
{
	struct netlink_shape shapes[NAMES_MAX];
	int count = netlink_shapes(shapes, NAMES_MAX);
	size_t length = 0;

	*names = '\0';
	for (int i = 0; i < count; i++)
		if (!shapes[i].loopback && length < size)
			length += snprintf(names + length, size - length, "%s%s", length ? " " : "",
					   shapes[i].name);
}
