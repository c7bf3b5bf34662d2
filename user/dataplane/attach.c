/* SPDX-License-Identifier: BSD-2-Clause */
/* Which program is attached where, and why. How, is attach_tc.c's and attach_xdp.c's.
 *
 * TC is attached to every upstream, behind XDP where there is XDP: each packet is handled by the
 * first of them that takes it, and XDP takes only what it can bring to its end. */
#include "dataplane/internal.h"

#include "base/log.h"
#include "base/memory.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

static struct attachment *find(const struct dataplane *dp, unsigned ifindex, enum role role)
{
	for (unsigned i = 0; i < dp->attachment_count; i++)
		if (dp->attachments[i].ifindex == ifindex && dp->attachments[i].role == role)
			return &dp->attachments[i];
	return NULL;
}

bool attach_is(const struct dataplane *dp, unsigned ifindex, enum role role)
{
	return find(dp, ifindex, role);
}

/* Packets go from each upstream to each LAN. */
static void watch(const struct dataplane *dp, unsigned ifindex, enum role role)
{
	for (unsigned i = 0; i < dp->attachment_count; i++) {
		unsigned other = dp->attachments[i].ifindex;

		if (dp->attachments[i].role == role)
			continue;
		if (role == ROLE_UPSTREAM)
			refused_watch(dp, ifindex, other);
		else
			refused_watch(dp, other, ifindex);
	}
}

/* Of what is attached: nothing can fail any more. */
static void add(struct dataplane *dp, const struct attachment *attachment)
{
	watch(dp, attachment->ifindex, attachment->role);
	dp->attachments = memory_resize(dp->attachments,
					(dp->attachment_count + 1) * sizeof(*dp->attachments));
	dp->attachments[dp->attachment_count++] = *attachment;
}

static void remove_programs(unsigned ifindex, enum role role)
{
	tc_remove(ifindex, role);
	if (role == ROLE_UPSTREAM)
		xdp_remove(ifindex);
}

static void remove_all(const struct dataplane *dp, unsigned ifindex, enum role role)
{
	remove_programs(ifindex, role);
	if (role == ROLE_UPSTREAM)
		offloads_restore(dp, ifindex);
}

void dataplane_choose(struct dataplane *dp, enum dataplane_choice choice)
{
	dp->choice = choice;
}

/* LANs */

/* Asks for a LAN what its driver takes. Before Linux 6.3 nobody knows: it is to be tried only where
 * the operator says so. */
static void learn_lan(const struct dataplane *dp, struct attachment *lan)
{
	uint64_t features = 0;
	char name[MCI_NAME];
	int error = features_get(lan->ifindex, &features);

	dataplane_interface(lan->ifindex, name);
	lan->takes_parts = features & FEATURE_NDO_XMIT_SG;
	lan->takes_xdp = error ? dp->choice == DATAPLANE_XDP : features & FEATURE_NDO_XMIT;
	if (error)
		snprintf(lan->why, sizeof(lan->why),
			 "the kernel does not tell whether %s takes frames from XDP "
			 "(Linux 6.3 does)",
			 name);
	else
		snprintf(lan->why, sizeof(lan->why), "%s %s frames from XDP", name,
			 lan->takes_xdp ? "takes" : "takes no");
}

/* The first LAN that takes frames from XDP or does not; NULL where there is none. */
static const struct attachment *find_lan(const struct dataplane *dp, bool takes_xdp)
{
	for (unsigned i = 0; i < dp->attachment_count; i++)
		if (dp->attachments[i].role == ROLE_DOWNSTREAM &&
		    dp->attachments[i].takes_xdp == takes_xdp)
			return &dp->attachments[i];
	return NULL;
}

bool attach_takes_xdp(const struct dataplane *dp, unsigned ifindex)
{
	const struct attachment *lan = find(dp, ifindex, ROLE_DOWNSTREAM);

	return lan && lan->takes_xdp;
}

/* Upstreams */

