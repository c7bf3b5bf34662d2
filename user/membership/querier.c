/* SPDX-License-Identifier: BSD-2-Clause */
#include "membership/querier.h"
#include "base/log.h"
#include "membership/queries.h"
#include "membership/reports.h"

#include <string.h>

/* The election (RFC 3376 section 6.6.2, RFC 3810 section 7.6.2) */

static void other_gone(struct timer *timer)
{
	struct membership_querier *querier =
		container_of(timer, struct membership_querier, other_present);
	char text[ADDR_TEXT];

	if (querier->resigned)
		log_notice("%s: nobody on %s has taken over as querier: we ask on",
			   membership_protocol(querier), querier->name);
	else
		log_notice("%s: querier %s on %s is silent: we are the querier now",
			   membership_protocol(querier), addr_format(&querier->other, text),
			   querier->name);
	querier->other = (struct addr){0};
	querier->resigned = false;
	querier->robustness = querier->settings.robustness;
	querier->query_interval = querier->settings.query_interval;
	membership_general_due(&querier->general);
}

/* IPv6 addresses are compared by their interface identifiers. A switch that asks from 0.0.0.0 only
 * stands in while there is no querier (RFC 4541 section 2.1.1), and does not win. */
static bool is_lower(const struct addr *a, const struct addr *b)
{
	unsigned from = a->family == AF_INET6 ? 8 : 0;

	return !addr_is_unspecified(a) &&
	       memcmp(a->bytes + from, b->bytes + from, addr_length(a->family) - from) < 0;
}

/* A querier that is to be relieved yields to any router. */
static bool wins(const struct membership_querier *querier, const struct addr *other)
{
	return is_lower(other, &querier->address) ||
	       (querier->draining && !addr_is_unspecified(other));
}

static void adopt_values(struct membership_querier *querier,
			 const struct membership_message *message)
{
	bool old = message->kind == MEMBERSHIP_OLD_QUERY;

	querier->robustness = old ? querier->settings.robustness : message->query.robustness;
	querier->query_interval =
		old ? querier->settings.query_interval : message->query.query_interval;
}

static void yield(struct membership_querier *querier, const struct addr *to,
		  const struct membership_message *message)
{
	char text[ADDR_TEXT];

	if (membership_is_querier(querier) || querier->resigned)
		membership_stop_asking(querier);
	querier->resigned = false;
	if (!addr_equal(&querier->other, to))
		log_warning("%s: querier on %s is %s", membership_protocol(querier), querier->name,
			    addr_format(to, text));
	querier->other = *to;
	querier->startup_left = 0;
	adopt_values(querier, message);
	timer_start(querier->timers, &querier->other_present,
		    membership_other_present_interval(querier));
}

/* Queries of other routers */

/* RFC 3376 section 7.3.1, RFC 4604 section 3.6 */
static void warn_of_old(struct membership_querier *querier, const struct addr *from)
{
	char text[ADDR_TEXT];

	querier->counters.old_queries++;
	log_warning("%s: %s on %s sends Queries of an old version, which hosts cannot answer with "
		    "sources: configure %s there",
		    membership_protocol(querier), addr_format(from, text), querier->name,
		    from->family == AF_INET ? "IGMPv3" : "MLDv2");
}

/* RFC 3376 section 6.6.1 */
static void update_timers(struct membership_querier *querier, struct membership_message *message)
{
	struct sg sg = {.group = message->group};
	struct membership_source *source;

	if (message->suppress)
		return;
	while (membership_next_source(&message->sources, sg.group.family, &sg.source)) {
		source = membership_querier_find(querier, &sg);
		if (source)
			membership_lower(source);
	}
}

static void receive_query(struct membership_querier *querier, const struct ip_datagram *ip,
			  struct membership_message *message)
{
	querier->counters.queries_received++;
	if (message->kind == MEMBERSHIP_OLD_QUERY)
		warn_of_old(querier, &ip->source);
	if (addr_is_unspecified(&message->group) && wins(querier, &ip->source))
		yield(querier, &ip->source, message);
	if (message->kind == MEMBERSHIP_QUERY)
		update_timers(querier, message);
}

/* Stepping down */

/* If no other router has asked by then, we ask again: the hosts have 10 s for their answers, and 5
 * s are left until their memberships end here. */
static usec_t until_asking_again(const struct membership_querier *querier)
{
	return membership_interval(querier) - MEMBERSHIP_RESPONSE_INTERVAL * 3 / 2;
}

