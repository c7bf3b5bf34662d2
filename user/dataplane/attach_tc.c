/* SPDX-License-Identifier: BSD-2-Clause */
/* Attachment by filters of TC on the ingress side of the clsact qdisc.
 *
 * Others use the same qdisc. A filter is ours when its priority, its handle and its program's name
 * are; the qdisc is ours when a handle of ours says that we added it, and it may go when nobody
 * else's filter hangs on it. As all of that stands in the kernel, what a killed daemon has left
 * behind is recognised as surely as what this process has added. */
#include "dataplane/internal.h"

#include <errno.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include <bpf/libbpf.h>
#include <libmnl/libmnl.h>

/* Handles are ROLE_HANDLE + role, with MADE_CLSACT where the qdisc was added for that filter, or
 * for the one of the other role. */
#define PRIORITY    2268
#define ROLE_HANDLE 1
#define MADE_CLSACT 0x10

#define DUMP_BYTES 32768 /* the kernel's largest part of a dump */

static const char *const program_names[ROLE_COUNT] = {
	[ROLE_UPSTREAM] = "ingest_tc", [ROLE_DOWNSTREAM] = "observe_tc"};

struct contents {
	uint32_t ours[2 * ROLE_COUNT];
	unsigned our_count;
	unsigned other_count;
};

static void filter_attribute(const struct nlattr *attribute, const char **kind,
			     const struct nlattr **options)
{
	if (mnl_attr_get_type(attribute) == TCA_KIND)
		*kind = mnl_attr_get_str(attribute);
	else if (mnl_attr_get_type(attribute) == TCA_OPTIONS)
		*options = attribute;
}

/* libbpf names a filter by its program: "ingest_tc:[42]". */
static bool has_our_name(const struct nlmsghdr *message, enum role role)
{
	const struct nlattr *attribute, *options = NULL;
	size_t length = strlen(program_names[role]);
	const char *kind = "";

	mnl_attr_for_each(attribute, message, sizeof(struct tcmsg))
		filter_attribute(attribute, &kind, &options);
	if (strcmp(kind, "bpf") || !options)
		return false;
	mnl_attr_for_each_nested(attribute, options)
	{
		if (mnl_attr_get_type(attribute) != TCA_BPF_NAME)
			continue;
		return !strncmp(mnl_attr_get_str(attribute), program_names[role], length) &&
		       mnl_attr_get_str(attribute)[length] == ':';
	}
	return false;
}

static bool is_ours(const struct nlmsghdr *message, const struct tcmsg *filter)
{
	uint32_t role = (filter->tcm_handle & ~MADE_CLSACT) - ROLE_HANDLE;

	return role < ROLE_COUNT && has_our_name(message, role);
}

static int add_filter(const struct nlmsghdr *message, void *data)
{
	const struct tcmsg *filter = mnl_nlmsg_get_payload(message);
	bool our_priority = TC_H_MAJ(filter->tcm_info) >> 16 == PRIORITY;
	struct contents *contents = data;

	/* Before its filters, a priority is listed by itself with handle 0. */
	if (our_priority && !filter->tcm_handle)
		return MNL_CB_OK;
	if (our_priority && is_ours(message, filter) && contents->our_count < 2 * ROLE_COUNT)
		contents->ours[contents->our_count++] = filter->tcm_handle;
	else
		contents->other_count++;
	return MNL_CB_OK;
}

static int list_filters(struct mnl_socket *socket, unsigned ifindex, uint32_t parent,
			struct contents *contents)
{
	char buffer[DUMP_BYTES];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct tcmsg *filter = mnl_nlmsg_put_extra_header(request, sizeof(*filter));
	int length, more = MNL_CB_OK;

	request->nlmsg_type = RTM_GETTFILTER;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	filter->tcm_ifindex = ifindex;
	filter->tcm_parent = parent;
	if (mnl_socket_sendto(socket, request, request->nlmsg_len) < 0)
		return -errno;
	while (more == MNL_CB_OK) {
		length = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
		if (length < 0)
			return -errno;
		more = mnl_cb_run(buffer, length, 0, 0, add_filter, contents);
	}
	return more == MNL_CB_ERROR ? -errno : 0;
}

