/* SPDX-License-Identifier: BSD-2-Clause */
#include "page/tunnels.h"
#include "base/memory.h"
#include "control/values.h"
#include "control/view_tunnels.h"

#include <stdlib.h>

void tunnels_look_begin(struct tunnels_look *look, const struct amt_tunnels *tunnels)
{
	*look = (struct tunnels_look){.tunnels = tunnels};
	ranking_begin(&look->first, TUNNELS_MAX);
}

void tunnels_look_end(struct tunnels_look *look)
{
	ranking_end(&look->first);
}

static void offer(void *ranking, void *tunnel)
{
	amt_ranked_offer(ranking, tunnel);
}

bool tunnels_look_on(struct tunnels_look *look)
{
	return amt_ranked_walk(look->tunnels, &look->walk, TUNNELS_AT_ONCE, offer, &look->first);
}

static json_t *discoveries(const struct amt_tunnels *tunnels)
{
	const struct amt_contact *contact = tunnels->by_contact;
	json_t *list = json_array();

	for (unsigned i = 0; contact && i < TUNNELS_MAX; i++, contact = contact->hh.next)
		json_array_append_new(list, view_contact(contact));
	return list;
}

json_t *tunnels_look_view(struct tunnels_look *look)
{
	json_t *view = json_object(), *list = json_array();
	struct rank rank;

	while (ranking_take_last(&look->first, &rank)) {
		const struct amt_tunnel *tunnel = amt_ranked_find(look->tunnels, &rank);

		if (tunnel)
			json_array_insert_new(list, 0, view_tunnel(tunnel));
	}
	put(view, "tunnels", list);
	put(view, "discoveries", discoveries(look->tunnels));
	put(view, "held_down", view_holds(look->tunnels));
	put_count(view, "of", HASH_COUNT(look->tunnels->by_relay));
	return view;
}

/* A request */

struct tunnels_job {
	struct job job;
	struct tunnels_look look;
};

static void end(struct job *job)
{
	tunnels_look_end(&((struct tunnels_job *)job)->look);
}

static bool part(struct job *job)
{
	struct tunnels_job *tunnels = (struct tunnels_job *)job;

	if (tunnels_look_on(&tunnels->look))
		return true;
	job_add_json(job, tunnels_look_view(&tunnels->look));
	return false;
}

void tunnels_asked(struct requests *rooms, struct job **jobs, struct http_request *request)
{
	struct tunnels_job *tunnels = memory_new(sizeof(*tunnels));

	tunnels->job.part = part;
	tunnels->job.end = end;
	tunnels_look_begin(&tunnels->look, &rooms->paths->tunnels);
	job_start(&tunnels->job, rooms->timers, jobs, request);
}
