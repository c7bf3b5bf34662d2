/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/lookups.h"
#include "base/memory.h"
#include "control/views.h"

#include <stdlib.h>
#include <utlist.h>

struct request_lookup {
	struct driad_lookup driad;
	struct requests *requests;
	struct control_client *client;
	json_t *steps;
	struct request_lookup *prev, *next;
};

static struct request_lookup *lookup_of(struct driad_lookup *driad)
{
	return container_of(driad, struct request_lookup, driad);
}

static void end(struct request_lookup *lookup)
{
	DL_DELETE(lookup->requests->lookups, lookup);
	driad_stop(&lookup->driad);
	json_decref(lookup->steps);
	free(lookup);
}

static void answered(const struct driad_question *question, const struct dns_answer *answer)
{
	json_array_append_new(lookup_of(question->lookup)->steps,
			      view_lookup_step(question, answer));
}

static void done(struct driad_lookup *driad)
{
	struct request_lookup *lookup = lookup_of(driad);

	const char *dnssec = config_dnssec_name(lookup->requests->config);

	control_reply(lookup->client, view_lookup(driad, dnssec, lookup->steps));
	end(lookup);
}

/* DNS is asked as for the channels. */
void lookups_init(struct requests *requests)
{
	const struct driad_actions *asking = &requests->paths->sources.actions;

	requests->lookup_actions = (struct driad_actions){.ask = asking->ask,
							  .cancel = asking->cancel,
							  .refused = asking->refused,
							  .answered = answered,
							  .done = done};
}

void lookups_start(struct requests *requests, struct control_client *client, const json_t *request)
{
	const char *text = json_string_value(json_object_get(request, "source"));
	const struct driad_sources *sources = &requests->paths->sources;
	struct request_lookup *lookup;
	struct addr source;

	if (!text || !addr_parse(text, &source) || addr_is_martian(&source)) {
		control_refuse(client, "'source' must be the unicast address of a source");
		return;
	}
	lookup = memory_new(sizeof(*lookup));
	lookup->requests = requests;
	lookup->client = client;
	lookup->steps = json_array();
	lookup->driad = (struct driad_lookup){.timers = requests->timers,
					      .actions = &requests->lookup_actions,
					      .options = sources->options,
					      .context = sources->context,
					      .source = source,
					      .patient = true};
	DL_APPEND(requests->lookups, lookup);
	driad_start(&lookup->driad);
}

void lookups_cancel(struct requests *requests, const struct control_client *client)
{
	struct request_lookup *lookup, *next;

	DL_FOREACH_SAFE (requests->lookups, lookup, next)
		if (!client || lookup->client == client)
			end(lookup);
}
