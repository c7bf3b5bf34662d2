/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/netlink.h"
#include "base/hash.h"
#include "base/memory.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_arp.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_BYTES 32768 /* what the kernel fills at most in one piece of a dump */
#define DUMP_TRIES   5

/* Sends one request and hands each message of the answer to `cb`. */
static int exchange(struct mnl_socket *nl, struct nlmsghdr *request, mnl_cb_t cb, void *data)
{
	static uint8_t buffer[BUFFER_BYTES];
	unsigned port = mnl_socket_get_portid(nl);
	int more;

	if (mnl_socket_sendto(nl, request, request->nlmsg_len) < 0)
		return -errno;
	do {
		ssize_t length = mnl_socket_recvfrom(nl, buffer, sizeof(buffer));

		if (length < 0)
			return -errno;
		more = mnl_cb_run(buffer, length, request->nlmsg_seq, port, cb, data);
	} while (more > MNL_CB_STOP);
	return more < 0 ? -errno : 0;
}

/* The kernel answers within the call: nothing here waits for anyone. */
static int ask(struct nlmsghdr *request, mnl_cb_t cb, void *data)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	int err;

	if (!nl)
		return -errno;
	err = mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ? -errno
							     : exchange(nl, request, cb, data);
	mnl_socket_close(nl);
	return err;
}

static struct nlmsghdr *put_request(void *buffer, uint16_t type, uint16_t flags, size_t extra,
				    uint8_t family)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	uint8_t *header;

	request->nlmsg_type = type;
	request->nlmsg_flags = NLM_F_REQUEST | flags;
	request->nlmsg_seq = 1;
	header = mnl_nlmsg_put_extra_header(request, extra);
	header[0] = family; /* comes first in all of them */
	return request;
}

static int on_link(const struct nlmsghdr *message, void *data)
{
	const struct ifinfomsg *link = mnl_nlmsg_get_payload(message);
	struct netlink_interface *interface = data;
	const struct nlattr *attr;

	interface->ifindex = link->ifi_index;
	interface->up = link->ifi_flags & IFF_UP;
	interface->loopback = link->ifi_flags & IFF_LOOPBACK;
	interface->ethernet = link->ifi_type == ARPHRD_ETHER;
	mnl_attr_for_each(attr, message, sizeof(*link))
	{
		uint16_t type = mnl_attr_get_type(attr);

		if (type == IFLA_MTU)
			interface->mtu = mnl_attr_get_u32(attr);
		else if (type == IFLA_ADDRESS &&
			 mnl_attr_get_payload_len(attr) == sizeof(interface->mac))
			memcpy(interface->mac, mnl_attr_get_payload(attr), sizeof(interface->mac));
		else if (type == IFLA_IFNAME)
			snprintf(interface->name, sizeof(interface->name), "%s",
				 mnl_attr_get_str(attr));
	}
	/* One answer, which no end-of-dump follows. */
	return MNL_CB_STOP;
}

/* By its name or an alternative one, else by its number. */
static int get_link(const char *name, unsigned ifindex, struct netlink_interface *interface)
{
	uint8_t buffer[MNL_NLMSG_HDRLEN + 256];
	struct nlmsghdr *request =
		put_request(buffer, RTM_GETLINK, 0, sizeof(struct ifinfomsg), AF_UNSPEC);
	struct ifinfomsg *link = mnl_nlmsg_get_payload(request);

	link->ifi_index = (int)ifindex;
	if (name)
		mnl_attr_put_strz(request,
				  strlen(name) < IF_NAMESIZE ? IFLA_IFNAME : IFLA_ALT_IFNAME, name);
	return ask(request, on_link, interface);
}

/* A dump that a change of the table ran into starts again, and with it `count`, which may be NULL.
 */
static int dump(uint16_t type, size_t extra, mnl_cb_t cb, void *data, unsigned *count)
{
	uint8_t buffer[MNL_NLMSG_HDRLEN + 256];
	struct nlmsghdr *request;
	int err = -EINTR;

	for (unsigned i = 0; i < DUMP_TRIES && err == -EINTR; i++) {
		if (count)
			*count = 0;
		request = put_request(buffer, type, NLM_F_DUMP, extra, AF_UNSPEC);
		err = ask(request, cb, data);
	}
	return err;
}