static void resign(struct membership_querier *querier)
{
	usec_t wait = until_asking_again(querier);

	membership_stop_asking(querier);
	querier->other = (struct addr){0};
	querier->resigned = true;
	timer_start(querier->timers, &querier->other_present, wait);
}

static void begin(struct membership_querier *querier)
{
	char text[ADDR_TEXT];

	if (querier->draining) {
		resign(querier);
		return;
	}
	querier->robustness = querier->startup_left = querier->settings.robustness;
	querier->query_interval = querier->settings.query_interval;
	log_notice("%s: Queries on %s from %s", membership_protocol(querier), querier->name,
		   addr_format(&querier->address, text));
	membership_general_due(&querier->general);
}

static void step_down(struct membership_querier *querier)
{
	log_notice("%s: another router on %s shall be querier", membership_protocol(querier),
		   querier->name);
	resign(querier);
	querier->startup_left = 0;
	querier->farewell_left = querier->robustness;
	membership_say_farewell(querier);
}

static void take_back(struct membership_querier *querier)
{
	if (!querier->resigned &&
	    (membership_is_querier(querier) || is_lower(&querier->other, &querier->address)))
		return;
	querier->resigned = false;
	querier->other = (struct addr){0};
	timer_stop(querier->timers, &querier->other_present);
	begin(querier);
}

void membership_querier_drain(struct membership_querier *querier, bool drain)
{
	if (drain == querier->draining)
		return;
	querier->draining = drain;
	if (!drain)
		take_back(querier);
	else if (membership_is_querier(querier))
		step_down(querier);
}

/* The interface */

void membership_querier_start(struct membership_querier *querier)
{
	querier->general.fn = membership_general_due;
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

void membership_querier_return(struct membership_querier *querier)
{
	if (!membership_is_querier(querier))
		return;
	querier->startup_left = querier->robustness;
	membership_general_due(&querier->general);
}

void membership_querier_stop(struct membership_querier *querier)
{
	timer_stop(querier->timers, &querier->general);
	timer_stop(querier->timers, &querier->other_present);
	membership_forget_all(querier);
}

/* A host without an address yet sends from 0.0.0.0 (RFC 3376 section 9.2). Any other sender must be
 * in a subnet of the interface. */
static bool is_stranger(const struct membership_querier *querier, const struct addr *from)
{
	char text[ADDR_TEXT];

	if (addr_is_unspecified(from) || addr_is_on_link(from, querier->subnets))
		return false;
	log_warning("%s: message from %s on %s rejected: the sender is in no subnet of that "
		    "interface; if it should be heard, give %s an address of the sender's subnet",
		    membership_protocol(querier), addr_format(from, text), querier->name,
		    querier->name);
	return true;
}

/* RFC 3376 section 4 and RFC 3810 section 5 demand Router Alert in all messages of these versions,
 * but there are hosts and switches that leave it out. Older versions do not have it. */
static bool lacks_router_alert(const struct membership_querier *querier,
			       const struct ip_datagram *ip, enum membership_kind kind)
{
	return querier->settings.require_router_alert && !ip->router_alert &&
	       (kind == MEMBERSHIP_QUERY || kind == MEMBERSHIP_REPORT);
}

static enum fault check_sender(const struct membership_querier *querier,
			       const struct ip_datagram *ip, enum membership_kind kind)
{
	if (lacks_router_alert(querier, ip, kind))
		return FAULT_OFF_LINK;
	if (kind != MEMBERSHIP_OTHER && is_stranger(querier, &ip->source))
		return FAULT_SENDER;
	return FAULT_NONE;
}

static enum fault dispatch(struct membership_querier *querier, const struct ip_datagram *ip,
			   struct membership_message *message)
{
	switch (message->kind) {
	case MEMBERSHIP_QUERY:
	case MEMBERSHIP_OLD_QUERY:
		receive_query(querier, ip, message);
		break;
	case MEMBERSHIP_REPORT:
		return membership_receive_report(querier, &ip->source, message);
	case MEMBERSHIP_OLD_REPORT:
		membership_receive_old_report(querier, &ip->source, &message->group);
		break;
	case MEMBERSHIP_OTHER:
		break;
	}
	return FAULT_NONE;
}

enum fault membership_querier_receive(struct membership_querier *querier,
				      const struct ip_datagram *ip)
{
	struct membership_message message;
	enum fault fault;

	if (addr_equal(&ip->source, &querier->address))
		return FAULT_NONE; /* our own, sent back by a switch */
	fault = membership_decode(ip, &message);
	if (!fault)
		fault = check_sender(querier, ip, message.kind);
	return fault ? fault : dispatch(querier, ip, &message);
}