/* With XDP in front, what a LAN does not take is parsed twice: no use where no LAN takes any. */
static bool xdp_is_of_use(const struct dataplane *dp, struct attachment *upstream)
{
	const struct attachment *other = find_lan(dp, false);

	if (dp->choice == DATAPLANE_TC)
		snprintf(upstream->why, sizeof(upstream->why), "so the configuration says");
	else if (dp->choice == DATAPLANE_AUTO && !find_lan(dp, true))
		snprintf(upstream->why, sizeof(upstream->why), "%s",
			 other ? other->why : "there is no LAN");
	else
		return true;
	return false;
}

static void explain_xdp(const struct dataplane *dp, struct attachment *upstream)
{
	const struct attachment *other = find_lan(dp, false);

	if (other)
		snprintf(upstream->why, sizeof(upstream->why), "native; but %.100s", other->why);
	else
		snprintf(upstream->why, sizeof(upstream->why), "native");
}

static int choose_xdp(struct dataplane *dp, struct attachment *upstream)
{
	char name[MCI_NAME], why[sizeof(dp->error)];
	int error;

	upstream->xdp = false;
	upstream->xdp_id = 0;
	if (!xdp_is_of_use(dp, upstream)) {
		xdp_remove(upstream->ifindex); /* an earlier daemon's, or of LANs that were */
		return 0;
	}
	error = xdp_attach(dp, upstream->ifindex);
	if (!error) {
		upstream->xdp = true;
		lan_sets_open(dp);
		explain_xdp(dp, upstream);
		return 0;
	}
	snprintf(why, sizeof(why), "%s", dp->error);
	snprintf(upstream->why, sizeof(upstream->why), "%.100s", why);
	if (dp->choice == DATAPLANE_AUTO)
		return 0;
	return dataplane_fail(dp, error,
			      "cannot attach to %s: %.150s; 'mode = auto' would take TC instead",
			      dataplane_interface(upstream->ifindex, name), why);
}

static int attach_upstream_anew(struct dataplane *dp, unsigned ifindex)
{
	struct attachment upstream = {.ifindex = ifindex, .role = ROLE_UPSTREAM};
	int error = tc_attach(dp, ifindex, ROLE_UPSTREAM);

	if (!error)
		error = choose_xdp(dp, &upstream);
	if (error) {
		remove_programs(ifindex, ROLE_UPSTREAM);
		return error;
	}
	add(dp, &upstream);
	offloads_switch_off(dp, ifindex);
	return 0;
}

int dataplane_attach_upstream(struct dataplane *dp, unsigned ifindex)
{
	struct attachment *upstream = find(dp, ifindex, ROLE_UPSTREAM);
	int error;

	if (!upstream)
		return attach_upstream_anew(dp, ifindex);
	if (!upstream->lost)
		return 0;
	error = tc_attach(dp, ifindex, ROLE_UPSTREAM);
	if (!error)
		error = choose_xdp(dp, upstream);
	if (error)
		dataplane_detach(dp, ifindex, ROLE_UPSTREAM);
	else
		upstream->lost = false;
	return error;
}

int dataplane_renew_upstream(struct dataplane *dp, unsigned ifindex)
{
	struct attachment *upstream = find(dp, ifindex, ROLE_UPSTREAM);
	int error = upstream ? choose_xdp(dp, upstream) : 0;

	if (error)
		dataplane_detach(dp, ifindex, ROLE_UPSTREAM);
	return error;
}

/* XDP knows the LANs that there were when it was attached. */
static void choose_again(struct dataplane *dp)
{
	for (unsigned i = dp->attachment_count; i--;)
		if (dp->attachments[i].role == ROLE_UPSTREAM)
			dataplane_renew_upstream(dp, dp->attachments[i].ifindex);
}

