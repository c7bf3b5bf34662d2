/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/attach_tc.h"

#include "dataplane/error.h"
#include "dataplane/program.h"
#include "dataplane/tc_filters.h"

#include <bpf/libbpf.h>
#include <errno.h>

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

void tc_remove(unsigned ifindex, enum role role)
{
	struct tc_filters filters;
	bool is_last;

	if (tc_filters_list(ifindex, &filters) || !tc_filters_find(&filters, role))
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
		  const struct tc_filter *at, uint32_t flags)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex, .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, filter, .handle = at->handle, .priority = at->priority,
		    .prog_fd = program_fd(dp, role), .flags = flags);
	int error = bpf_tc_attach(&hook, &filter);

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
	error = attach(dp, ifindex, role, &at, 0);
	if (error && is_new) /* no handle would say that this qdisc is ours */
		remove_clsact(ifindex);
	return error;
}

/* BPF_TC_F_REPLACE changes the program while no packet passes between the two. */
int tc_attach(struct dataplane *dp, unsigned ifindex, enum role role)
{
	const struct tc_filter *old;
	struct tc_filters filters;
	int error = tc_filters_list(ifindex, &filters);

	if (error)
		return explain(dp, error, ifindex);
	old = tc_filters_find(&filters, role);
	if (old)
		return attach(dp, ifindex, role, old, BPF_TC_F_REPLACE);
	return attach_first(dp, ifindex, role, tc_filters_made_clsact(&filters));
}

bool tc_is_attached(unsigned ifindex, enum role role, uint32_t *priority)
{
	const struct tc_filter *filter;
	struct tc_filters filters;

	if (tc_filters_list(ifindex, &filters))
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
	int error = tc_filters_list(ifindex, &filters);

	old = error ? NULL : tc_filters_find(&filters, role);
	if (!old)
		return error ? error : -ENOENT;
	error = attach(dp, ifindex, role, &(struct tc_filter){old->handle, priority}, 0);
	if (!error)
		detach(ifindex, old);
	return error;
}
