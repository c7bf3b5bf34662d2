/* SPDX-License-Identifier: BSD-2-Clause */
#include "links/attached.h"
#include "base/log.h"

#include <stdio.h>
#include <string.h>

static void log_mode(const struct links *links, const struct link *link)
{
	const char *mode = dataplane_mode(links->dataplane, link->is.ifindex, ROLE_UPSTREAM);

	if (mode)
		log_notice("%s: tunnels arrive here, taken by %s (%s)", link->is.name, mode,
			   dataplane_why(links->dataplane, link->is.ifindex, ROLE_UPSTREAM));
}

void attached_log_modes(const struct links *links)
{
	for (unsigned i = 0; i < links->upstream_count; i++)
		log_mode(links, &links->upstreams[i]);
}

bool attached_is(const struct links *links, const struct link *link)
{
	return dataplane_why(links->dataplane, link->is.ifindex, link->role);
}

static void note_loss(struct links *links, struct link *link)
{
	struct link_program *program = &link->program;
	struct guard *guard = &program->guard;

	program->lost = true;
	guard_count(guard, links->timers->now);
	if (guard->times == 1)
		snprintf(program->why, sizeof(program->why),
			 "%s: another tool has taken our program away: it is attached again",
			 link->is.name);
	else
		snprintf(program->why, sizeof(program->why),
			 "%s: another tool takes our program away again and again (%u times): it "
			 "is attached again in %u s; keep that tool from %s, or from its clsact",
			 link->is.name, guard->times,
			 (unsigned)((guard->next - links->timers->now) / USEC_PER_SEC),
			 link->is.name);
	if (guard_is_news(guard))
		log_notice("%s", program->why);
}

/* The same reason is logged once. */
static void note_failure(struct links *links, struct link_program *program)
{
	const char *why = dataplane_error(links->dataplane);

	guard_count(&program->guard, links->timers->now);
	if (!strcmp(program->why, why))
		return;
	snprintf(program->why, sizeof(program->why), "%s", why);
	log_error("%s", why);
}

static void note_in_front(const struct links *links, struct link *link)
{
	const char *in_front = dataplane_in_front(links->dataplane, link->is.ifindex, link->role);

	if (!strcmp(link->program.in_front, in_front))
		return;
	snprintf(link->program.in_front, sizeof(link->program.in_front), "%s", in_front);
	if (*in_front)
		log_notice("%s: %s stands in front of our filter, and may take packets before it",
			   link->is.name, in_front);
}

static bool attach(struct links *links, const struct link *link)
{
	unsigned ifindex = link->is.ifindex;

	return link->role == ROLE_UPSTREAM
		       ? !dataplane_attach_upstream(links->dataplane, ifindex)
		       : !dataplane_attach_downstream(links->dataplane, ifindex);
}

static void attach_again(struct links *links, struct link *link)
{
	struct link_program *program = &link->program;
	bool was_lost = program->lost, is_news = !was_lost || guard_is_news(&program->guard);

	if (!attach(links, link)) {
		note_failure(links, program);
		return;
	}
	program->lost = false;
	program->why[0] = '\0';
	if (was_lost && link->role == ROLE_DOWNSTREAM)
		links->actions->lan_was_deaf(links->context, (unsigned)(link - links->lans));
	if (is_news && link->role == ROLE_UPSTREAM)
		log_mode(links, link);
	else if (is_news)
		attached_log_modes(links);
}

void attached_keep(struct links *links, struct link *link)
{
	unsigned ifindex = link->is.ifindex;

	if (!ifindex)
		return;
	if (dataplane_is_lost(links->dataplane, ifindex, link->role) && !link->program.lost)
		note_loss(links, link);
	note_in_front(links, link);
	if (!dataplane_mode(links->dataplane, ifindex, link->role) &&
	    guard_may_try(&link->program.guard, links->timers->now))
		attach_again(links, link);
}
