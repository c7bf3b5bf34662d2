/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/warm.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/random.h"

#include <stdlib.h>

struct path_warm {
	struct paths *paths;
	struct addr relay;
	struct amt_member member; /* a connection */
	struct timer retry;
	unsigned failures; /* in a row */
};

static void member_up(struct amt_member *member)
{
	container_of(member, struct path_warm, member)->failures = 0;
}

static void member_failed(struct amt_member *member, const char *reason)
{
	struct path_warm *warm = container_of(member, struct path_warm, member);
	usec_t delay = random_backoff(CHANNEL_RETRY_INITIAL, CHANNEL_RETRY_MAX, warm->failures++);
	char text[ADDR_TEXT];

	log_warning("tunnel to relay %s, which the setting 'warm' keeps ready: %s",
		    addr_format(&warm->relay, text), reason);
	timer_start(warm->paths->timers, &warm->retry, delay);
}

static const struct amt_member_actions member_actions = {.up = member_up, .failed = member_failed};

static void retry_due(struct timer *timer)
{
	struct path_warm *warm = container_of(timer, struct path_warm, retry);

	amt_tunnels_join(&warm->paths->tunnels, &warm->member, &warm->relay, false);
}

static void start_one(struct paths *paths, const struct addr *relay, int family)
{
	struct path_warm *warm = &paths->warm[paths->warm_count++];

	*warm = (struct path_warm){.paths = paths,
				   .relay = *relay,
				   .member = {.actions = &member_actions,
					      .sg.source.family = (uint8_t)family,
					      .connection = true},
				   .retry = {.fn = retry_due}};
	timer_start(paths->timers, &warm->retry, 0);
}

void path_warm_start(struct paths *paths, const struct prefixes *relays)
{
	paths->warm = memory_new(2 * relays->count * sizeof(*paths->warm));
	for (unsigned i = 0; i < relays->count; i++) {
		start_one(paths, &relays->list[i].addr, AF_INET);
		start_one(paths, &relays->list[i].addr, AF_INET6);
	}
}

void path_warm_return(struct paths *paths)
{
	for (unsigned i = 0; i < paths->warm_count; i++) {
		if (!paths->warm[i].retry.slot)
			continue;
		paths->warm[i].failures = 0;
		timer_start(paths->timers, &paths->warm[i].retry, 0);
	}
}

void path_warm_stop(struct paths *paths)
{
	for (unsigned i = 0; i < paths->warm_count; i++) {
		timer_stop(paths->timers, &paths->warm[i].retry);
		amt_tunnels_leave(&paths->tunnels, &paths->warm[i].member);
	}
	free(paths->warm);
	paths->warm = NULL;
	paths->warm_count = 0;
}
