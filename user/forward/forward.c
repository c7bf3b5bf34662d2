/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/forward.h"
#include "base/log.h"
#include "forward/admission.h"
#include "forward/drops.h"
#include "forward/kept.h"
#include "forward/slow_path.h"
#include "forward/traffic.h"
#include "forward/watch.h"
#include "path/path.h"

#define RENEWALS 3 /* of an entry's deadline before it would come */

static struct dataplane_flow dataplane_flow(const struct amt_flow *flow)
{
	return (struct dataplane_flow){.relay = flow->relay,
				       .local = flow->local,
				       .relay_port = AMT_PORT,
				       .local_port = flow->local_port};
}

static void add_lans(const struct forward *forward, const struct channel *channel,
		     struct dataplane_channel *entry)
{
	uint32_t egress = channel_egress(channel);

	for (unsigned i = 0; i < CHANNEL_INTERFACES_MAX && entry->egress_count < MCI_EGRESS_MAX;
	     i++)
		if (egress & 1u << i)
			entry->egress[entry->egress_count++] = forward->lans[i];
}

/* Packets so far went to the LANs of before. */
static void note_egress(struct channel *channel)
{
	uint32_t *egress = &forward_noted(channel)->egress;

	if (*egress && *egress != channel_egress(channel))
		traffic_look(channel);
	*egress = channel_egress(channel);
}

static void log_put(const struct channel *channel, const struct dataplane_channel *entry)
{
	char sg[SG_TEXT], relay[ADDR_TEXT];

	log_event(LOG_LEVEL_DEBUG, log_about(.sg = &channel->sg, .relay = &entry->from.relay),
		  "%s: an entry leads from relay %s to %u LANs%s", sg_format(&channel->sg, sg),
		  addr_format(&entry->from.relay, relay), entry->egress_count,
		  entry->moving ? ", moving" : "");
}

void forward_put(struct channel *channel)
{
	const struct forward *forward = forward_of(channel);
	struct path_flows flows = path_flows(channel);
	struct dataplane_channel entry = {
		.moving = flows.moving,
		.from = dataplane_flow(&flows.from),
		.slot = channel->slot,
		.deadline_ns = (forward->timers->now + forward->hold) * 1000,
		.rate = admission_of_channel(channel),
	};

	if (flows.moving)
		entry.to = dataplane_flow(&flows.to);
	add_lans(forward, channel, &entry);
	log_put(channel, &entry);
	if (forward->actions->put(forward->dataplane, &channel->sg, &entry))
		log_warning("%s", forward->actions->error(forward->dataplane));
	note_egress(channel);
}

void forward_remove(struct channel *channel)
{
	const struct forward *forward = forward_of(channel);
	char text[SG_TEXT];

	log_event(LOG_LEVEL_DEBUG, log_about(.sg = &channel->sg), "%s: the entry is removed",
		  sg_format(&channel->sg, text));
	forward->actions->remove(forward->dataplane, &channel->sg);
	if (forward_noted(channel)->egress)
		traffic_look(channel);
	forward_noted(channel)->egress = 0;
}

/* Kept at once: a daemon that is killed now would take the packets with it. */
void forward_forget(struct forward *forward, uint32_t slot)
{
	struct dataplane_channel_stats stats = {0};

	if (forward->actions->stats(forward->dataplane, slot, &stats))
		log_warning("%s", forward->actions->error(forward->dataplane));
	forward->closed_packets += stats.packets;
	forward->actions->clear_stats(forward->dataplane, slot);
	if (stats.packets)
		kept_keep(forward);
}

void forward_closed(const struct channel *channel)
{
	forward_forget(forward_of(channel), channel->slot);
	drops_forget(channel);
	admission_closed(channel);
}

static void renew(struct forward *forward, struct channel *channel)
{
	(void)forward;
	if (channel->forwarding)
		forward_put(channel);
}

void forward_renew_all(struct forward *forward)
{
	struct channel *channel, *next;

	HASH_ITER (hh, forward->paths->channels.by_sg, channel, next)
		renew(forward, channel);
}

void forward_set_lan(struct forward *forward, unsigned number, const struct mci_lan *lan)
{
	forward->lans[number] = *lan;
}

void forward_start(struct forward *forward)
{
	kept_take(forward);
	slow_path_start(forward);
	round_start(&forward->renewal, forward, forward->hold / RENEWALS, renew);
	watch_start(forward);
}

void forward_stop(struct forward *forward)
{
	timer_stop(forward->timers, &forward->renewal.part);
	watch_stop(forward);
	timer_stop(forward->timers, &forward->slow.look);
	admission_stop(forward);
}
