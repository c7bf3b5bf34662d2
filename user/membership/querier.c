/* SPDX-License-Identifier: BSD-2-Clause */
#include "membership/querier.h"
#include "base/log.h"
#include "base/memory.h"

#include <string.h>
#include <utlist.h>

static const char *protocol_of(const struct membership_querier *querier)
{
	return querier->address.family == AF_INET ? "igmp" : "mld";
}

static bool is_querier(const struct membership_querier *querier)
{
	return !querier->other.family;
}

static usec_t query_interval(const struct membership_querier *querier)
{
	return querier->query_interval * USEC_PER_SEC;
}

/* Group Membership Interval (RFC 3376 section 8.4), Multicast Address Listening Interval */
static usec_t membership_interval(const struct membership_querier *querier)
{
	usec_t interval =
		querier->robustness * query_interval(querier) + MEMBERSHIP_RESPONSE_INTERVAL;

	if (is_querier(querier))
		return interval;
	if (interval > MEMBERSHIP_OTHER_INTERVAL_MAX)
		return MEMBERSHIP_OTHER_INTERVAL_MAX;
	return interval < MEMBERSHIP_OTHER_INTERVAL_MIN ? MEMBERSHIP_OTHER_INTERVAL_MIN : interval;
}

/* Section 8.5 */
static usec_t other_querier_present_interval(const struct membership_querier *querier)
{
	usec_t interval =
		querier->robustness * query_interval(querier) + MEMBERSHIP_RESPONSE_INTERVAL / 2;

	return interval > MEMBERSHIP_OTHER_PRESENT_MAX ? MEMBERSHIP_OTHER_PRESENT_MAX : interval;
}

/* Section 8.10; the Last Member Query Count is the Robustness Variable. */
static usec_t last_member_query_time(const struct membership_querier *querier)
{
	return querier->robustness * MEMBERSHIP_LAST_MEMBER_INTERVAL;
}

/* Queries */

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

static void send_general(struct membership_querier *querier)
{
	struct addr all = {.family = querier->address.family};
	struct membership_question question =
		question_for(querier, &all, MEMBERSHIP_RESPONSE_INTERVAL);
	uint8_t bytes[MEMBERSHIP_QUERY_MAX];
	struct writer w;

	membership_query_begin(&w, &question, bytes, sizeof(bytes));
	send_query(querier, &w, &question);
}

/* Sections 8.6 and 8.7: at the start a few of them follow each other sooner. */
static void general_due(struct timer *timer)
{
	struct membership_querier *querier =
		container_of(timer, struct membership_querier, general);
	usec_t interval = query_interval(querier);

	send_general(querier);
	if (querier->startup_left && --querier->startup_left)
		interval /= 4;
	timer_start(querier->timers, timer, interval);
}

/* Whether a Group-and-Source-Specific Query names the source now, in the message of its S flag: set
 * where a host has answered, or reported, in the meantime (section 6.6.3.2). */
static bool is_to_be_asked(const struct membership_source *source, bool suppress)
{
	const struct membership_querier *querier = source->group->querier;
	bool longer =
		timer_left(querier->timers, &source->expiry) > last_member_query_time(querier);

	return source->queries_left && longer == suppress;
}

/* In as many messages as it takes. */
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

/* Asks for all sources of the group that have retransmissions left, and again after the Last Member
 * Query Interval. */
static void ask(struct membership_group *group)
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

/* A host has left. One that comes and goes all the time shall not make us shout. */
static void ask_at_once(struct membership_group *group)
{
	struct membership_querier *querier = group->querier;

	if (bucket_take(&querier->specific, 1, querier->timers->now)) {
		ask(group);
		return;
	}
	querier->counters.queries_delayed++;
	if (!group->retransmission.slot)
		timer_start(querier->timers, &group->retransmission,
			    MEMBERSHIP_LAST_MEMBER_INTERVAL);
}

static void retransmission_due(struct timer *timer)
{
	ask(container_of(timer, struct membership_group, retransmission));
}

static void stop_asking(struct membership_querier *querier)
{
	struct membership_source *source;
	struct membership_group *group;

	timer_stop(querier->timers, &querier->general);
	for (group = querier->groups; group; group = group->hh.next)
		timer_stop(querier->timers, &group->retransmission);
	for (source = querier->sources; source; source = source->hh.next)
		source->queries_left = 0;
}

/* Sources */

static struct membership_group *find_group(const struct membership_querier *querier,
					   const struct addr *address)
{
	struct membership_group *group;

	HASH_FIND(hh, querier->groups, address, sizeof(*address), group);
	return group;
}

