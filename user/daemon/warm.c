/* SPDX-License-Identifier: BSD-2-Clause */
/* Tunnels that stand ready for channels to come: to the relays that the configuration lists, for
 * both families. The first channel behind such a relay is joined by one report. */
#include "base/log.h"
#include "base/memory.h"
#include "base/random.h"
#include "daemon/engine.h"

#include <stdlib.h>

static void connect_to(struct warm *warm)
{
	amt_tunnels_join(&warm->engine->tunnels, &warm->member, &warm->relay, false);
}

static void retry_due(struct timer *timer)
{
	connect_to(container_of(timer, struct warm, retry));
}

static bool is_one(const struct engine *engine, const struct warm *warm)
{
	return warm >= engine->warm && warm < engine->warm + engine->warm_count;
}

bool warm_up(struct engine *engine, struct amt_member *member)
{
	struct warm *warm = container_of(member, struct warm, member);

	if (!is_one(engine, warm))
		return false;
	warm->failures = 0;
	return true;
}

bool warm_failed(struct engine *engine, struct amt_member *member, const char *reason)
{
	struct warm *warm = container_of(member, struct warm, member);
	char text[ADDR_TEXT];

	if (!is_one(engine, warm))
		return false;
	log_warning("tunnel to relay %s, which is to be warm: %s", addr_format(&warm->relay, text),
		    reason);
	timer_start(&engine->timers, &warm->retry,
		    random_backoff(CHANNEL_RETRY_INITIAL, CHANNEL_RETRY_MAX, warm->failures++));
	return true;
}

static void start_one(struct engine *engine, const struct addr *relay, int family)
{
	struct warm *warm = &engine->warm[engine->warm_count++];

	*warm = (struct warm){.engine = engine,
			      .relay = *relay,
			      .member = {.sg.source.family = (uint8_t)family, .connection = true},
			      .retry = {.fn = retry_due}};
	/* Not within the start, where nothing could fail yet. */
	timer_start(&engine->timers, &warm->retry, 0);
}

void warm_start(struct engine *engine)
{
	const struct prefixes *relays = &engine->config->warm;

	engine->warm = memory_new(2 * relays->count * sizeof(*engine->warm));
	for (unsigned i = 0; i < relays->count; i++) {
		start_one(engine, &relays->list[i].addr, AF_INET);
		start_one(engine, &relays->list[i].addr, AF_INET6);
	}
}

void warm_stop(struct engine *engine)
{
	for (unsigned i = 0; i < engine->warm_count; i++) {
		timer_stop(&engine->timers, &engine->warm[i].retry);
		amt_tunnels_leave(&engine->tunnels, &engine->warm[i].member);
	}
	free(engine->warm);
	engine->warm = NULL;
	engine->warm_count = 0;
}
