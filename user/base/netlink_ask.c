/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/netlink_ask.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>

#define ANSWER_BYTES   32768 /* the largest message that the kernel sends in a dump */
#define DUMP_TRIES_MAX 5

struct nlmsghdr *netlink_request(void *buffer, uint16_t type, uint16_t flags, size_t size)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);

	request->nlmsg_type = type;
	request->nlmsg_flags = NLM_F_REQUEST | flags;
	request->nlmsg_seq = 1;
	mnl_nlmsg_put_extra_header(request, size);
	return request;
}

struct nlmsghdr *netlink_generic_request(void *buffer, uint16_t family, uint8_t command)
{
	struct nlmsghdr *request = netlink_request(buffer, family, 0, sizeof(struct genlmsghdr));
	struct genlmsghdr *generic = mnl_nlmsg_get_payload(request);

	generic->cmd = command;
	generic->version = 1;
	return request;
}

static int exchange(struct mnl_socket *socket, const struct nlmsghdr *request, mnl_cb_t take,
		    void *data)
{
	bool is_dump = request->nlmsg_flags & NLM_F_DUMP;
	unsigned port = mnl_socket_get_portid(socket);
	uint8_t buffer[ANSWER_BYTES];
	int more;

	if (mnl_socket_sendto(socket, request, request->nlmsg_len) < 0)
		return -errno;
	do {
		ssize_t length = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));

		if (length < 0)
			return -errno;
		more = mnl_cb_run(buffer, length, request->nlmsg_seq, port, take, data);
	} while (is_dump && more > MNL_CB_STOP);
	return more < MNL_CB_STOP ? -errno : 0;
}

int netlink_ask(int bus, const struct nlmsghdr *request, mnl_cb_t take, void *data)
{
	struct mnl_socket *socket = mnl_socket_open2(bus, SOCK_CLOEXEC);
	int error;

	if (!socket)
		return -errno;
	error = mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID)
			? -errno
			: exchange(socket, request, take, data);
	mnl_socket_close(socket);
	return error;
}

int netlink_dump(uint16_t type, size_t size, mnl_cb_t take, void *data, unsigned *count)
{
	uint8_t buffer[NETLINK_ASK_BYTES];
	int error = -EINTR;

	for (unsigned i = 0; i < DUMP_TRIES_MAX && error == -EINTR; i++) {
		if (count)
			*count = 0;
		error = netlink_ask(NETLINK_ROUTE, netlink_request(buffer, type, NLM_F_DUMP, size),
				    take, data);
	}
	return error;
}

int netlink_ask_family(const char *name, mnl_cb_t take, void *data)
{
	uint8_t buffer[NETLINK_ASK_BYTES];
	struct nlmsghdr *request =
		netlink_generic_request(buffer, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);

	mnl_attr_put_strz(request, CTRL_ATTR_FAMILY_NAME, name);
	return netlink_ask(NETLINK_GENERIC, request, take, data);
}

struct addr netlink_local_address(const struct nlmsghdr *message)
{
	const struct ifaddrmsg *header = mnl_nlmsg_get_payload(message);
	struct addr found = {0};
	const struct nlattr *attr;

	mnl_attr_for_each(attr, message, sizeof(*header))
	{
		uint16_t type = mnl_attr_get_type(attr);

		if (mnl_attr_get_payload_len(attr) != addr_length(header->ifa_family))
			continue;
		if (type == IFA_LOCAL || (type == IFA_ADDRESS && !found.family))
			found = addr_from_bytes(header->ifa_family, mnl_attr_get_payload(attr));
	}
	return found;
}