static uint32_t address_flags(const struct nlmsghdr *message, const struct ifaddrmsg *address)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, message, sizeof(*address))
	{
		if (mnl_attr_get_type(attr) == IFA_FLAGS)
			return mnl_attr_get_u32(attr);
	}
	return address->ifa_flags;
}

/* IFA_ADDRESS is the peer's on a point-to-point link, and IFA_LOCAL then ours. */
static struct addr local_address(const struct nlmsghdr *message, const struct ifaddrmsg *address)
{
	struct addr found = {0};
	const struct nlattr *attr;

	mnl_attr_for_each(attr, message, sizeof(*address))
	{
		uint16_t type = mnl_attr_get_type(attr);

		if (mnl_attr_get_payload_len(attr) != addr_length(address->ifa_family))
			continue;
		if (type == IFA_LOCAL || (type == IFA_ADDRESS && !found.family))
			found = addr_from_bytes(address->ifa_family, mnl_attr_get_payload(attr));
	}
	return found;
}

/* The kernel names IPv6 link-local addresses last, and routers speak from the first of them:
 * no number of others may keep it out. */
static void keep_address(struct netlink_interface *interface, const struct addr *address,
			 uint8_t prefix_length)
{
	const struct addr *last = &interface->addresses[NETLINK_ADDRESSES_MAX - 1];
	unsigned place = interface->address_count;

	if (place < NETLINK_ADDRESSES_MAX)
		interface->address_count++;
	else if (address->family == AF_INET6 && addr_is_link_local(address) &&
		 !(last->family == AF_INET6 && addr_is_link_local(last)))
		place--;
	else
		return;
	interface->addresses[place] = *address;
	interface->prefix_lengths[place] = prefix_length;
}

/* The kernel keeps an interface's primary addresses before its secondary ones. */
static int on_address(const struct nlmsghdr *message, void *data)
{
	const uint32_t unusable = IFA_F_TENTATIVE | IFA_F_DEPRECATED | IFA_F_DADFAILED;
	const struct ifaddrmsg *address = mnl_nlmsg_get_payload(message);
	struct netlink_interface *interface = data;
	struct addr local;

	if (address->ifa_index != interface->ifindex || !addr_length(address->ifa_family) ||
	    (address_flags(message, address) & unusable))
		return MNL_CB_OK;
	local = local_address(message, address);
	if (local.family)
		keep_address(interface, &local, address->ifa_prefixlen);
	return MNL_CB_OK;
}

static int get_interface(const char *name, unsigned ifindex, struct netlink_interface *interface)
{
	int err;

	*interface = (struct netlink_interface){0};
	err = get_link(name, ifindex, interface);
	return err ? err
		   : dump(RTM_GETADDR, sizeof(struct ifaddrmsg), on_address, interface,
			  &interface->address_count);
}

int netlink_get_interface(const char *name, struct netlink_interface *interface)
{
	return strlen(name) < NETLINK_NAME_BYTES ? get_interface(name, 0, interface) : -ENODEV;
}

int netlink_get_interface_at(unsigned ifindex, struct netlink_interface *interface)
{
	return ifindex ? get_interface(NULL, ifindex, interface) : -ENODEV;
}

unsigned netlink_compare(const struct netlink_interface *before,
			 const struct netlink_interface *now)
{
	unsigned changes = 0;

	if (before->ifindex != now->ifindex)
		changes |= NETLINK_INTERFACE;
	else if (strcmp(before->name, now->name) != 0)
		changes |= NETLINK_NAME;
	if (before->up != now->up)
		changes |= NETLINK_STATE;
	if (memcmp(before->mac, now->mac, sizeof(now->mac)) != 0)
		changes |= NETLINK_MAC;
	if (before->mtu != now->mtu)
		changes |= NETLINK_MTU;
	if (before->address_count != now->address_count ||
	    memcmp(before->addresses, now->addresses,
		   now->address_count * sizeof(now->addresses[0])) != 0 ||
	    memcmp(before->prefix_lengths, now->prefix_lengths, now->address_count) != 0)
		changes |= NETLINK_ADDRESSES;
	return changes;
}

