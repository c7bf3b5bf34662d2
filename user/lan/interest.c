/* SPDX-License-Identifier: BSD-2-Clause */
#include "lan/interest.h"
#include "base/log.h"
#include "lan/routers.h"
#include "lan/shares.h"
#include "lan/takeover.h"

static bool is_wanted(struct lan *lan, const struct sg *sg)
{
	const struct lan_actions *actions = lan->lans->actions;
	int family = sg->group.family;

	return (actions->is_static && actions->is_static(lan, sg)) ||
	       pim_downstream_find(&lan_pim_of(lan, family)->interface.downstream, sg) ||
	       membership_querier_find(&lan_hosts_of(lan, family)->querier, sg);
}

/* A place that somebody yields may be wanted by others, too, and is not free then. */
static bool find_room(struct lan *lan, const struct sg *sg, unsigned joined)
{
	struct lans *lans = lan->lans;

	for (unsigned tries = 0; tries < SHARES_TRIES; tries++) {
		if (tries && !shares_make_room(lans, joined))
			return false;
		if (channel_table_want(lans->channels, sg, lan->number, lans->seen))
			return true;
	}
	return false;
}

static uint64_t *joins_of(struct lan *lan, const struct sg *sg)
{
	return sg->group.family == AF_INET ? &lan->joins.ipv4 : &lan->joins.ipv6;
}

bool lan_joined(struct lan *lan, const struct sg *sg, unsigned joined)
{
	char text[SG_TEXT];

	if (find_room(lan, sg, joined)) {
		*joins_of(lan, sg) += 1;
		log_event(LOG_LEVEL_NOTICE,
			  log_about(.message = LOG_JOIN, .sg = sg, .interface = lan->link.name),
			  "%s joined on %s", sg_format(sg, text), lan->link.name);
		return true;
	}
	log_event(
		LOG_LEVEL_WARNING,
		log_about(.message = LOG_JOIN_REJECTED, .sg = sg, .interface = lan->link.name),
		"%s not joined on %s: %u channels are served already; raise 'channels' in [limits]",
		sg_format(sg, text), lan->link.name, lan->lans->channels->limit);
	return false;
}

void lan_left(struct lan *lan, const struct sg *sg)
{
	char text[SG_TEXT];

	if (is_wanted(lan, sg))
		return;
	log_event(LOG_LEVEL_NOTICE,
		  log_about(.message = LOG_LEAVE, .sg = sg, .interface = lan->link.name),
		  "%s left on %s", sg_format(sg, text), lan->link.name);
	takeover_forget(lan, sg);
	channel_table_unwant(lan->lans->channels, sg, lan->number);
	routers_interest_changed(lan->lans, sg);
}

void lan_end_joins(struct lan *lan, int family)
{
	struct channel_table *table = lan->lans->channels;
	struct channel *channel, *next;

	HASH_ITER (hh, table->by_sg, channel, next) {
		struct sg sg = channel->sg;
		bool lost = channel->lost & 1u << lan->number;

		if (sg.group.family != family || !(channel->interfaces & 1u << lan->number))
			continue;
		lan_left(lan, &sg);
		if (!lost)
			continue;
		takeover_over(lan, &sg); /* the Assert is forgotten now */
		channel_table_lose(table, &sg, lan->number, false);
	}
}
