/* SPDX-License-Identifier: BSD-2-Clause */
#include "membership/reports.h"
#include "base/log.h"
#include "membership/queries.h"
#include "membership/sources.h"

#include <utlist.h>

/* IS_IN (B), ALLOW (B): (B) = GMI */
static enum fault include_all(struct membership_querier *querier, const struct addr *host,
			      const struct membership_record *record)
{
	struct cursor sources = record->sources;
	struct sg sg = {.group = record->group};
	enum fault fault = FAULT_NONE;

	while (membership_next_source(&sources, sg.group.family, &sg.source)) {
		if (!sg_is_forwardable(&sg) || !prefixes_allow(querier->settings.groups, &sg.group))
			querier->counters.skipped++;
		else if (membership_include(querier, host, &sg))
			fault = FAULT_LIMIT;
	}
	return fault;
}

/* BLOCK (B): Send Q(G,A*B) */
static void doubt_listed(struct membership_querier *querier, const struct membership_record *record)
{
	struct membership_group *group = membership_find_group(querier, &record->group);
	struct cursor sources = record->sources;
	struct sg sg = {.group = record->group};
	struct membership_source *source;
	bool asked = false;

	while (membership_next_source(&sources, sg.group.family, &sg.source)) {
		source = membership_querier_find(querier, &sg);
		asked |= source && membership_doubt(source);
	}
	if (asked)
		membership_ask(group);
}

/* TO_IN (B): Send Q(G,A-B) */
static void doubt_others(struct membership_querier *querier, const struct membership_record *record)
{
	struct membership_group *group = membership_find_group(querier, &record->group);
	struct membership_source *source;
	bool asked = false;

	if (!group)
		return;
	DL_FOREACH (group->sources, source)
		if (source->record != querier->record)
			asked |= membership_doubt(source);
	if (asked)
		membership_ask(group);
}

/* A host that wants an SSM group and names no source is the most common mistake; only this line and
 * its counter show it to the operator. */
static void note_no_source(struct membership_querier *querier, const struct addr *host,
			   const struct addr *group, uint64_t *counter)
{
	char host_text[ADDR_TEXT], group_text[ADDR_TEXT];

	if (!addr_is_ssm_group(group)) {
		querier->counters.skipped++;
		return;
	}
	++*counter;
	log_warning("%s: host %s on %s asks for group %s without a source: ignored",
		    membership_protocol(querier), addr_format(host, host_text), querier->name,
		    addr_format(group, group_text));
}

static enum fault apply_record(struct membership_querier *querier, const struct addr *host,
			       const struct membership_record *record)
{
	enum fault fault = FAULT_NONE;

	querier->record++;
	switch (record->type) {
	case MEMBERSHIP_IS_IN:
	case MEMBERSHIP_ALLOW:
		return include_all(querier, host, record);
	case MEMBERSHIP_TO_IN:
		fault = include_all(querier, host, record);
		doubt_others(querier, record);
		return fault;
	case MEMBERSHIP_BLOCK:
		doubt_listed(querier, record);
		return FAULT_NONE;
	case MEMBERSHIP_IS_EX:
	case MEMBERSHIP_TO_EX:
		note_no_source(querier, host, &record->group, &querier->counters.no_source);
		return FAULT_NONE;
	default:
		querier->counters.skipped++;
		return FAULT_NONE;
	}
}

/* An MLD report from :: is valid but changes nothing (RFC 3810 section 5.2.13). */
enum fault membership_receive_report(struct membership_querier *querier, const struct addr *host,
				     struct membership_message *message)
{
	enum fault fault = FAULT_NONE;
	struct membership_record record;

	querier->counters.reports_received++;
	if (host->family == AF_INET6 && addr_is_unspecified(host))
		return FAULT_NONE;
	while (membership_next_record(&message->records, host->family, &record)) {
		enum fault rejected = apply_record(querier, host, &record);

		fault = rejected ? rejected : fault;
	}
	return fault;
}

void membership_receive_old_report(struct membership_querier *querier, const struct addr *host,
				   const struct addr *group)
{
	note_no_source(querier, host, group, &querier->counters.old_reports);
}
