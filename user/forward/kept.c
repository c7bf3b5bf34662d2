/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/kept.h"
#include "base/log.h"
#include "forward/state.h"

#include <string.h>

_Static_assert(MCI_DROP_COUNT <= MCI_KEPT_REASONS && FAULT_COUNT <= MCI_KEPT_REASONS &&
		       PROTOCOL_COUNT <= MCI_KEPT_PROTOCOLS,
	       "all of them are kept");

void kept_take(struct forward *forward)
{
	struct slow_path *slow = &forward->slow;
	struct mci_kept kept;

	forward->actions->kept(forward->dataplane, &kept);
	memcpy(slow->drops, kept.drops, sizeof(slow->drops));
	slow->received = kept.slow_received;
	slow->unsent = kept.slow_unsent;
	slow->lost = kept.slow_lost;
	forward->closed_packets = kept.closed_packets;
	slow->forwarded = (struct meter_count){kept.slow_packets, kept.slow_bytes};
	for (unsigned protocol = 0; protocol < PROTOCOL_COUNT; protocol++)
		memcpy(forward->rejected->counts[protocol], kept.rejected[protocol],
		       sizeof(forward->rejected->counts[protocol]));
}

void kept_keep(struct forward *forward)
{
	const struct slow_path *slow = &forward->slow;
	struct mci_kept kept = {.slow_received = slow->received,
				.slow_packets = slow->forwarded.packets,
				.slow_bytes = slow->forwarded.bytes,
				.slow_unsent = slow->unsent,
				.slow_lost = slow->lost,
				.closed_packets = forward->closed_packets};

	memcpy(kept.drops, slow->drops, sizeof(slow->drops));
	for (unsigned protocol = 0; protocol < PROTOCOL_COUNT; protocol++)
		memcpy(kept.rejected[protocol], forward->rejected->counts[protocol],
		       sizeof(forward->rejected->counts[protocol]));
	if (forward->actions->keep(forward->dataplane, &kept))
		log_warning("%s", forward->actions->error(forward->dataplane));
}

void kept_take_of(struct channel *channel)
{
	const struct forward *forward = forward_of(channel);
	struct slow_stats *slow = forward_slow_stats(channel);
	struct mci_kept_slow kept;

	forward->actions->kept_slow(forward->dataplane, channel->slot, &kept);
	slow->packets = slow->kept = kept.packets;
	slow->bytes = kept.bytes;
}

void kept_keep_of(struct channel *channel)
{
	const struct forward *forward = forward_of(channel);
	struct slow_stats *slow = forward_slow_stats(channel);
	struct mci_kept_slow kept = {.packets = slow->packets, .bytes = slow->bytes};

	if (slow->kept == slow->packets)
		return;
	if (forward->actions->keep_slow(forward->dataplane, channel->slot, &kept))
		log_warning("%s", forward->actions->error(forward->dataplane));
	else
		slow->kept = slow->packets;
}

void kept_keep_all(struct forward *forward)
{
	struct channel *channel, *next;

	HASH_ITER (hh, forward->paths->channels.by_sg, channel, next)
		kept_keep_of(channel);
	kept_keep(forward);
}
