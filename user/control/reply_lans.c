/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/reply_lans.h"
#include "control/views.h"

#include <string.h>

/* The parts of an interface's view */

static json_t *link_view(const struct requests *requests, const struct link *link)
{
	const struct requests_actions *actions = requests->actions;
	unsigned ifindex = link->is.ifindex;
	const char *mode = actions->mode(requests->dataplane, ifindex, link->role);
	const char *why = actions->why(requests->dataplane, ifindex, link->role);
	const char *in_front = actions->in_front(requests->dataplane, ifindex, link->role);

	if (!mode && link->program.why[0])
		why = link->program.why;
	return view_interface(&link->is, link->role == ROLE_UPSTREAM ? "upstream" : "downstream",
			      mode, why, *in_front ? in_front : NULL);
}

/* null if the kernel cannot tell */
static json_t *refused_by(const struct requests *requests, const struct link *link)
{
	uint64_t packets = 0;
	bool known = requests->actions->refused(requests->dataplane, link->is.ifindex, &packets);

	return view_if(known, (json_int_t)packets);
}

/* The families by which PIM is spoken. */
static json_t *dr_views(const struct lan *lan)
{
	json_t *list = json_array();

	if (lan->ipv4.socket)
		json_array_append_new(list, view_addr(pim_interface_dr(&lan->ipv4.interface)));
	if (lan->ipv6.socket)
		json_array_append_new(list, view_addr(pim_interface_dr(&lan->ipv6.interface)));
	return list;
}

static void put_send_error(json_t *view, int error)
{
	put_text(view, "send_error", error ? strerror(-error) : NULL);
}

static json_t *pim_view(const struct lan_pim *pim)
{
	json_t *view = view_pim(&pim->interface);

	put_send_error(view, pim->send_error);
	return view;
}

static json_t *pim_views(const struct lan *lan)
{
	json_t *list = json_array();

	if (lan->ipv4.socket)
		json_array_append_new(list, pim_view(&lan->ipv4));
	if (lan->ipv6.socket)
		json_array_append_new(list, pim_view(&lan->ipv6));
	return list;
}

/* null if hosts are not asked */
static json_t *hosts_view(const struct lan_hosts *hosts)
{
	json_t *view;

	if (!hosts->socket)
		return json_null();
	view = view_querier(&hosts->querier);
	put_send_error(view, hosts->send_error);
	return view;
}

static void add_hosts(json_t *view, const struct lan *lan)
{
	put(view, "igmp", hosts_view(&lan->igmp));
	put(view, "mld", hosts_view(&lan->mld));
}

/* status */

static json_t *lan_of_status(struct requests *requests, unsigned number)
{
	const struct link *link = &requests->links->lans[number];
	const struct lan *lan = &requests->lans->list[number];
	unsigned neighbors = pim_neighbors_count(&lan->ipv4.interface.neighbors) +
			     pim_neighbors_count(&lan->ipv6.interface.neighbors);
	json_t *view = link_view(requests, link);

	put_count(view, "neighbors", neighbors);
	put_bool(view, "observed", lan->observed);
	put(view, "refused", refused_by(requests, link));
	put(view, "dr", dr_views(lan));
	add_hosts(view, lan);
	return view;
}

json_t *view_interfaces_of_status(struct requests *requests)
{
	const struct links *links = requests->links;
	json_t *list = json_array();

	for (unsigned i = 0; i < links->lan_count; i++)
		json_array_append_new(list, lan_of_status(requests, i));
	for (unsigned i = 0; i < links->upstream_count; i++)
		json_array_append_new(list, link_view(requests, &links->upstreams[i]));
	return list;
}

/* interfaces */

static json_t *link_now(const struct requests *requests, const struct link *link)
{
	json_t *view = link_view(requests, link);

	put_bool(view, "up", link->is.ifindex && link->is.up);
	put_count(view, "mtu", link->is.mtu);
	return view;
}

static json_t *lan_now(struct requests *requests, unsigned number)
{
	const struct link *link = &requests->links->lans[number];
	const struct lan *lan = &requests->lans->list[number];
	json_t *view = link_now(requests, link);

	put(view, "refused", refused_by(requests, link));
	put_count(view, "unasked_reports",
		  requests->actions->unasked(requests->dataplane, link->is.ifindex));
	put(view, "pim", pim_views(lan));
	add_hosts(view, lan);
	return view;
}

static json_t *list_view(const char *key, json_t *list)
{
	json_t *view = json_object();

	put(view, key, list);
	return view;
}

json_t *interfaces_now(struct requests *requests)
{
	const struct links *links = requests->links;
	json_t *list = json_array();

	for (unsigned i = 0; i < links->lan_count; i++)
		json_array_append_new(list, lan_now(requests, i));
	for (unsigned i = 0; i < links->upstream_count; i++)
		json_array_append_new(list, link_now(requests, &links->upstreams[i]));
	return list_view("interfaces", list);
}

void reply_interfaces(struct requests *requests, struct control_client *client)
{
	control_reply(client, interfaces_now(requests));
}

/* PIM of all LANs */

typedef void pim_view_fn(const struct pim_interface *pim, json_t *list);

static json_t *for_each_pim(const struct lans *lans, pim_view_fn *view)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < lans->count; i++) {
		if (lans->list[i].ipv4.socket)
			view(&lans->list[i].ipv4.interface, list);
		if (lans->list[i].ipv6.socket)
			view(&lans->list[i].ipv6.interface, list);
	}
	return list;
}

json_t *neighbors_now(struct requests *requests, size_t max)
{
	const struct lans *lans = requests->lans;
	json_t *list = json_array();

	for (unsigned i = 0; i < lans->count; i++) {
		if (lans->list[i].ipv4.socket)
			view_neighbors(&lans->list[i].ipv4.interface, max, list);
		if (lans->list[i].ipv6.socket)
			view_neighbors(&lans->list[i].ipv6.interface, max, list);
	}
	return list_view("neighbors", list);
}

void reply_neighbors(struct requests *requests, struct control_client *client)
{
	control_reply(client, neighbors_now(requests, SIZE_MAX));
}

json_t *view_pim_counters_of_all(struct requests *requests)
{
	return for_each_pim(requests->lans, view_pim_counters);
}
