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

/* Packets that came although no program left them to the daemon: no program has seen them. */
static uint64_t unseen(const struct view_slow_parts *parts)
{
	uint64_t counted = 0;

	for (int cause = 0; cause < MCI_SLOW_COUNT; cause++)
		counted += parts->counted[cause];
	return parts->received > counted ? parts->received - counted : 0;
}

json_t *view_slow(const struct view_slow_parts *parts)
{
	json_t *view = json_object();

	put_count(view, "packets", parts->packets);
	put(view, "packets_per_s", view_rate(parts->packets_per_s));
	put_count(view, "unseen", unseen(parts));
	for (int cause = 0; cause < MCI_SLOW_COUNT; cause++)
		put_count(view, dataplane_slow_name(cause), parts->counted[cause]);
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
