/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/tc_filters.h"

#include "base/netlink_ask.h"

#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <string.h>

/* A handle is ROLE_HANDLE + role. MADE_CLSACT is set if the qdisc was added for this filter, or for
 * that of the other role. */
#define ROLE_HANDLE 1
#define MADE_CLSACT 0x10

#define INGRESS TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)
#define EGRESS  TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS)

static const char *const program_names[ROLE_COUNT] = {
	[ROLE_UPSTREAM] = "ingest_tc", [ROLE_DOWNSTREAM] = "observe_tc"};

static void take_attribute(const struct nlattr *attribute, const char **kind,
			   const struct nlattr **options)
{
	if (mnl_attr_get_type(attribute) == TCA_KIND)
		*kind = mnl_attr_get_str(attribute);
	else if (mnl_attr_get_type(attribute) == TCA_OPTIONS)
		*options = attribute;
}

/* libbpf names a filter after its program: "ingest_tc:[42]". */
static bool has_our_name(const struct nlmsghdr *message, enum role role)
{
	const struct nlattr *attribute, *options = NULL;
	size_t length = strlen(program_names[role]);
	const char *kind = "";

	mnl_attr_for_each(attribute, message, sizeof(struct tcmsg))
		take_attribute(attribute, &kind, &options);
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

bool tc_filters_is_ours(const struct nlmsghdr *message)
{
	const struct tcmsg *filter = mnl_nlmsg_get_payload(message);
	uint32_t role = (filter->tcm_handle & ~MADE_CLSACT) - ROLE_HANDLE;

	return role < ROLE_COUNT && has_our_name(message, role);
}

uint32_t tc_filters_priority(const struct tcmsg *filter)
{
	return TC_H_MAJ(filter->tcm_info) >> 16;
}

uint32_t tc_filters_handle(enum role role, bool made_clsact)
{
	return (ROLE_HANDLE + role) | (made_clsact ? MADE_CLSACT : 0);
}

bool tc_filters_is_of_role(uint32_t handle, enum role role)
{
	return (handle & ~MADE_CLSACT) == ROLE_HANDLE + role;
}

static int add_filter(const struct nlmsghdr *message, void *data)
{
	const struct tcmsg *filter = mnl_nlmsg_get_payload(message);
	struct tc_filters *filters = data;

	if (!filter->tcm_handle) /* a priority, not a filter */
		return MNL_CB_OK;
	if (tc_filters_is_ours(message) && filters->our_count < 2 * ROLE_COUNT)
		filters->ours[filters->our_count++] =
			(struct tc_filter){filter->tcm_handle, tc_filters_priority(filter)};
	else
		filters->other_count++;
	return MNL_CB_OK;
}

static int list_side(unsigned ifindex, uint32_t parent, mnl_cb_t take, void *data)
{
	uint8_t buffer[NETLINK_ASK_BYTES];
	struct nlmsghdr *request =
		netlink_request(buffer, RTM_GETTFILTER, NLM_F_DUMP, sizeof(struct tcmsg));
	struct tcmsg *filter = mnl_nlmsg_get_payload(request);

	filter->tcm_ifindex = ifindex;
	filter->tcm_parent = parent;
	return netlink_ask(NETLINK_ROUTE, request, take, data);
}

int tc_filters_list(unsigned ifindex, struct tc_filters *filters)
{
	int error;

	memset(filters, 0, sizeof(*filters));
	error = list_side(ifindex, INGRESS, add_filter, filters);
	return error ? error : list_side(ifindex, EGRESS, add_filter, filters);
}

int tc_filters_each_ingress(unsigned ifindex, mnl_cb_t take, void *data)
{
	return list_side(ifindex, INGRESS, take, data);
}

const struct tc_filter *tc_filters_find(const struct tc_filters *filters, enum role role)
{
	for (unsigned i = 0; i < filters->our_count; i++)
		if (tc_filters_is_of_role(filters->ours[i].handle, role))
			return &filters->ours[i];
	return NULL;
}

bool tc_filters_made_clsact(const struct tc_filters *filters)
{
	for (unsigned i = 0; i < filters->our_count; i++)
		if (filters->ours[i].handle & MADE_CLSACT)
			return true;
	return false;
}