struct membership_source *membership_querier_find(const struct membership_querier *querier,
						  const struct sg *sg)
{
	struct membership_source *source;

	HASH_FIND(hh, querier->sources, sg, sizeof(*sg), source);
	return source;
}

static void discard_group(struct membership_group *group)
{
	timer_stop(group->querier->timers, &group->retransmission);
	HASH_DEL(group->querier->groups, group);
	free(group);
}

static void discard(struct membership_source *source)
{
	struct membership_group *group = source->group;

	timer_stop(group->querier->timers, &source->expiry);
	HASH_DEL(group->querier->sources, source);
	DL_DELETE(group->sources, source);
	free(source);
	if (!--group->source_count)
		discard_group(group);
}

static void source_expired(struct timer *timer)
{
	struct membership_source *source = container_of(timer, struct membership_source, expiry);
	struct membership_querier *querier = source->group->querier;
	struct sg sg = source->sg;

	discard(source);
	querier->actions->left(querier->context, &sg);
}

static struct membership_group *add_group(struct membership_querier *querier,
					  const struct addr *address)
{
	struct membership_group *group = memory_new(sizeof(*group));

	group->address = *address;
	group->querier = querier;
	group->retransmission.fn = retransmission_due;
	HASH_ADD(hh, querier->groups, address, sizeof(group->address), group);
	return group;
}

static bool has_room(const struct membership_querier *querier, const struct sg *sg)
{
	const struct membership_group *group = find_group(querier, &sg->group);

	return membership_querier_count(querier) < querier->settings.limit &&
	       (!group || group->source_count < MEMBERSHIP_SOURCES_MAX);
}

static struct membership_source *add(struct membership_querier *querier, const struct sg *sg)
{
	struct membership_group *group = find_group(querier, &sg->group);
	struct membership_source *source = memory_new(sizeof(*source));

	if (!group)
		group = add_group(querier, &sg->group);
	source->sg = *sg;
	source->group = group;
	source->expiry.fn = source_expired;
	group->source_count++;
	DL_APPEND(group->sources, source);
	HASH_ADD(hh, querier->sources, sg, sizeof(source->sg), source);
	return source;
}

/* Reports (sections 6.4.1 and 6.4.2, the rows of INCLUDE mode) */

static void note_no_room(const struct membership_querier *querier, const struct addr *host,
			 const struct sg *sg)
{
	char text[SG_TEXT], host_text[ADDR_TEXT];

	sg_format(sg, text);
	addr_format(host, host_text);
	if (membership_querier_count(querier) >= querier->settings.limit)
		log_warning("%s: %s of host %s on %s refused: hosts there have joined %u (S,G) "
			    "already (limit 'memberships')",
			    protocol_of(querier), text, host_text, querier->name,
			    querier->settings.limit);
	else
		log_warning(
			"%s: %s of host %s on %s refused: hosts there have joined %u sources of "
			"the group already, and more there cannot be",
			protocol_of(querier), text, host_text, querier->name,
			MEMBERSHIP_SOURCES_MAX);
}

/* (B) = GMI */
static enum fault include(struct membership_querier *querier, const struct addr *host,
			  const struct sg *sg)
{
	struct membership_source *source = membership_querier_find(querier, sg);

	if (!source) {
		if (!has_room(querier, sg)) {
			note_no_room(querier, host, sg);
			return FAULT_LIMIT;
		}
		if (!querier->actions->joined(querier->context, sg))
			return FAULT_LIMIT;
		source = add(querier, sg);
	}
	source->record = querier->record;
	timer_start(querier->timers, &source->expiry, membership_interval(querier));
	return FAULT_NONE;
}

static void lower(struct membership_source *source)
{
	struct membership_querier *querier = source->group->querier;
	usec_t time = last_member_query_time(querier);

	if (timer_left(querier->timers, &source->expiry) > time)
		timer_start(querier->timers, &source->expiry, time);
}

/* What "Send Q(G,X)" means for one source of X (section 6.6.3.2). Only the querier sends; the
 * others hear it, and lower their timers then. */
static bool doubt(struct membership_source *source)
{
	struct membership_querier *querier = source->group->querier;

	if (!is_querier(querier) ||
	    timer_left(querier->timers, &source->expiry) <= last_member_query_time(querier))
		return false;
	source->queries_left = querier->robustness;
	lower(source);
	return true;
}

static enum fault include_all(struct membership_querier *querier, const struct addr *host,
			      const struct membership_record *record)
{
	struct cursor sources = record->sources;
	struct sg sg = {.group = record->group};
	enum fault fault = FAULT_NONE;

	while (membership_next_source(&sources, sg.group.family, &sg.source)) {
		if (!sg_is_forwardable(&sg) || !prefixes_allow(querier->settings.groups, &sg.group))
			querier->counters.skipped++;
		else if (include(querier, host, &sg))
			fault = FAULT_LIMIT;
	}
	return fault;
}

