/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/features.h"

#include "base/netlink_ask.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <string.h>

#define DEV_GET          1 /* NETDEV_CMD_DEV_GET */
#define DEV_IFINDEX      1 /* NETDEV_A_DEV_IFINDEX */
#define DEV_XDP_FEATURES 3 /* NETDEV_A_DEV_XDP_FEATURES */

/* The value of attribute `type` in a message of generic netlink. */
struct wanted {
	uint16_t type;
	uint64_t value;
	bool found;
};

static int take_wanted(const struct nlattr *attribute, void *data)
{
	struct wanted *wanted = data;

	if (mnl_attr_get_type(attribute) != wanted->type)
		return MNL_CB_OK;
	wanted->found = true;
	wanted->value = mnl_attr_get_payload_len(attribute) == sizeof(uint64_t)
				? mnl_attr_get_u64(attribute)
				: mnl_attr_get_u16(attribute);
	return MNL_CB_STOP;
}

static int take_message(const struct nlmsghdr *message, void *wanted)
{
	return mnl_attr_parse(message, sizeof(struct genlmsghdr), take_wanted, wanted);
}

static int ask_kernel(unsigned ifindex, uint64_t *features)
{
	struct wanted family = {.type = CTRL_ATTR_FAMILY_ID}, wanted = {.type = DEV_XDP_FEATURES};
	uint8_t buffer[NETLINK_ASK_BYTES];
	struct nlmsghdr *request;
	int error = netlink_ask_family("netdev", take_message, &family);

	if (error || !family.found)
		return error ? error : -ENOENT;
	request = netlink_generic_request(buffer, family.value, DEV_GET);
	mnl_attr_put_u32(request, DEV_IFINDEX, ifindex);
	error = netlink_ask(NETLINK_GENERIC, request, take_message, &wanted);
	*features = wanted.value;
	return error || wanted.found ? error : -ENOENT;
}

static int take_kind(const struct nlattr *attribute, void *data)
{
	const struct nlattr *nested;
	const char **kind = data;

	if (mnl_attr_get_type(attribute) != IFLA_LINKINFO)
		return MNL_CB_OK;
	mnl_attr_for_each_nested(nested, attribute)
	{
		if (mnl_attr_get_type(nested) == IFLA_INFO_KIND)
			*kind = mnl_attr_get_str(nested);
	}
	return MNL_CB_STOP;
}

/* Of the virtual interfaces (only these have a kind), the kinds that could do something with XDP
 * before Linux 6.3. */
static bool kind_has_xdp(const char *kind)
{
	static const char *const with_xdp[] = {"veth", "tun", "bond"};

	for (unsigned i = 0; i < sizeof(with_xdp) / sizeof(*with_xdp); i++)
		if (!strcmp(kind, with_xdp[i]))
			return true;
	return false;
}

static int take_link(const struct nlmsghdr *message, void *lacks_xdp)
{
	const char *kind = NULL;

	mnl_attr_parse(message, sizeof(struct ifinfomsg), take_kind, &kind);
	*(bool *)lacks_xdp = kind && !kind_has_xdp(kind);
	return MNL_CB_STOP;
}

static bool lacks_xdp(unsigned ifindex)
{
	uint8_t buffer[NETLINK_ASK_BYTES];
	struct nlmsghdr *request =
		netlink_request(buffer, RTM_GETLINK, 0, sizeof(struct ifinfomsg));
	struct ifinfomsg *link = mnl_nlmsg_get_payload(request);
	bool lacks = false;

	link->ifi_index = ifindex;
	netlink_ask(NETLINK_ROUTE, request, take_link, &lacks);
	return lacks;
}

int features_get(unsigned ifindex, uint64_t *features)
{
	int error = ask_kernel(ifindex, features);

	return error && lacks_xdp(ifindex) ? 0 : error;
}
