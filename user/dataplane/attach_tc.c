/* SPDX-License-Identifier: BSD-2-Clause */
/* Attachment by filters of TC on the ingress side of the clsact qdisc.
 *
 * Others use the same qdisc. A filter is ours when its handle and its program's name are; its
 * priority is another where it had to stand in front of another's filter. The qdisc is ours when a
 * handle of ours says that we added it, and it may go when nobody else's filter hangs on it. As all
 * of that stands in the kernel, what a killed daemon has left behind is recognised as surely as
 * what this process has added. */
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

struct our_filter {
	uint32_t handle, priority;
};

struct contents {
	struct our_filter ours[2 * ROLE_COUNT];
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

bool tc_is_ours(const struct nlmsghdr *message)
{
	const struct tcmsg *filter = mnl_nlmsg_get_payload(message);
	uint32_t role = (filter->tcm_handle & ~MADE_CLSACT) - ROLE_HANDLE;

	return role < ROLE_COUNT && has_our_name(message, role);
}

uint32_t tc_priority(const struct tcmsg *filter)
{
	return TC_H_MAJ(filter->tcm_info) >> 16;
}

static int add_filter(const struct nlmsghdr *message, void *data)
{
	const struct tcmsg *filter = mnl_nlmsg_get_payload(message);
	struct contents *contents = data;

	/* Before its filters, a priority is listed by itself with handle 0. */
	if (!filter->tcm_handle)
		return MNL_CB_OK;
	if (tc_is_ours(message) && contents->our_count < 2 * ROLE_COUNT)
		contents->ours[contents->our_count++] =
			(struct our_filter){filter->tcm_handle, tc_priority(filter)};
	else
		contents->other_count++;
	return MNL_CB_OK;
}

static int list_filters(struct mnl_socket *socket, unsigned ifindex, uint32_t parent, mnl_cb_t take,
			void *data)
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
		more = mnl_cb_run(buffer, length, 0, 0, take, data);
	}
	return more == MNL_CB_ERROR ? -errno : 0;
}

static int list_sides(unsigned ifindex, const uint32_t *parents, unsigned count, mnl_cb_t take,
		      void *data)
{
	struct mnl_socket *socket = mnl_socket_open(NETLINK_ROUTE);
	int error = 0;

	if (!socket)
		return -errno;
	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID))
		error = -errno;
	for (unsigned i = 0; !error && i < count; i++)
		error = list_filters(socket, ifindex, parents[i], take, data);
	mnl_socket_close(socket);
	return error;
}

static const uint32_t parents[] = {TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS),
				   TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS)};

/* Empty where there is no clsact. */
static int list_contents(unsigned ifindex, struct contents *contents)
{
	memset(contents, 0, sizeof(*contents));
	return list_sides(ifindex, parents, sizeof(parents) / sizeof(*parents), add_filter,
			  contents);
}

int tc_list_ingress(unsigned ifindex, mnl_cb_t take, void *data)
{
	return list_sides(ifindex, parents, 1, take, data);
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
		LIBBPF_OPTS(bpf_tc_opts, filter, .handle = contents.ours[i].handle,
			    .priority = contents.ours[i].priority);

		if (!is_of_role(filter.handle, role)) {
			contents.other_count++;
			continue;
		}
		made_clsact = made_clsact || filter.handle & MADE_CLSACT;
		bpf_tc_detach(&hook, &filter);
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

/* The filter of this role, ours or a killed daemon's; NULL. */
static const struct our_filter *find(const struct contents *contents, enum role role)
{
	for (unsigned i = 0; i < contents->our_count; i++)
		if (is_of_role(contents->ours[i].handle, role))
			return &contents->ours[i];
	return NULL;
}

/* Whether the qdisc was added for our other role. */
static bool was_made(const struct contents *contents)
{
	for (unsigned i = 0; i < contents->our_count; i++)
		if (contents->ours[i].handle & MADE_CLSACT)
			return true;
	return false;
}

static int attach(struct dataplane *dp, unsigned ifindex, enum role role,
		  const struct our_filter *at, uint32_t flags)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex, .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, filter, .handle = at->handle, .priority = at->priority,
		    .prog_fd = program_fd(dp, role), .flags = flags);
	int error = bpf_tc_attach(&hook, &filter);

	return error ? explain(dp, error, ifindex) : 0;
}

static int attach_first(struct dataplane *dp, unsigned ifindex, enum role role, bool was_made)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex, .attach_point = BPF_TC_INGRESS);
	struct our_filter at = {ROLE_HANDLE + role, PRIORITY};
	int error = bpf_tc_hook_create(&hook);
	bool created = !error;

	if (error && error != -EEXIST)
		return explain(dp, error, ifindex);
	if (created || was_made)
		at.handle |= MADE_CLSACT;
	error = attach(dp, ifindex, role, &at, 0);
	hook.attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS;
	if (error && created)
		bpf_tc_hook_destroy(&hook);
	return error;
}

int tc_attach(struct dataplane *dp, unsigned ifindex, enum role role)
{
	struct contents contents;
	int error = list_contents(ifindex, &contents);

	if (error)
		return explain(dp, error, ifindex);
	if (find(&contents, role)) /* to the next program without a packet between them */
		return attach(dp, ifindex, role, find(&contents, role), BPF_TC_F_REPLACE);
	return attach_first(dp, ifindex, role, was_made(&contents));
}

bool tc_is_attached(unsigned ifindex, enum role role, uint32_t *priority)
{
	const struct our_filter *filter;
	struct contents contents;

	if (list_contents(ifindex, &contents))
		return true; /* nobody knows */
	filter = find(&contents, role);
	*priority = filter ? filter->priority : 0;
	return filter;
}

/* A packet in between meets both, of which the first takes what is to be taken. */
int tc_move(struct dataplane *dp, unsigned ifindex, enum role role, uint32_t priority)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex, .attach_point = BPF_TC_INGRESS);
	const struct our_filter *old;
	struct contents contents;
	struct our_filter at;
	int error = list_contents(ifindex, &contents);

	old = error ? NULL : find(&contents, role);
	if (!old)
		return error ? error : -ENOENT;
	at = (struct our_filter){old->handle, priority};
	error = attach(dp, ifindex, role, &at, 0);
	if (!error) {
		LIBBPF_OPTS(bpf_tc_opts, filter, .handle = old->handle, .priority = old->priority);

		bpf_tc_detach(&hook, &filter);
	}
	return error;
}
