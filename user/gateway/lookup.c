/* SPDX-License-Identifier: BSD-2-Clause */
#include "gateway/lookup.h"

static void answered(const struct driad_question *question, const struct dns_answer *answer)
{
	struct gateway_lookup *lookup =
		container_of(question->lookup, struct gateway_lookup, driad);

	lookup->answered(lookup->owner, question, answer);
}

static void done(struct driad_lookup *driad)
{
	loop_stop(((struct gateway *)driad->context)->loop);
}

bool gateway_look_up(struct gateway *gateway, const struct addr *source,
		     struct gateway_lookup *lookup)
{
	lookup->actions = gateway_dns;
	lookup->actions.answered = answered;
	lookup->actions.done = done;
	lookup->driad = (struct driad_lookup){.timers = &gateway->timers,
					      .actions = &lookup->actions,
					      .options = &gateway->options,
					      .context = gateway,
					      .source = *source,
					      .patient = true};
	driad_start(&lookup->driad);
	loop_run(gateway->loop);
	return !lookup->driad.pending;
}
