/* SPDX-License-Identifier: BSD-2-Clause */
#include "membership/queries.h"
#include "membership/encode.h"

#include <utlist.h>

static struct membership_question question_for(const struct membership_querier *querier,
					       const struct addr *group, usec_t max_response)
{
	return (struct membership_question){.from = querier->address,
					    .group = *group,
					    .max_response_ms = max_response / USEC_PER_MS,
					    .robustness = querier->robustness,
					    .query_interval = querier->query_interval};
}

static void send_query(struct membership_querier *querier, struct writer *w,
		       const struct membership_question *question)
{
	struct addr destination = membership_query_destination(question);
	size_t length = membership_query_end(w, question);

	querier->actions->send(querier->context, &destination, w->start, length);
	querier->counters.queries_sent++;
}

static void send_general(struct membership_querier *querier, unsigned query_interval)
{
	struct addr all = {.family = querier->address.family};
	struct membership_question question =
		question_for(querier, &all, MEMBERSHIP_RESPONSE_INTERVAL);
	uint8_t bytes[MEMBERSHIP_QUERY_MAX];
	struct writer w;

	question.query_interval = query_interval;
	membership_query_begin(&w, &question, bytes, sizeof(bytes));
	send_query(querier, &w, &question);
}

void membership_say_farewell(struct membership_querier *querier)
{
	send_general(querier, MEMBERSHIP_FAREWELL_INTERVAL);
	if (--querier->farewell_left)
		timer_start(querier->timers, &querier->general, MEMBERSHIP_LAST_MEMBER_INTERVAL);
}

/* Startup Query Interval and Startup Query Count: RFC 3376 sections 8.6 and 8.7. */
void membership_general_due(struct timer *timer)
{
	struct membership_querier *querier =
		container_of(timer, struct membership_querier, general);
	usec_t interval = membership_query_interval(querier);

	if (querier->resigned) {
		membership_say_farewell(querier);
		return;
	}
	send_general(querier, querier->query_interval);
	if (querier->startup_left && --querier->startup_left)
		interval /= 4;
	timer_start(querier->timers, timer, interval);
}

/* Whether a Query with this S flag must name the source. Sources that a host has reported in the
 * meantime are named in the Query with the flag set (RFC 3376 section 6.6.3.2). */
static bool is_to_be_asked(const struct membership_source *source, bool suppress)
{
	const struct membership_querier *querier = source->group->querier;
	bool is_renewed = timer_left(querier->timers, &source->expiry) >
			  membership_last_member_query_time(querier);

	return source->queries_left && is_renewed == suppress;
}

/* Sends as many Queries as the sources need. */
static void ask_with(struct membership_group *group, bool suppress)
{
	struct membership_querier *querier = group->querier;
	struct membership_question question =
		question_for(querier, &group->address, MEMBERSHIP_LAST_MEMBER_INTERVAL);
	uint8_t bytes[MEMBERSHIP_QUERY_MAX];
	struct membership_source *source;
	struct writer w = {0};

	question.suppress = suppress;
	DL_FOREACH (group->sources, source) {
		if (!is_to_be_asked(source, suppress))
			continue;
		source->queries_left--;
		if (w.start && membership_query_add(&w, &source->sg.source))
			continue;
		if (w.start)
			send_query(querier, &w, &question);
		membership_query_begin(&w, &question, bytes, sizeof(bytes));
		membership_query_add(&w, &source->sg.source);
	}
	if (w.start)
		send_query(querier, &w, &question);
}

static void ask_and_repeat(struct membership_group *group)
{
	const struct membership_source *source;
	bool again = false;

	ask_with(group, true);
	ask_with(group, false);
	DL_FOREACH (group->sources, source)
		again |= source->queries_left;
	if (again)
		timer_start(group->querier->timers, &group->retransmission,
			    MEMBERSHIP_LAST_MEMBER_INTERVAL);
}

void membership_retransmission_due(struct timer *timer)
{
	ask_and_repeat(container_of(timer, struct membership_group, retransmission));
}

void membership_ask(struct membership_group *group)
{
	struct membership_querier *querier = group->querier;

	if (bucket_take(&querier->specific, 1, querier->timers->now)) {
		ask_and_repeat(group);
		return;
	}
	querier->counters.queries_delayed++;
	if (!group->retransmission.slot)
		timer_start(querier->timers, &group->retransmission,
			    MEMBERSHIP_LAST_MEMBER_INTERVAL);
}

void membership_stop_asking(struct membership_querier *querier)
{
	struct membership_source *source;
	struct membership_group *group;

	timer_stop(querier->timers, &querier->general);
	for (group = querier->groups; group; group = group->hh.next)
		timer_stop(querier->timers, &group->retransmission);
	for (source = querier->sources; source; source = source->hh.next)
		source->queries_left = 0;
}