/* BLOCK (B): Send Q(G,A*B) */
static void doubt_listed(struct membership_querier *querier, const struct membership_record *record)
{
	struct membership_group *group = find_group(querier, &record->group);
	struct cursor sources = record->sources;
	struct sg sg = {.group = record->group};
	struct membership_source *source;
	bool asked = false;

	while (membership_next_source(&sources, sg.group.family, &sg.source)) {
		source = membership_querier_find(querier, &sg);
		asked |= source && doubt(source);
	}
	if (asked)
		ask_at_once(group);
}

/* TO_IN (B): Send Q(G,A-B) */
static void doubt_others(struct membership_querier *querier, const struct membership_record *record)
{
	struct membership_group *group = find_group(querier, &record->group);
	struct membership_source *source;
	bool asked = false;

	if (!group)
		return;
	DL_FOREACH (group->sources, source)
		if (source->record != querier->record)
			asked |= doubt(source);
	if (asked)
		ask_at_once(group);
}

/* A host that asks for a group of the SSM range and names no source: the commonest mistake there
 * is, and nothing else shows it to an operator. */
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
		    protocol_of(querier), addr_format(host, host_text), querier->name,
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

/* What is not from a link-local address changes nothing (RFC 3810 section 5.2.13); from :: it is no
 * fault either. */
static enum fault receive_report(struct membership_querier *querier, const struct addr *host,
				 struct membership_message *message)
{
	enum fault fault = FAULT_NONE;
	struct membership_record record;

	querier->counters.reports_received++;
	if (host->family == AF_INET6 && addr_is_unspecified(host))
		return FAULT_NONE;
	while (membership_next_record(&message->records, host->family, &record)) {
		enum fault refused = apply_record(querier, host, &record);

		fault = refused ? refused : fault;
	}
	return fault;
}

/* The election (section 6.6.2) */

static void other_gone(struct timer *timer)
{
	struct membership_querier *querier =
		container_of(timer, struct membership_querier, other_present);
	char text[ADDR_TEXT];

	log_notice("%s: querier %s on %s is silent, we are it now", protocol_of(querier),
		   addr_format(&querier->other, text), querier->name);
	querier->other = (struct addr){0};
	querier->robustness = querier->settings.robustness;
	querier->query_interval = querier->settings.query_interval;
	general_due(&querier->general);
}

/* IPv6 addresses are compared by their interface identifiers (RFC 3810 section 7.6.2). 0.0.0.0 is a
 * switch that stands in while there is no querier. */
static bool is_lower(const struct addr *a, const struct addr *b)
{
	unsigned from = a->family == AF_INET6 ? 8 : 0;

	return !addr_is_unspecified(a) &&
	       memcmp(a->bytes + from, b->bytes + from, addr_length(a->family) - from) < 0;
}

static void yield(struct membership_querier *querier, const struct addr *to,
		  const struct membership_message *message)
{
	bool old = message->kind == MEMBERSHIP_OLD_QUERY;
	char text[ADDR_TEXT];

	if (is_querier(querier))
		stop_asking(querier);
	if (!addr_equal(&querier->other, to))
		log_warning("%s: querier on %s is %s", protocol_of(querier), querier->name,
			    addr_format(to, text));
	querier->other = *to;
	querier->startup_left = 0;
	querier->robustness = old ? querier->settings.robustness : message->query.robustness;
	querier->query_interval =
		old ? querier->settings.query_interval : message->query.query_interval;
	timer_start(querier->timers, &querier->other_present,
		    other_querier_present_interval(querier));
}

/* RFC 3376 section 7.3.1, RFC 4604 section 3.6 */
static void warn_of_old(struct membership_querier *querier, const struct addr *from)
{
	char text[ADDR_TEXT];

	querier->counters.old_queries++;
	log_warning("%s: %s on %s asks in an old version, in which hosts cannot name sources: make "
		    "it speak %s",
		    protocol_of(querier), addr_format(from, text), querier->name,
		    from->family == AF_INET ? "IGMPv3" : "MLDv2");
}

/* Section 6.6.1 */
static void update_timers(struct membership_querier *querier, struct membership_message *message)
{
	struct sg sg = {.group = message->group};
	struct membership_source *source;

	if (message->suppress)
		return;
	while (membership_next_source(&message->sources, sg.group.family, &sg.source)) {
		source = membership_querier_find(querier, &sg);
		if (source)
			lower(source);
	}
}