int dataplane_attach_downstream(struct dataplane *dp, unsigned ifindex)
{
	struct attachment *lost = find(dp, ifindex, ROLE_DOWNSTREAM);
	struct attachment lan = {.ifindex = ifindex, .role = ROLE_DOWNSTREAM};
	int error;

	if (lost && !lost->lost)
		return 0;
	error = tc_attach(dp, ifindex, ROLE_DOWNSTREAM);
	if (error)
		return error;
	if (lost) {
		lost->lost = false;
		return 0;
	}
	learn_lan(dp, &lan);
	add(dp, &lan);
	choose_again(dp);
	return 0;
}

bool dataplane_renew_downstream(struct dataplane *dp, unsigned ifindex)
{
	struct attachment *lan = find(dp, ifindex, ROLE_DOWNSTREAM), before;

	if (!lan)
		return false;
	before = *lan;
	learn_lan(dp, lan);
	if (lan->takes_xdp == before.takes_xdp && lan->takes_parts == before.takes_parts)
		return false;
	choose_again(dp);
	return true;
}

void dataplane_detach(struct dataplane *dp, unsigned ifindex, enum role role)
{
	struct attachment *attachment = find(dp, ifindex, role);

	if (!attachment)
		return;
	*attachment = dp->attachments[--dp->attachment_count];
	remove_all(dp, ifindex, role);
	if (role == ROLE_DOWNSTREAM) {
		observed_forget(dp, ifindex);
		lans_remove(dp, ifindex);
	}
	refused_forget_leftovers(dp);
}

/* What is attached */

/* Steps in front of what may be passed by, and keeps what stands in front then. */
static void look_in_front(struct dataplane *dp, struct attachment *attachment, uint32_t priority)
{
	size_t size = sizeof(attachment->in_front);
	unsigned ifindex = attachment->ifindex;
	enum role role = attachment->role;
	char passed[sizeof(attachment->in_front)], name[MCI_NAME];
	uint32_t better = in_front_look(ifindex, role, priority, attachment->in_front, size);

	if (!better)
		return;
	memcpy(passed, attachment->in_front, size);
	if (tc_move(dp, ifindex, role, better))
		return;
	in_front_look(ifindex, role, better, attachment->in_front, size);
	log_notice("%s: our filter stands at preference %u now: %s took packets before it",
		   dataplane_interface(ifindex, name), better, passed);
}

bool dataplane_is_lost(struct dataplane *dp, unsigned ifindex, enum role role)
{
	struct attachment *attachment = find(dp, ifindex, role);
	uint32_t priority = 0;

	if (!attachment)
		return false;
	if (!tc_is_attached(ifindex, role, &priority) ||
	    (attachment->xdp && !xdp_is_attached(ifindex, &attachment->xdp_id)))
		attachment->lost = true;
	if (priority)
		look_in_front(dp, attachment, priority);
	return attachment->lost;
}

const char *dataplane_in_front(const struct dataplane *dp, unsigned ifindex, enum role role)
{
	const struct attachment *attachment = find(dp, ifindex, role);

	return attachment ? attachment->in_front : "";
}

const char *dataplane_mode(const struct dataplane *dp, unsigned ifindex, enum role role)
{
	const struct attachment *attachment = find(dp, ifindex, role);

	if (!attachment || attachment->lost)
		return NULL;
	return attachment->xdp ? "xdp" : "tc";
}

const char *dataplane_why(const struct dataplane *dp, unsigned ifindex, enum role role)
{
	const struct attachment *attachment = find(dp, ifindex, role);

	return attachment ? attachment->why : NULL;
}

void attach_remove_leftovers(struct dataplane *dp)
{
	struct if_nameindex *interfaces = if_nameindex();

	for (unsigned i = 0; interfaces && interfaces[i].if_index; i++) {
		for (enum role role = 0; role < ROLE_COUNT; role++)
			if (!find(dp, interfaces[i].if_index, role))
				remove_all(dp, interfaces[i].if_index, role);
	}
	if_freenameindex(interfaces);
}

void attach_remove_all(struct dataplane *dp)
{
	dp->attachment_count = 0;
	attach_remove_leftovers(dp);
}
