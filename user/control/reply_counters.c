/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/reply_counters.h"
#include "control/reply_lans.h"
#include "control/views.h"
#include "forward/traffic.h"

static int read_drops(const struct requests *requests, uint64_t drops[MCI_DROP_COUNT])
{
	int error = requests->actions->drops(requests->dataplane, drops);

	for (int reason = 0; reason < MCI_DROP_COUNT; reason++)
		drops[reason] += requests->forward->slow.drops[reason];
	return error;
}

static int read_account(const struct requests *requests, struct view_account_parts *parts)
{
	parts->fast_packets = traffic_forwarded(requests->forward);
	parts->slow = &requests->forward->slow;
	return requests->actions->left(requests->dataplane, &parts->left);
}

void reply_counters(struct requests *requests, struct control_client *client)
{
	uint64_t drops[MCI_DROP_COUNT] = {0};
	struct view_account_parts parts = {.drops = drops};
	json_t *reply;

	if (read_drops(requests, drops) || read_account(requests, &parts)) {
		control_refuse(client, "%s", requests->actions->error(requests->dataplane));
		return;
	}
	reply = json_object();
	put(reply, "account", view_account(&parts));
	put(reply, "drops", view_drops(drops));
	put(reply, "refused", view_refused(requests->rejected));
	put(reply, "pim", view_pim_counters_of_all(requests));
	control_reply(client, reply);
}