/* Empty where there is no clsact. */
static int list_contents(unsigned ifindex, struct contents *contents)
{
	static const uint32_t parents[] = {TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS),
					   TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS)};
	struct mnl_socket *socket = mnl_socket_open(NETLINK_ROUTE);
	int error = 0;

	memset(contents, 0, sizeof(*contents));
	if (!socket)
		return -errno;
	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID))
		error = -errno;
	for (unsigned i = 0; !error && i < sizeof(parents) / sizeof(*parents); i++)
		error = list_filters(socket, ifindex, parents[i], contents);
	mnl_socket_close(socket);
	return error;
}

static bool is_of_role(uint32_t handle, enum role role)
{
	return (handle & ~MADE_CLSACT) == ROLE_HANDLE + role;
}

void tc_remove(unsigned ifindex, enum role role)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex, .attach_point = BPF_TC_INGRESS);
	bool made_clsact = false;
	struct contents contents;

	if (list_contents(ifindex, &contents))
		return;
	for (unsigned i = 0; i < contents.our_count; i++) {
		LIBBPF_OPTS(bpf_tc_opts, filter, .handle = contents.ours[i], .priority = PRIORITY);

		if (!is_of_role(filter.handle, role)) {
			contents.other_count++;
			continue;
		}
		bpf_tc_detach(&hook, &filter);
		made_clsact = made_clsact || contents.ours[i] & MADE_CLSACT;
	}
	/* With both sides named it is the qdisc that goes. */
	hook.attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS;
	if (made_clsact && !contents.other_count)
		bpf_tc_hook_destroy(&hook);
}

static int explain(struct dataplane *dp, int error, unsigned ifindex)
{
	char name[MCI_NAME];

	dataplane_interface(ifindex, name);
	switch (error) {
	case -EEXIST:
	case -EINVAL: /* a filter of another kind has the priority */
		return dataplane_fail(
			dp, error,
			"cannot attach to %s: another program's filter has our priority "
			"%u; see `tc filter show dev %s ingress`",
			name, PRIORITY, name);
	case -ENOENT:
	case -EOPNOTSUPP:
		return dataplane_fail(dp, error,
				      "cannot attach to %s: the kernel lacks TC's clsact or bpf "
				      "(CONFIG_NET_SCH_INGRESS, CONFIG_NET_CLS_BPF)",
				      name);
	default:
		return dataplane_fail(dp, error, "cannot attach to %s: %s", name,
				      dataplane_cure(error));
	}
}

/* The handle of a killed daemon's filter of this role, 0 where there is none. */
static uint32_t left_behind(const struct contents *contents, enum role role)
{
	for (unsigned i = 0; i < contents->our_count; i++)
		if (is_of_role(contents->ours[i], role))
			return contents->ours[i];
	return 0;
}

/* Whether the qdisc was added for our other role. */
static bool was_made(const struct contents *contents)
{
	for (unsigned i = 0; i < contents->our_count; i++)
		if (contents->ours[i] & MADE_CLSACT)
			return true;
	return false;
}

int tc_attach(struct dataplane *dp, unsigned ifindex, enum role role)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex, .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, filter, .handle = ROLE_HANDLE + role, .priority = PRIORITY,
		    .prog_fd = program_fd(dp, role));
	struct contents contents;
	bool created;
	int error = list_contents(ifindex, &contents);

	if (error)
		return explain(dp, error, ifindex);
	if (left_behind(&contents, role)) { /* to the next program without a packet between them */
		filter.handle = left_behind(&contents, role);
		filter.flags = BPF_TC_F_REPLACE;
		error = bpf_tc_attach(&hook, &filter);
		return error ? explain(dp, error, ifindex) : 0;
	}
	error = bpf_tc_hook_create(&hook);
	if (error && error != -EEXIST)
		return explain(dp, error, ifindex);
	created = !error;
	if (created || was_made(&contents))
		filter.handle |= MADE_CLSACT;
	error = bpf_tc_attach(&hook, &filter);
	if (error) {
		explain(dp, error, ifindex);
		hook.attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS;
		if (created)
			bpf_tc_hook_destroy(&hook);
	}
	return error;
}
