/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/in_front.h"

#include "dataplane/error.h"
#include "dataplane/tc_filters.h"

#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/tc_act/tc_gact.h>
#include <linux/tc_act/tc_mirred.h>
#include <stdio.h>
#include <string.h>

/* TCA_GACT_PARMS, TCA_MIRRED_PARMS and so on: the same number for all actions but police. */
#define PARAMETERS 2

enum outcome { CONTINUES, ACCEPTS, REDIRECTS, MAY_DROP };

struct in_front {
	const struct dataplane *dp;
	enum role role;
	uint32_t priority; /* of our filter */
	uint32_t better;   /* just before the first filter that may be passed by */
	uint32_t barrier;  /* of the last filter before that one that may not be passed by */
	unsigned count;    /* filters that may take packets */
	char *what;
	size_t size;
};

struct filter {
	const char *kind, *program;
	uint32_t chain;
	bool runs_program; /* of BPF, whose decision nobody knows */
	const struct nlattr *options, *actions;
	enum outcome outcome;
	unsigned redirected_to;
};

/* The attribute in which this kind of filter has its actions. */
static uint16_t actions_of(const char *kind)
{
	static const struct {
		const char *kind;
		uint16_t type;
	} types[] = {{"matchall", TCA_MATCHALL_ACT},
		     {"flower", TCA_FLOWER_ACT},
		     {"u32", TCA_U32_ACT},
		     {"bpf", TCA_BPF_ACT},
		     {"fw", TCA_FW_ACT},
		     {"basic", TCA_BASIC_ACT},
		     {"cgroup", TCA_CGROUP_ACT},
		     {"flow", TCA_FLOW_ACT}};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (!strcmp(kind, types[i].kind))
			return types[i].type;
	return 0;
}

static const struct nlattr *nested(const struct nlattr *parent, uint16_t type)
{
	const struct nlattr *attribute;

	mnl_attr_for_each_nested(attribute, parent)
	{
		if (mnl_attr_get_type(attribute) == type)
			return attribute;
	}
	return NULL;
}

/* Sets the outcome to what this action does. Returns true if the actions behind it see no packet.
 */
static bool judge_action(struct filter *filter, const struct nlattr *action)
{
	const struct nlattr *kind = nested(action, TCA_ACT_KIND);
	const struct nlattr *options = nested(action, TCA_ACT_OPTIONS);
	const struct nlattr *parameters = options ? nested(options, PARAMETERS) : NULL;
	const struct tc_mirred *mirred;

	filter->outcome = MAY_DROP;
	if (!kind || !strcmp(mnl_attr_get_str(kind), "police") || !parameters ||
	    mnl_attr_get_payload_len(parameters) < sizeof(struct tc_gact))
		return true;
	mirred = mnl_attr_get_payload(parameters); /* begins like the parameters of any action */
	if (!strcmp(mnl_attr_get_str(kind), "mirred") &&
	    (mirred->eaction == TCA_EGRESS_REDIR || mirred->eaction == TCA_INGRESS_REDIR)) {
		filter->outcome = REDIRECTS;
		filter->redirected_to = mirred->ifindex;
		return true;
	}
	if (mirred->action == TC_ACT_UNSPEC)
		filter->outcome = CONTINUES;
	else if (mirred->action == TC_ACT_OK || mirred->action == TC_ACT_PIPE ||
		 mirred->action == TC_ACT_RECLASSIFY)
		filter->outcome = ACCEPTS;
	return mirred->action != TC_ACT_PIPE;
}

static void judge(struct filter *filter)
{
	const struct nlattr *action;

	filter->outcome = filter->runs_program ? MAY_DROP : ACCEPTS;
	if (!filter->actions || filter->runs_program)
		return;
	mnl_attr_for_each_nested(action, filter->actions)
	{
		if (judge_action(filter, action))
			return;
	}
}

static void parse_options(struct filter *filter)
{
	const struct nlattr *flags, *name;

	filter->actions = nested(filter->options, actions_of(filter->kind));
	if (strcmp(filter->kind, "bpf"))
		return;
	flags = nested(filter->options, TCA_BPF_FLAGS);
	name = nested(filter->options, TCA_BPF_NAME);
	filter->runs_program = flags && mnl_attr_get_u32(flags) & TCA_BPF_FLAG_ACT_DIRECT;
	filter->program = name ? mnl_attr_get_str(name) : "";
}

/* Returns false for what packets do not meet first: filters of other chains, and hash tables. */
static bool parse(const struct nlmsghdr *message, struct filter *filter)
{
	const struct tcmsg *header = mnl_nlmsg_get_payload(message);
	const struct nlattr *attribute;

	*filter = (struct filter){.kind = "", .program = ""};
	mnl_attr_for_each(attribute, message, sizeof(*header))
	{
		uint16_t type = mnl_attr_get_type(attribute);

		if (type == TCA_KIND)
			filter->kind = mnl_attr_get_str(attribute);
		else if (type == TCA_CHAIN)
			filter->chain = mnl_attr_get_u32(attribute);
		else if (type == TCA_OPTIONS)
			filter->options = attribute;
	}
	if (!header->tcm_handle || filter->chain || !filter->options)
		return false;
	parse_options(filter);
	judge(filter);
	return strcmp(filter->kind, "u32") || nested(filter->options, TCA_U32_SEL);
}

/* Writes, for example, "matchall at preference 1, which redirects to ifb0". */
static void describe(struct in_front *front, const struct filter *filter, uint32_t priority)
{
	static const char *const does[] = {[ACCEPTS] = ", which accepts",
					   [REDIRECTS] = ", which redirects to ",
					   [MAY_DROP] = ""};
	char name[MCI_NAME] = "";

	if (filter->outcome == REDIRECTS)
		dataplane_interface(filter->redirected_to, name);
	snprintf(front->what, front->size, "%s%s%.32s at preference %u%s%s", filter->kind,
		 *filter->program ? " " : "", filter->program, priority, does[filter->outcome],
		 name);
}

static int take_filter(const struct nlmsghdr *message, void *data)
{
	uint32_t priority = tc_filters_priority(mnl_nlmsg_get_payload(message));
	struct in_front *front = data;
	struct filter filter;

	if (priority >= front->priority || tc_filters_is_ours(front->dp, message) ||
	    !parse(message, &filter) || filter.outcome == CONTINUES)
		return MNL_CB_OK;
	if (!front->count++)
		describe(front, &filter, priority);
	if (front->better)
		return MNL_CB_OK;
	if (front->role == ROLE_DOWNSTREAM || filter.outcome != MAY_DROP)
		front->better = priority - 1;
	else
		front->barrier = priority;
	return MNL_CB_OK;
}

uint32_t in_front_look(const struct dataplane *dp, unsigned ifindex, enum role role,
		       uint32_t priority, char *what, size_t size)
{
	struct in_front front = {
		.dp = dp, .role = role, .priority = priority, .what = what, .size = size};
	size_t length;

	*what = '\0';
	if (tc_filters_each_ingress(ifindex, take_filter, &front))
		return 0;
	length = strlen(what);
	if (front.count > 1)
		snprintf(what + length, size - length, ", and %u more", front.count - 1);
	return front.better > front.barrier ? front.better : 0;
}
