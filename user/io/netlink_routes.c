/* SPDX-License-Identifier: BSD-2-Clause */
/* A route names its hops, or a nexthop object (ip-nexthop(8)). Beside the object the kernel names
 * the hops, too, unless net.ipv4.nexthop_compat_mode is 0. */
#include "io/netlink_routes.h"
#include "base/addr.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/netlink_ask.h"

#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

struct object {
	uint32_t id;
	bool is_default; /* a default route uses it */
	UT_hash_handle hh;
};

struct upstreams {
	unsigned *ifindexes;
	unsigned max, count;
	struct object *objects; /* that routes use */
};

static void add_upstream(struct upstreams *upstreams, unsigned ifindex)
{
	for (unsigned i = 0; i < upstreams->count; i++) {
		if (upstreams->ifindexes[i] == ifindex)
			return;
	}
	if (ifindex && upstreams->count < upstreams->max)
		upstreams->ifindexes[upstreams->count++] = ifindex;
}

/* A hop counts if it has a gateway or belongs to a default route. */
static void add_hop(struct upstreams *upstreams, unsigned ifindex, bool is_default,
		    const struct nlattr *attrs, size_t length)
{
	const struct nlattr *attr;
	bool gateway = false;

	mnl_attr_for_each_payload(attrs, length)
	{
		uint16_t type = mnl_attr_get_type(attr);

		gateway |= type == RTA_GATEWAY || type == RTA_VIA;
	}
	if (gateway || is_default)
		add_upstream(upstreams, ifindex);
}

static void add_multipath(struct upstreams *upstreams, const struct nlattr *multipath,
			  bool is_default)
{
	const struct rtnexthop *hop = mnl_attr_get_payload(multipath);
	int left = mnl_attr_get_payload_len(multipath);

	for (; RTNH_OK(hop, left); left -= RTNH_ALIGN(hop->rtnh_len), hop = RTNH_NEXT(hop))
		add_hop(upstreams, hop->rtnh_ifindex, is_default, (const void *)RTNH_DATA(hop),
			hop->rtnh_len - sizeof(*hop));
}

static void add_object(struct upstreams *upstreams, uint32_t id, bool is_default)
{
	struct object *object;

	HASH_FIND(hh, upstreams->objects, &id, sizeof(id), object);
	if (!object) {
		object = memory_new(sizeof(*object));
		object->id = id;
		HASH_ADD(hh, upstreams->objects, id, sizeof(object->id), object);
	}
	object->is_default = object->is_default || is_default;
}

static int on_route(const struct nlmsghdr *message, void *data)
{
	const struct rtmsg *route = mnl_nlmsg_get_payload(message);
	unsigned table = route->rtm_table, ifindex = 0, id = 0;
	const struct nlattr *attr, *multipath = NULL;
	bool is_default = route->rtm_dst_len == 0;

	mnl_attr_for_each(attr, message, sizeof(*route))
	{
		uint16_t type = mnl_attr_get_type(attr);

		if (type == RTA_TABLE)
			table = mnl_attr_get_u32(attr);
		else if (type == RTA_OIF)
			ifindex = mnl_attr_get_u32(attr);
		else if (type == RTA_MULTIPATH)
			multipath = attr;
		else if (type == RTA_NH_ID)
			id = mnl_attr_get_u32(attr);
	}
	if (!addr_length(route->rtm_family) || table != RT_TABLE_MAIN ||
	    route->rtm_type != RTN_UNICAST || (route->rtm_flags & RTM_F_CLONED))
		return MNL_CB_OK;
	if (multipath)
		add_multipath(data, multipath, is_default);
	else if (id && !ifindex)
		add_object(data, id, is_default);
	else
		add_hop(data, ifindex, is_default,
			mnl_nlmsg_get_payload_offset(message, sizeof(*route)),
			mnl_nlmsg_get_payload_len(message) - MNL_ALIGN(sizeof(*route)));
	return MNL_CB_OK;
}

/* Sets the attributes up to NHA_GATEWAY of a nexthop object. Returns the object if a route uses it,
 * else NULL. */
static const struct object *parse_object(const struct upstreams *upstreams,
					 const struct nlmsghdr *message,
					 const struct nlattr *attributes[NHA_GATEWAY + 1])
{
	struct object *object = NULL;
	const struct nlattr *attr;
	uint32_t id;

	memset(attributes, 0, (NHA_GATEWAY + 1) * sizeof(*attributes));
	mnl_attr_for_each(attr, message, sizeof(struct nhmsg))
	{
		if (mnl_attr_get_type(attr) <= NHA_GATEWAY)
			attributes[mnl_attr_get_type(attr)] = attr;
	}
	if (!attributes[NHA_ID])
		return NULL;
	id = mnl_attr_get_u32(attributes[NHA_ID]);
	HASH_FIND(hh, upstreams->objects, &id, sizeof(id), object);
	return object;
}

/* The members of a group are no groups themselves. */
static int on_group(const struct nlmsghdr *message, void *data)
{
	const struct nlattr *attributes[NHA_GATEWAY + 1];
	const struct object *object = parse_object(data, message, attributes);
	const struct nexthop_grp *members;

	if (!object || !attributes[NHA_GROUP])
		return MNL_CB_OK;
	members = mnl_attr_get_payload(attributes[NHA_GROUP]);
	for (size_t i = mnl_attr_get_payload_len(attributes[NHA_GROUP]) / sizeof(*members); i--;)
		add_object(data, members[i].id, object->is_default);
	return MNL_CB_OK;
}

static int on_nexthop(const struct nlmsghdr *message, void *data)
{
	const struct nlattr *attributes[NHA_GATEWAY + 1];
	const struct object *object = parse_object(data, message, attributes);

	if (object && attributes[NHA_OIF] && (attributes[NHA_GATEWAY] || object->is_default))
		add_upstream(data, mnl_attr_get_u32(attributes[NHA_OIF]));
	return MNL_CB_OK;
}

static int resolve_objects(struct upstreams *upstreams)
{
	int err = 0;

	if (upstreams->objects)
		err = netlink_dump(RTM_GETNEXTHOP, sizeof(struct nhmsg), on_group, upstreams, NULL);
	if (upstreams->objects && !err)
		err = netlink_dump(RTM_GETNEXTHOP, sizeof(struct nhmsg), on_nexthop, upstreams,
				   NULL);
	return err;
}

static void free_objects(struct upstreams *upstreams)
{
	struct object *object, *next;

	HASH_ITER (hh, upstreams->objects, object, next) {
		HASH_DEL(upstreams->objects, object);
		free(object);
	}
}

int netlink_upstreams(unsigned *ifindexes, unsigned max)
{
	struct upstreams upstreams = {.ifindexes = ifindexes, .max = max};
	int err = netlink_dump(RTM_GETROUTE, sizeof(struct rtmsg), on_route, &upstreams,
			       &upstreams.count);

	if (!err)
		err = resolve_objects(&upstreams);
	free_objects(&upstreams);
	return err ? err : (int)upstreams.count;
}
