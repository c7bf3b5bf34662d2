/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/tc_filters.h"

#include "base/netlink_ask.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <stdio.h>
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

/* The name of the filter, if it is one of BPF; else an empty text. */
static const char *name_of(const struct nlmsghdr *message)
{
	const struct nlattr *attribute, *options = NULL;
	const char *kind = "";

	mnl_attr_for_each(attribute, message, sizeof(struct tcmsg))
		take_attribute(attribute, &kind, &options);
	if (strcmp(kind, "bpf") || !options)
		return "";
	mnl_attr_for_each_nested(attribute, options)
	{
		if (mnl_attr_get_type(attribute) == TCA_BPF_NAME)
			return mnl_attr_get_str(attribute);
	}
	return "";
}

/* What stands behind the program's name in a filter of mcingestd: ":[42]" or "@NAME:[42]". NULL for
 * a filter of others. */
static const char *owner_of(const struct nlmsghdr *message)
{
	const struct tcmsg *filter = mnl_nlmsg_get_payload(message);
	uint32_t role = (filter->tcm_handle & ~MADE_CLSACT) - ROLE_HANDLE;
	const char *name = name_of(message);
	size_t length;

	if (role >= ROLE_COUNT)
		return NULL;
	length = strlen(program_names[role]);
	if (strncmp(name, program_names[role], length) || !strchr(":@", name[length]))
		return NULL;
	return strchr(name + length, ':') ? name + length : NULL;
}

static void read_owner(const char *owner, char name[INSTANCE_MAX + 1])
{
	if (*owner == '@')
		owner++;
	snprintf(name, INSTANCE_MAX + 1, "%.*s", (int)strcspn(owner, ":"), owner);
}

static bool is_us(const struct dataplane *dp, const char *owner)
{
	char name[INSTANCE_MAX + 1];

	read_owner(owner, name);
	return !strcmp(name, dp->instance ? dp->instance : "");
}

bool tc_filters_is_ours(const struct dataplane *dp, const struct nlmsghdr *message)
{
	const char *owner = owner_of(message);

	return owner && is_us(dp, owner);
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

struct listing {
	const struct dataplane *dp;
	struct tc_filters *filters;
};

static int add_filter(const struct nlmsghdr *message, void *data)
{
	const struct tcmsg *filter = mnl_nlmsg_get_payload(message);
	const struct listing *listing = data;
	struct tc_filters *filters = listing->filters;
	const char *owner = owner_of(message);

	if (!filter->tcm_handle) /* a priority, not a filter */
		return MNL_CB_OK;
	if (owner && is_us(listing->dp, owner) && filters->our_count < 2 * ROLE_COUNT) {
		filters->ours[filters->our_count++] =
			(struct tc_filter){filter->tcm_handle, tc_filters_priority(filter)};
		return MNL_CB_OK;
	}
	filters->other_count++;
	if (owner && !is_us(listing->dp, owner)) {
		filters->has_stranger = true;
		read_owner(owner, filters->stranger);
	}
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

int tc_filters_list(const struct dataplane *dp, unsigned ifindex, struct tc_filters *filters)
{
	struct listing listing = {dp, filters};
	int error;

	memset(filters, 0, sizeof(*filters));
	error = list_side(ifindex, INGRESS, add_filter, &listing);
	return error ? error : list_side(ifindex, EGRESS, add_filter, &listing);
}

int tc_filters_each_ingress(unsigned ifindex, mnl_cb_t take, void *data)
{
	return list_side(ifindex, INGRESS, take, data);
}

static void put_name(const struct dataplane *dp, struct nlmsghdr *request, enum role role,
		     int program)
{
	struct bpf_prog_info info = {0};
	uint32_t size = sizeof(info);
	char name[INSTANCE_MAX + 48];

	bpf_obj_get_info_by_fd(program, &info, &size);
	snprintf(name, sizeof(name), "%s%s%s:[%u]", program_names[role], dp->instance ? "@" : "",
		 dp->instance ? dp->instance : "", info.id);
	mnl_attr_put_strz(request, TCA_BPF_NAME, name);
}

/* libbpf would not let us say the filter's name. */
int tc_filters_put(const struct dataplane *dp, unsigned ifindex, enum role role,
		   const struct tc_filter *at, int program, bool replaces)
{
	uint8_t buffer[NETLINK_ASK_BYTES];
	struct nlmsghdr *request =
		netlink_request(buffer, RTM_NEWTFILTER,
				NLM_F_ACK | NLM_F_CREATE | (replaces ? NLM_F_REPLACE : NLM_F_EXCL),
				sizeof(struct tcmsg));
	struct tcmsg *filter = mnl_nlmsg_get_payload(request);
	struct nlattr *options;

	filter->tcm_ifindex = ifindex;
	filter->tcm_parent = INGRESS;
	filter->tcm_handle = at->handle;
	filter->tcm_info = TC_H_MAKE(at->priority << 16, htons(ETH_P_ALL));
	mnl_attr_put_strz(request, TCA_KIND, "bpf");
	options = mnl_attr_nest_start(request, TCA_OPTIONS);
	mnl_attr_put_u32(request, TCA_BPF_FD, program);
	put_name(dp, request, role, program);
	mnl_attr_put_u32(request, TCA_BPF_FLAGS, TCA_BPF_FLAG_ACT_DIRECT);
	mnl_attr_nest_end(request, options);
	return netlink_ask(NETLINK_ROUTE, request, NULL, NULL);
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
