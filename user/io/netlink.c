/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/netlink.h"
#include "base/netlink_ask.h"

#include <errno.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

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
	return MNL_CB_STOP;
}

/* Asks by name if `name` is not NULL, else by number. */
static int get_link(const char *name, unsigned ifindex, struct netlink_interface *interface)
{
	uint8_t buffer[NETLINK_ASK_BYTES];
	struct nlmsghdr *request =
		netlink_request(buffer, RTM_GETLINK, 0, sizeof(struct ifinfomsg));
	struct ifinfomsg *link = mnl_nlmsg_get_payload(request);

	link->ifi_index = (int)ifindex;
	if (name)
		mnl_attr_put_strz(request,
				  strlen(name) < IF_NAMESIZE ? IFLA_IFNAME : IFLA_ALT_IFNAME, name);
	return netlink_ask(NETLINK_ROUTE, request, on_link, interface);
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

/* Routers speak from the first IPv6 link-local address, which the kernel lists last. It gets the
 * last place if there are too many addresses. */
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

/* The kernel lists an interface's primary addresses before its secondary ones. */
static int on_address(const struct nlmsghdr *message, void *data)
{
	const uint32_t unusable = IFA_F_TENTATIVE | IFA_F_DEPRECATED | IFA_F_DADFAILED;
	const struct ifaddrmsg *address = mnl_nlmsg_get_payload(message);
	struct netlink_interface *interface = data;
	struct addr local;

	if (address->ifa_index != interface->ifindex || !addr_length(address->ifa_family) ||
	    (address_flags(message, address) & unusable))
		return MNL_CB_OK;
	local = netlink_local_address(message);
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
		   : netlink_dump(RTM_GETADDR, sizeof(struct ifaddrmsg), on_address, interface,
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
