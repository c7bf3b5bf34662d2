/* SPDX-License-Identifier: BSD-2-Clause */
/* What a driver says that it does with XDP: Linux 6.3 and later tell, by the generic netlink family
 * "netdev" (Documentation/netlink/specs/netdev.yaml). Before, it is known of some kinds of virtual
 * interfaces that they do nothing. */
#include "dataplane/internal.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

#define DEV_GET          1 /* NETDEV_CMD_DEV_GET */
#define DEV_IFINDEX      1 /* NETDEV_A_DEV_IFINDEX */
#define DEV_XDP_FEATURES 3 /* NETDEV_A_DEV_XDP_FEATURES */

/* The value of attribute `type`, in a message of generic netlink. */
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

static struct nlmsghdr *start_request(char *buffer, uint16_t family, uint8_t command)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct genlmsghdr *generic = mnl_nlmsg_put_extra_header(request, sizeof(*generic));

	request->nlmsg_type = family;
	request->nlmsg_flags = NLM_F_REQUEST;
	generic->cmd = command;
	generic->version = 1;
	return request;
}

static int exchange(struct mnl_socket *socket, const struct nlmsghdr *request, mnl_cb_t take,
		    void *data)
{
	char buffer[32768]; /* an interface with virtual functions has a long answer */
	int length;

	if (mnl_socket_sendto(socket, request, request->nlmsg_len) < 0)
		return -errno;
	length = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
	if (length < 0 || mnl_cb_run(buffer, length, 0, 0, take, data) == MNL_CB_ERROR)
		return -errno;
	return 0;
}

static int ask(struct mnl_socket *socket, const struct nlmsghdr *request, struct wanted *wanted)
{
	int error = exchange(socket, request, take_message, wanted);

	return error || wanted->found ? error : -ENOENT;
}

static int ask_features(struct mnl_socket *socket, unsigned ifindex, struct wanted *features)
{
	struct wanted family = {.type = CTRL_ATTR_FAMILY_ID};
	char buffer[256];
	struct nlmsghdr *request = start_request(buffer, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
	int error;

	mnl_attr_put_strz(request, CTRL_ATTR_FAMILY_NAME, "netdev");
	error = ask(socket, request, &family);
	if (error)
		return error;
	request = start_request(buffer, family.value, DEV_GET);
	mnl_attr_put_u32(request, DEV_IFINDEX, ifindex);
	return ask(socket, request, features);
}

static int ask_kernel(unsigned ifindex, uint64_t *features)
{
	struct wanted wanted = {.type = DEV_XDP_FEATURES};
	struct mnl_socket *socket = mnl_socket_open(NETLINK_GENERIC);
	int error;

	if (!socket)
		return -errno;
	error = mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID)
			? -errno
			: ask_features(socket, ifindex, &wanted);
	mnl_socket_close(socket);
	*features = wanted.value;
	return error;
}

/* Kinds */

static int take_kind(const struct nlattr *attribute, void *data)
{
	const struct nlattr *nested;
	const char **kind = data;

	if (mnl_attr_get_type(attribute) != IFLA_LINKINFO)
		return MNL_CB_OK;
	mnl_attr_for_each_nested(nested,
				 attribute) if (mnl_attr_get_type(nested) == IFLA_INFO_KIND) *kind =
		mnl_attr_get_str(nested);
	return MNL_CB_STOP;
}

/* Virtual interfaces have a kind. Of them, these had to do with XDP before Linux 6.3. */
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
	struct mnl_socket *socket = mnl_socket_open(NETLINK_ROUTE);
	char buffer[256];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *link = mnl_nlmsg_put_extra_header(request, sizeof(*link));
	bool lacks = false;

	if (!socket)
		return false;
	request->nlmsg_type = RTM_GETLINK;
	request->nlmsg_flags = NLM_F_REQUEST;
	link->ifi_index = ifindex;
	if (!mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID))
		exchange(socket, request, take_link, &lacks);
	mnl_socket_close(socket);
	return lacks;
}

int features_get(unsigned ifindex, uint64_t *features)
{
	int error = ask_kernel(ifindex, features);

	return error && lacks_xdp(ifindex) ? 0 : error;
}
