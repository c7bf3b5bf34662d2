/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/attach.h"

#include "base/log.h"
#include "dataplane/attach_tc.h"
#include "dataplane/attach_xdp.h"
#include "dataplane/attachments.h"
#include "dataplane/error.h"
#include "dataplane/features.h"
#include "dataplane/in_front.h"
#include "dataplane/lan_sets.h"
#include "dataplane/lans.h"
#include "dataplane/observed.h"
#include "dataplane/offloads.h"
#include "dataplane/programs_in_front.h"
#include "dataplane/refused.h"

#include <net/if.h>
#include <stdio.h>
#include <string.h>

void dataplane_choose(struct dataplane *dp, enum dataplane_choice choice)
{
	dp->choice = choice;
}

/* Undoing: an attachment, complete or not, is removed here and nowhere else */

static void remove_programs(const struct dataplane *dp, unsigned ifindex, enum role role)
{
	tc_remove(dp, ifindex, role);
	if (role == ROLE_DOWNSTREAM || tc_is_of_other(dp, ifindex))
		return;
	xdp_remove(dp, ifindex);
	offloads_restore(dp, ifindex);
}

static void undo(struct dataplane *dp, unsigned ifindex, enum role role)
{
	attachments_remove(dp, ifindex, role);
	remove_programs(dp, ifindex, role);
	refused_forget_leftovers(dp);
}

void dataplane_detach(struct dataplane *dp, unsigned ifindex, enum role role)
{
	if (!attachments_find(dp, ifindex, role))
		return;
	undo(dp, ifindex, role);
	if (role == ROLE_DOWNSTREAM) {
		observed_forget(dp, ifindex);
		lans_remove(dp, ifindex);
	}
}

void attach_remove_leftovers(struct dataplane *dp)
{
	struct if_nameindex *interfaces = if_nameindex();

	for (unsigned i = 0; interfaces && interfaces[i].if_index; i++)
		for (enum role role = 0; role < ROLE_COUNT; role++)
			if (!attachments_find(dp, interfaces[i].if_index, role))
				remove_programs(dp, interfaces[i].if_index, role);
	if_freenameindex(interfaces);
}

void attach_remove_all(struct dataplane *dp)
{
	attachments_free(dp);
	attach_remove_leftovers(dp);
}

/* The choice between XDP and TC alone */

/* Packets that a LAN does not take from XDP are parsed twice if XDP is in front. So XDP is of no
 * use if no LAN takes any. */
static bool is_xdp_of_use(const struct dataplane *dp, struct attachment *upstream)
{
	const struct attachment *other = attachments_find_lan(dp, false);

	if (dp->choice == DATAPLANE_TC)
		snprintf(upstream->why, sizeof(upstream->why), "so the configuration says");
	else if (dp->choice == DATAPLANE_AUTO && !attachments_find_lan(dp, true))
		snprintf(upstream->why, sizeof(upstream->why), "%s",
			 other ? other->why : "there is no LAN");
	else
		return true;
	return false;
}

static void use_xdp(struct dataplane *dp, struct attachment *upstream)
{
	const struct attachment *other = attachments_find_lan(dp, false);

	upstream->xdp = true;
	lan_sets_open(dp);
	snprintf(upstream->why, sizeof(upstream->why), "native%s%s%.100s",
		 xdp_is_shared(upstream->ifindex) ? ", by libxdp's dispatcher" : "",
		 other ? "; but " : "", other ? other->why : "");
}

/* With DATAPLANE_AUTO an upstream that has no XDP is served by TC, which is no failure. */
static int explain_no_xdp(struct dataplane *dp, struct attachment *upstream, int error)
{
	char name[MCI_NAME], why[sizeof(dp->error)];

	snprintf(why, sizeof(why), "%s", dp->error);
	snprintf(upstream->why, sizeof(upstream->why), "%.100s", why);
	if (dp->choice == DATAPLANE_AUTO)
		return 0;
	return dataplane_fail(dp, error,
			      "cannot attach to %s: %.150s; 'mode = auto' would take TC instead",
			      dataplane_interface(upstream->ifindex, name), why);
}

/* Attaches XDP, or replaces it, or removes it. What an earlier daemon left there, or what was
 * chosen for other LANs, does not stay. */
static int choose_xdp(struct dataplane *dp, struct attachment *upstream)
{
	bool is_of_use = is_xdp_of_use(dp, upstream);
	int error = is_of_use ? xdp_attach(dp, upstream->ifindex) : 0;

	upstream->xdp = false;
	upstream->xdp_id = 0;
	if (is_of_use && !error) {
		use_xdp(dp, upstream);
		return 0;
	}
	xdp_remove(dp, upstream->ifindex);
	return error ? explain_no_xdp(dp, upstream, error) : 0;
}

/* Attaching */

/* Packets go from each upstream to each LAN: counts those that the LAN does not take. */
static void watch(const struct dataplane *dp, const struct attachment *attachment)
{
	for (unsigned i = 0; i < dp->attachment_count; i++) {
		const struct attachment *other = &dp->attachments[i];

		if (other->role == attachment->role)
			continue;
		if (other->role == ROLE_DOWNSTREAM)
			refused_watch(dp, attachment->ifindex, other->ifindex);
		else
			refused_watch(dp, other->ifindex, attachment->ifindex);
	}
}

