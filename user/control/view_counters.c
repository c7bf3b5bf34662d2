/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/view_counters.h"
#include "control/values.h"
#include "dataplane/dataplane.h"

json_t *view_drops(const uint64_t drops[MCI_DROP_COUNT])
{
	json_t *view = json_object();

	for (int reason = 0; reason < MCI_DROP_COUNT; reason++)
		put_count(view, dataplane_drop_name(reason), drops[reason]);
	return view;
}

/* Of the daemon's packets, how many the programs have left to it, more than it has had so far. */
static int64_t surplus(const struct dataplane_left *left, const struct slow_path *slow)
{
	uint64_t counted = 0;

	for (int cause = 0; cause < MCI_SLOW_COUNT; cause++)
		counted += left->slow[cause];
	return (int64_t)(counted - slow->received - slow->lost);
}

/* The other reasons stand for a copy on its way to one of several LANs, or for a message. */
static bool is_of_packet(enum mci_drop reason)
{
	switch (reason) {
	case MCI_DROP_EXCEEDS_MTU:
	case MCI_DROP_REWRITE:
	case MCI_DROP_SLOW_RATE:
	case MCI_DROP_LAN_REFUSED:
	case MCI_DROP_OBSERVE_FULL:
	case MCI_DROP_OBSERVE_RATE:
		return false;
	default:
		return true;
	}
}

static uint64_t dropped(const uint64_t drops[MCI_DROP_COUNT])
{
	uint64_t packets = 0;

	for (int reason = 0; reason < MCI_DROP_COUNT; reason++)
		if (is_of_packet(reason))
			packets += drops[reason];
	return packets;
}

json_t *view_account(const struct view_account_parts *parts)
{
	const struct slow_path *slow = parts->slow;
	const uint64_t *account = parts->left.account;
	int64_t unread = surplus(&parts->left, slow);
	json_t *view = json_object();

	put_count(view, "passed", account[MCI_ACCOUNT_PASSED]);
	put_count(view, "forwarded", parts->fast_packets + slow->forwarded.packets);
	put_count(view, "dropped", dropped(parts->drops));
	put_count(view, "unsent", account[MCI_ACCOUNT_UNSENT] + slow->unsent);
	put_count(view, "lost", slow->lost);
	put_count(view, "unread", unread > 0 ? unread : 0);
	return view;
}

/* Packets that no program has left to the daemon are unseen: no program has seen them. */
json_t *view_slow(const struct view_slow_parts *parts)
{
	int64_t unread = surplus(&parts->left, parts->slow);
	json_t *view = json_object();

	put_count(view, "packets", parts->slow->forwarded.packets);
	put(view, "packets_per_s", view_rate(parts->slow->meter.rate.packets_per_s));
	put_count(view, "unseen", unread < 0 ? -unread : 0);
	for (int cause = 0; cause < MCI_SLOW_COUNT; cause++)
		put_count(view, dataplane_slow_name(cause), parts->left.slow[cause]);
	return view;
}

static json_t *view_faults(const uint64_t counts[FAULT_COUNT])
{
	json_t *view = json_object();

	for (int fault = FAULT_NONE + 1; fault < FAULT_COUNT; fault++)
		put_count(view, fault_name(fault), counts[fault]);
	return view;
}

json_t *view_refused(const uint64_t refused[PROTOCOL_COUNT][FAULT_COUNT])
{
	json_t *view = json_object();

	for (int protocol = 0; protocol < PROTOCOL_COUNT; protocol++)
		put(view, protocol_name(protocol), view_faults(refused[protocol]));
	return view;
}
