/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/attach_tc.h"

#include "dataplane/error.h"
#include "dataplane/owner.h"
#include "dataplane/program.h"
#include "dataplane/tc_filters.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>

/* libbpf removes the qdisc itself if the hook names both sides. */
static void remove_clsact(unsigned ifindex)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex,
		    .attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS);

	bpf_tc_hook_destroy(&hook);
}

static void detach(unsigned ifindex, const struct tc_filter *at)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex, .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, filter, .handle = at->handle, .priority = at->priority);

	bpf_tc_detach(&hook, &filter);
}

void tc_remove(const struct dataplane *dp, unsigned ifindex, enum role role)
{
	struct tc_filters filters;
	bool is_last;

	if (tc_filters_list(dp, ifindex, &filters) || !tc_filters_find(&filters, role))
		return;
	is_last = !filters.other_count;
	for (unsigned i = 0; i < filters.our_count; i++) {
		if (tc_filters_is_of_role(filters.ours[i].handle, role))
			detach(ifindex, &filters.ours[i]);
		else
			is_last = false;
	}
	if (is_last && tc_filters_made_clsact(&filters))
		remove_clsact(ifindex);
}

static int explain(struct dataplane *dp, int error, unsigned ifindex)
{
	char name[MCI_NAME];

	dataplane_interface(ifindex, name);
	switch (error) {
	case -EEXIST:
	case -EINVAL: /* a filter of another kind has this priority */
		return dataplane_fail(
			dp, error,
			"cannot attach to %s: another program's filter has our priority "
			"%u; see `tc filter show dev %s ingress`",
			name, TC_FILTERS_PRIORITY, name);
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

static int attach(struct dataplane *dp, unsigned ifindex, enum role role,
		  const struct tc_filter *at, bool replaces)
{
	int error = tc_filters_put(dp, ifindex, role, at, program_fd(dp, role), replaces);

	return error ? explain(dp, error, ifindex) : 0;
}

static int attach_first(struct dataplane *dp, unsigned ifindex, enum role role, bool made_clsact)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex, .attach_point = BPF_TC_INGRESS);
	int error = bpf_tc_hook_create(&hook);
	bool is_new = !error;
	struct tc_filter at = {tc_filters_handle(role, is_new || made_clsact), TC_FILTERS_PRIORITY};

	if (error && error != -EEXIST)
		return explain(dp, error, ifindex);
	error = attach(dp, ifindex, role, &at, false);
	if (error && is_new) /* no handle would say that this qdisc is ours */
		remove_clsact(ifindex);
	return error;
}

static int refuse(struct dataplane *dp, unsigned ifindex, const struct tc_filters *filters)
{
	char name[MCI_NAME], who[INSTANCE_MAX + 32], state[48];
	int pid = owner_process(filters->stranger);

	if (*filters->stranger)
		snprintf(who, sizeof(who), "instance '%s' of mcingestd", filters->stranger);
	else
		snprintf(who, sizeof(who), "mcingestd without an instance");
	snprintf(state, sizeof(state), pid ? "process %d" : "which has left its programs there",
		 pid);
	return dataplane_fail(dp, -EBUSY,
			      "cannot attach to %s: %s, %s, has it: an interface belongs to one "
			      "daemon, so name another one under [interfaces]",
			      dataplane_interface(ifindex, name), who, state);
}

/* Two daemons that start at once may both have seen no filter of the other. */
static int attach_alone(struct dataplane *dp, unsigned ifindex, enum role role, bool made_clsact)
{
	struct tc_filters filters;
	int error = attach_first(dp, ifindex, role, made_clsact);

	if (error || tc_filters_list(dp, ifindex, &filters) || !filters.has_stranger)
		return error;
	tc_remove(dp, ifindex, role);
	return refuse(dp, ifindex, &filters);
}

/* A filter is replaced while no packet passes between the two programs. */
int tc_attach(struct dataplane *dp, unsigned ifindex, enum role role)
{
	const struct tc_filter *old;
	struct tc_filters filters;
	int error = tc_filters_list(dp, ifindex, &filters);

	if (error)
		return explain(dp, error, ifindex);
	old = tc_filters_find(&filters, role);
	if (old)
		return attach(dp, ifindex, role, old, true);
	if (filters.has_stranger)
		return refuse(dp, ifindex, &filters);
	return attach_alone(dp, ifindex, role, tc_filters_made_clsact(&filters));
}

bool tc_is_of_other(const struct dataplane *dp, unsigned ifindex)
{
	struct tc_filters filters;

	return !tc_filters_list(dp, ifindex, &filters) && filters.has_stranger;
}

bool tc_is_attached(const struct dataplane *dp, unsigned ifindex, enum role role,
		    uint32_t *priority)
{
	const struct tc_filter *filter;
	struct tc_filters filters;

	if (tc_filters_list(dp, ifindex, &filters))
		return true;
	filter = tc_filters_find(&filters, role);
	*priority = filter ? filter->priority : 0;
	return filter;
}

/* A packet that comes between the two steps meets both filters; the first one handles it. */
int tc_move(struct dataplane *dp, unsigned ifindex, enum role role, uint32_t priority)
{
	const struct tc_filter *old;
	struct tc_filters filters;
	int error = tc_filters_list(dp, ifindex, &filters);

	old = error ? NULL : tc_filters_find(&filters, role);
	if (!old)
		return error ? error : -ENOENT;
	error = attach(dp, ifindex, role, &(struct tc_filter){old->handle, priority}, false);
	if (!error)
		detach(ifindex, old);
	return error;
}
