/* SPDX-License-Identifier: BSD-2-Clause */
/* The filters of TC on an interface, and which of them are ours.
 *
 * Other programs use the same qdisc (clsact). A filter is ours if both its handle and its name are:
 * "ingest_tc:[42]" with the program's id, or "ingest_tc@NAME:[42]" of an instance. Its priority is
 * usually TC_FILTERS_PRIORITY; it is another if our filter had to move in front of somebody else's.
 * The handle also says whether we added the qdisc. All of this stands in the kernel, so the filters
 * of a killed daemon are recognised as well as those of this process. */
#pragma once

#include "base/instance.h"
#include "dataplane/state.h"

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>

#define TC_FILTERS_PRIORITY 2268

struct tc_filter {
	uint32_t handle, priority;
};

struct tc_filters {
	struct tc_filter ours[2 * ROLE_COUNT];
	unsigned our_count;
	unsigned other_count;
	bool has_stranger;               /* among the others: a filter of another instance */
	char stranger[INSTANCE_MAX + 1]; /* its name; empty if it has none */
};

/* Lists both sides of the qdisc; the list is empty if there is none. Returns 0 or a negative
 * errno. */
int tc_filters_list(const struct dataplane *dp, unsigned ifindex, struct tc_filters *filters);

/* Adds our filter of this role, or replaces the program of the one that is there, between two
 * packets. Returns 0 or a negative errno: -EEXIST if that place is taken. */
int tc_filters_put(const struct dataplane *dp, unsigned ifindex, enum role role,
		   const struct tc_filter *at, int program, bool replaces);

/* Our filter of this role, of this process or of a killed daemon; NULL if there is none. */
const struct tc_filter *tc_filters_find(const struct tc_filters *filters, enum role role);

/* Whether one of our filters says that the qdisc was added by us. */
bool tc_filters_made_clsact(const struct tc_filters *filters);

/* The handle of our filter of this role. */
uint32_t tc_filters_handle(enum role role, bool made_clsact);
bool tc_filters_is_of_role(uint32_t handle, enum role role);

/* Hands over each filter of the ingress side, in the order of priorities. Before its filters, each
 * priority comes once with handle 0. Returns 0 or a negative errno. */
int tc_filters_each_ingress(unsigned ifindex, mnl_cb_t take, void *data);
bool tc_filters_is_ours(const struct dataplane *dp, const struct nlmsghdr *filter);
uint32_t tc_filters_priority(const struct tcmsg *filter);
