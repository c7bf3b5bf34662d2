/* SPDX-License-Identifier: BSD-2-Clause */
/* Keeps the programs attached. What fails, or is taken away by another tool (`tc qdisc replace`, a
 * shaper, a network manager), is attached again: at once the first time, ever later where that
 * happens again and again. */
#include "base/log.h"
#include "daemon/engine.h"

#include <stdio.h>
#include <string.h>

static void log_mode(const struct engine *engine, const struct netlink_interface *link)
{
	const char *mode = dataplane_mode(engine->dataplane, link->ifindex, ROLE_UPSTREAM);

	if (mode)
		log_notice("%s: tunnels arrive here, taken by %s (%s)", link->name, mode,
			   dataplane_why(engine->dataplane, link->ifindex, ROLE_UPSTREAM));
}

void attached_log_modes(const struct engine *engine)
{
	for (unsigned i = 0; i < engine->uplink_count; i++)
		log_mode(engine, &engine->uplinks[i].link);
}

static void note_loss(struct engine *engine, const struct netlink_interface *link,
		      struct hold *hold)
{
	struct guard *guard = &hold->guard;

	hold->lost = true;
	guard_count(guard, engine->timers.now);
	if (guard->times == 1)
		snprintf(hold->why, sizeof(hold->why),
			 "%s: another tool has taken our program away: it is attached again",
			 link->name);
	else
		snprintf(hold->why, sizeof(hold->why),
			 "%s: another tool takes our program away again and again (%u times): it "
			 "is attached again in %u s; keep that tool from %s, or from its clsact",
			 link->name, guard->times,
			 (unsigned)((guard->next - engine->timers.now) / USEC_PER_SEC), link->name);
	if (guard_is_news(guard))
		log_notice("%s", hold->why);
}

/* Said once for as long as it is so. */
static void note_refusal(struct engine *engine, struct hold *hold)
{
	const char *why = dataplane_error(engine->dataplane);

	guard_count(&hold->guard, engine->timers.now);
	if (!strcmp(hold->why, why))
		return;
	snprintf(hold->why, sizeof(hold->why), "%s", why);
	log_error("%s", why);
}

static void note_in_front(const struct engine *engine, const struct netlink_interface *link,
			  struct hold *hold, enum role role)
{
	const char *in_front = dataplane_in_front(engine->dataplane, link->ifindex, role);

	if (!strcmp(hold->in_front, in_front))
		return;
	snprintf(hold->in_front, sizeof(hold->in_front), "%s", in_front);
	if (*in_front)
		log_notice("%s: %s stands in front of our filter, and may take packets before it",
			   link->name, in_front);
}

static int attach(struct engine *engine, const struct netlink_interface *link, enum role role)
{
	return role == ROLE_UPSTREAM
		       ? dataplane_attach_upstream(engine->dataplane, link->ifindex)
		       : dataplane_attach_downstream(engine->dataplane, link->ifindex);
}

/* True where it has just been attached, and a line is due. */
static bool keep(struct engine *engine, const struct netlink_interface *link, struct hold *hold,
		 enum role role)
{
	struct dataplane *dataplane = engine->dataplane;
	bool is_news;

	if (!link->ifindex)
		return false;
	if (dataplane_is_lost(dataplane, link->ifindex, role) && !hold->lost)
		note_loss(engine, link, hold);
	note_in_front(engine, link, hold, role);
	if (dataplane_mode(dataplane, link->ifindex, role) ||
	    !guard_may_try(&hold->guard, engine->timers.now))
		return false;
	if (attach(engine, link, role)) {
		note_refusal(engine, hold);
		return false;
	}
	is_news = !hold->lost || guard_is_news(&hold->guard);
	hold->lost = false;
	hold->why[0] = '\0';
	return is_news;
}

bool attached_lan(struct lan *lan)
{
	if (keep(lan->engine, &lan->link, &lan->hold, ROLE_DOWNSTREAM))
		attached_log_modes(lan->engine);
	return !lan->link.ifindex ||
	       dataplane_why(lan->engine->dataplane, lan->link.ifindex, ROLE_DOWNSTREAM);
}

void attached_uplink(struct engine *engine, struct uplink *uplink)
{
	if (keep(engine, &uplink->link, &uplink->hold, ROLE_UPSTREAM))
		log_mode(engine, &uplink->link);
}