void netlink_subnets(const struct netlink_interface *interface, struct prefixes *subnets)
{
	_Static_assert(NETLINK_ADDRESSES_MAX <= PREFIXES_MAX, "a subnet for each address");
	subnets->count = 0;
	for (unsigned i = 0; i < interface->address_count; i++) {
		struct prefix subnet = {interface->addresses[i], interface->prefix_lengths[i]};

		if (subnet.length < addr_length(subnet.addr.family) * 8)
			subnets->list[subnets->count++] = subnet;
	}
}

/* Uplinks. A route names its hops, or a nexthop object (ip-nexthop(8)) in their place: beside it
 * the kernel names the hops, too, unless net.ipv4.nexthop_compat_mode is 0. */

struct object {
	uint32_t id;
	bool is_default; /* a default route's, too */
	UT_hash_handle hh;
};

struct uplinks {
	unsigned *ifindexes;
	unsigned max, count;
	struct object *objects; /* that routes go by */
};

static void add_uplink(struct uplinks *uplinks, unsigned ifindex)
{
	for (unsigned i = 0; i < uplinks->count; i++) {
		if (uplinks->ifindexes[i] == ifindex)
			return;
	}
	if (ifindex && uplinks->count < uplinks->max)
		uplinks->ifindexes[uplinks->count++] = ifindex;
}

/* A hop counts when it is a gateway, or every hop of a default route. */
static void add_hop(struct uplinks *uplinks, unsigned ifindex, bool is_default,
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
		add_uplink(uplinks, ifindex);
}

static void add_multipath(struct uplinks *uplinks, const struct nlattr *multipath, bool is_default)
{
	const struct rtnexthop *hop = mnl_attr_get_payload(multipath);
	int left = mnl_attr_get_payload_len(multipath);

	for (; RTNH_OK(hop, left); left -= RTNH_ALIGN(hop->rtnh_len), hop = RTNH_NEXT(hop))
		add_hop(uplinks, hop->rtnh_ifindex, is_default, (const void *)RTNH_DATA(hop),
			hop->rtnh_len - sizeof(*hop));
}

static void add_object(struct uplinks *uplinks, uint32_t id, bool is_default)
{
	struct object *object;

	HASH_FIND(hh, uplinks->objects, &id, sizeof(id), object);
	if (!object) {
		object = memory_new(sizeof(*object));
		object->id = id;
		HASH_ADD(hh, uplinks->objects, id, sizeof(object->id), object);
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

/* Of a nexthop object that routes go by; `attributes` are those up to NHA_GATEWAY. */
static const struct object *parse_object(const struct uplinks *uplinks,
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
	HASH_FIND(hh, uplinks->objects, &id, sizeof(id), object);
	return object;
}

/* A group goes by its members, which are no groups themselves. */
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
		add_uplink(data, mnl_attr_get_u32(attributes[NHA_OIF]));
	return MNL_CB_OK;
}

static int resolve_objects(struct uplinks *uplinks)
{
	int err = 0;

	if (uplinks->objects)
		err = dump(RTM_GETNEXTHOP, sizeof(struct nhmsg), on_group, uplinks, NULL);
	if (uplinks->objects && !err)
		err = dump(RTM_GETNEXTHOP, sizeof(struct nhmsg), on_nexthop, uplinks, NULL);
	return err;
}

static void free_objects(struct uplinks *uplinks)
{
	struct object *object, *next;

	HASH_ITER (hh, uplinks->objects, object, next) {
		HASH_DEL(uplinks->objects, object);
		free(object);
	}
}

int netlink_uplinks(unsigned *ifindexes, unsigned max)
{
	struct uplinks uplinks = {.ifindexes = ifindexes, .max = max};
	int err = dump(RTM_GETROUTE, sizeof(struct rtmsg), on_route, &uplinks, &uplinks.count);

	if (!err)
		err = resolve_objects(&uplinks);
	free_objects(&uplinks);
	return err ? err : (int)uplinks.count;
}