int dataplane_attach_upstream(struct dataplane *dp, unsigned ifindex)
{
	struct attachment *upstream = attachments_find(dp, ifindex, ROLE_UPSTREAM);
	bool is_new = !upstream;
	int error;

	if (upstream && !upstream->lost)
		return 0;
	if (is_new)
		upstream = attachments_add(dp, ifindex, ROLE_UPSTREAM);
	error = tc_attach(dp, ifindex, ROLE_UPSTREAM);
	if (!error)
		error = choose_xdp(dp, upstream);
	if (error) {
		undo(dp, ifindex, ROLE_UPSTREAM);
		return error;
	}
	upstream->lost = false;
	if (is_new) {
		watch(dp, upstream);
		offloads_switch_off(dp, ifindex);
	}
	return 0;
}

int dataplane_renew_upstream(struct dataplane *dp, unsigned ifindex)
{
	struct attachment *upstream = attachments_find(dp, ifindex, ROLE_UPSTREAM);
	int error = upstream ? choose_xdp(dp, upstream) : 0;

	if (error)
		undo(dp, ifindex, ROLE_UPSTREAM);
	return error;
}

/* A copy of the XDP program knows only the LANs that there were when it was attached. */
static void renew_upstreams(struct dataplane *dp)
{
	for (unsigned i = dp->attachment_count; i--;)
		if (dp->attachments[i].role == ROLE_UPSTREAM)
			dataplane_renew_upstream(dp, dp->attachments[i].ifindex);
}

/* Asks what the LAN's driver takes. Kernels before Linux 6.3 do not tell; then XDP is tried only if
 * the operator asks for it. */
static void learn_lan(const struct dataplane *dp, struct attachment *lan)
{
	uint64_t features = 0;
	char name[MCI_NAME];
	int error = features_get(lan->ifindex, &features);

	dataplane_interface(lan->ifindex, name);
	lan->takes_parts = features & FEATURES_NDO_XMIT_SG;
	lan->takes_xdp = error ? dp->choice == DATAPLANE_XDP : features & FEATURES_NDO_XMIT;
	if (error)
		snprintf(lan->why, sizeof(lan->why),
			 "the kernel does not tell whether %s takes frames from XDP "
			 "(Linux 6.3 does)",
			 name);
	else
		snprintf(lan->why, sizeof(lan->why), "%s %s frames from XDP", name,
			 lan->takes_xdp ? "takes" : "takes no");
}

/* A lost LAN that cannot be attached again keeps its record: it is still a LAN of ours. */
int dataplane_attach_downstream(struct dataplane *dp, unsigned ifindex)
{
	struct attachment *lan = attachments_find(dp, ifindex, ROLE_DOWNSTREAM);
	bool is_new = !lan;
	int error;

	if (lan && !lan->lost)
		return 0;
	error = tc_attach(dp, ifindex, ROLE_DOWNSTREAM);
	if (error) {
		if (is_new)
			undo(dp, ifindex, ROLE_DOWNSTREAM);
		return error;
	}
	if (is_new) {
		lan = attachments_add(dp, ifindex, ROLE_DOWNSTREAM);
		learn_lan(dp, lan);
		watch(dp, lan);
		renew_upstreams(dp);
	} else {
		lan->lost = false;
	}
	return 0;
}

bool dataplane_renew_downstream(struct dataplane *dp, unsigned ifindex)
{
	struct attachment *lan = attachments_find(dp, ifindex, ROLE_DOWNSTREAM), before;

	if (!lan)
		return false;
	before = *lan;
	learn_lan(dp, lan);
	if (lan->takes_xdp == before.takes_xdp && lan->takes_parts == before.takes_parts)
		return false;
	renew_upstreams(dp);
	return true;
}

/* Looking after what is attached */

/* Moves our filter in front of filters that may be passed by. Writes to `filters` those that may
 * not. */
static void pass_by(struct dataplane *dp, const struct attachment *attachment, uint32_t priority,
		    char filters[ATTACHMENT_TEXT])
{
	unsigned ifindex = attachment->ifindex;
	enum role role = attachment->role;
	char passed[ATTACHMENT_TEXT], name[MCI_NAME];
	uint32_t better = in_front_look(dp, ifindex, role, priority, filters, ATTACHMENT_TEXT);

	if (!better)
		return;
	memcpy(passed, filters, sizeof(passed));
	if (tc_move(dp, ifindex, role, better))
		return;
	in_front_look(dp, ifindex, role, better, filters, ATTACHMENT_TEXT);
	log_notice("%s: our filter stands at preference %u now: %s took packets before it",
		   dataplane_interface(ifindex, name), better, passed);
}

/* Programs of XDP and TCX see packets before all filters, so they are named first. */
static void look_in_front(struct dataplane *dp, struct attachment *attachment, uint32_t priority)
{
	char filters[ATTACHMENT_TEXT];
	size_t length;

	pass_by(dp, attachment, priority, filters);
	programs_in_front_look(dp, attachment);
	length = strlen(attachment->in_front);
	if (*filters)
		snprintf(attachment->in_front + length, sizeof(attachment->in_front) - length,
			 "%s%s", length ? ", " : "", filters);
}

bool dataplane_is_lost(struct dataplane *dp, unsigned ifindex, enum role role)
{
	struct attachment *attachment = attachments_find(dp, ifindex, role);
	uint32_t priority = 0;

	if (!attachment)
		return false;
	if (!tc_is_attached(dp, ifindex, role, &priority) ||
	    (attachment->xdp && !xdp_is_attached(dp, ifindex, &attachment->xdp_id)))
		attachment->lost = true;
	if (priority)
		look_in_front(dp, attachment, priority);
	return attachment->lost;
}
