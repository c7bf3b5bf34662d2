/* SPDX-License-Identifier: BSD-2-Clause */
#include "metrics/series.h"

static void add_holds(struct exposition *out, const struct amt_tunnels *tunnels)
{
	const struct amt_hold *hold;
	char text[ADDR_TEXT];

	exposition_family(out, "mcingest_relay_held_down", EXPOSITION_GAUGE,
			  "1 for each relay that has failed and is tried after all others.");
	for (hold = tunnels->holds.by_relay; hold; hold = hold->hh.next)
		if (hold->until > tunnels->timers->now)
			exposition_count(out, 1, "relay", addr_format(&hold->relay, text), "reason",
					 hold->reason, NULL);
}

static void add_waiting(struct exposition *out, const struct paths *paths)
{
	exposition_family(out, "mcingest_turns_waiting", EXPOSITION_GAUGE,
			  "Lookups and new relays that wait for their turn, see [limits].");
	exposition_count(out, paths->sources.pace.waiting, "kind", "discoveries", NULL);
	exposition_count(out, paths->tunnels.pace.waiting, "kind", "new_relays", NULL);
}

static const char *result_name(enum dns_status status)
{
	static const char *const names[DNS_STATUSES] = {
		[DNS_OK] = "ok",
		[DNS_NO_DATA] = "no_data",
		[DNS_NAME_ERROR] = "no_such_name",
		[DNS_SERVER_FAILURE] = "server_failure",
		[DNS_TIMEOUT] = "no_answer",
		[DNS_UNREACHABLE] = "unreachable",
		[DNS_BOGUS] = "bogus",
	};

	return names[status];
}

static void add_dns(struct exposition *out, const struct driad_sources *sources)
{
	exposition_family(out, "mcingest_dns_queries_total", EXPOSITION_COUNTER,
			  "Questions to DNS that ended, by the way of RFC 8777 that asked.");
	for (int way = 0; way < DRIAD_WAYS; way++)
		for (int status = 0; status < DNS_STATUSES; status++)
			exposition_count(out, sources->answers[way][status], "way",
					 driad_way_name(way), "result", result_name(status), NULL);
	exposition_family(out, "mcingest_dns_duration_seconds", EXPOSITION_HISTOGRAM,
			  "Time of a question to DNS, answers out of the cache included.");
	exposition_histogram(out, &sources->answer_times, NULL, NULL);
}

void series_relays(struct exposition *out, const struct series_source *from)
{
	const struct paths *paths = from->rooms->paths;

	add_holds(out, &paths->tunnels);
	add_waiting(out, paths);
	add_dns(out, &paths->sources);
}