static void receive_query(struct membership_querier *querier, const struct ip_datagram *ip,
			  struct membership_message *message)
{
	querier->counters.queries_received++;
	if (message->kind == MEMBERSHIP_OLD_QUERY)
		warn_of_old(querier, &ip->source);
	if (addr_is_unspecified(&message->group) && is_lower(&ip->source, &querier->address))
		yield(querier, &ip->source, message);
	if (message->kind == MEMBERSHIP_QUERY)
		update_timers(querier, message);
}

/* The interface */

static void begin(struct membership_querier *querier)
{
	char text[ADDR_TEXT];

	querier->robustness = querier->startup_left = querier->settings.robustness;
	querier->query_interval = querier->settings.query_interval;
	log_notice("%s: Queries on %s from %s", protocol_of(querier), querier->name,
		   addr_format(&querier->address, text));
	general_due(&querier->general);
}

void membership_querier_start(struct membership_querier *querier)
{
	querier->general.fn = general_due;
	querier->other_present.fn = other_gone;
	querier->specific = bucket_new(MEMBERSHIP_QUERY_RATE, querier->timers->now);
	begin(querier);
}

void membership_querier_readdress(struct membership_querier *querier, const struct addr *address)
{
	querier->address = *address;
	querier->other = (struct addr){0};
	timer_stop(querier->timers, &querier->other_present);
	begin(querier);
}

void membership_querier_stop(struct membership_querier *querier)
{
	struct membership_source *source, *next;

	timer_stop(querier->timers, &querier->general);
	timer_stop(querier->timers, &querier->other_present);
	HASH_ITER (hh, querier->sources, source, next)
		discard(source);
}

/* RFC 3376 section 9.2: who has no address yet says 0.0.0.0; whoever else is in no subnet of the
 * interface is from elsewhere, or we are. */
static bool is_stranger(const struct membership_querier *querier, const struct addr *from)
{
	char text[ADDR_TEXT];

	if (addr_is_unspecified(from) || addr_is_on_link(from, querier->subnets))
		return false;
	log_warning(
		"%s: message from %s on %s refused: it is in no subnet of that interface: should "
		"it be heard, give %s an address of its subnet",
		protocol_of(querier), addr_format(from, text), querier->name, querier->name);
	return true;
}

/* All messages of these versions have one (RFC 3376 section 4, RFC 3810 section 5), but there are
 * hosts and switches that leave it out; older versions know none. */
static bool lacks_router_alert(const struct membership_querier *querier,
			       const struct ip_datagram *ip, enum membership_kind kind)
{
	return querier->settings.require_router_alert && !ip->router_alert &&
	       (kind == MEMBERSHIP_QUERY || kind == MEMBERSHIP_REPORT);
}

enum fault membership_querier_receive(struct membership_querier *querier,
				      const struct ip_datagram *ip)
{
	struct membership_message message;
	enum fault fault;

	if (addr_equal(&ip->source, &querier->address))
		return FAULT_NONE; /* our own, sent back by a switch */
	fault = membership_decode(ip, &message);
	if (fault)
		return fault;
	if (lacks_router_alert(querier, ip, message.kind))
		return FAULT_OFF_LINK;
	if (message.kind != MEMBERSHIP_OTHER && is_stranger(querier, &ip->source))
		return FAULT_SENDER;
	switch (message.kind) {
	case MEMBERSHIP_QUERY:
	case MEMBERSHIP_OLD_QUERY:
		receive_query(querier, ip, &message);
		return FAULT_NONE;
	case MEMBERSHIP_REPORT:
		return receive_report(querier, &ip->source, &message);
	case MEMBERSHIP_OLD_REPORT:
		note_no_source(querier, &ip->source, &message.group,
			       &querier->counters.old_reports);
		return FAULT_NONE;
	case MEMBERSHIP_OTHER:
		return FAULT_NONE;
	}
	return FAULT_NONE;
}

bool membership_querier_adopt(struct membership_querier *querier, const struct sg *sg)
{
	if (membership_querier_find(querier, sg) || !has_room(querier, sg))
		return false;
	timer_start(querier->timers, &add(querier, sg)->expiry, membership_interval(querier));
	return true;
}

void membership_querier_yield(struct membership_querier *querier)
{
	/* A hash keeps the order in which its elements came. */
	const struct UT_hash_table *table = querier->sources->hh.tbl;
	struct membership_source *latest = ELMT_FROM_HH(table, table->tail);

	source_expired(&latest->expiry);
}

unsigned membership_querier_count(const struct membership_querier *querier)
{
	return HASH_COUNT(querier->sources);
}
