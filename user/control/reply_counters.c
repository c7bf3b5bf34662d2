/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/reply_counters.h"
#include "control/reply_lans.h"
#include "control/views.h"
#include "forward/traffic.h"

int counters_drops(const struct requests *requests, uint64_t drops[MCI_DROP_COUNT])
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

json_t *counters_now(struct requests *requests)
{
	uint64_t drops[MCI_DROP_COUNT] = {0};
	struct view_account_parts parts = {.drops = drops};
	json_t *view;

	if (counters_drops(requests, drops) || read_account(requests, &parts))
		return NULL;
	view = json_object();
	put(view, "account", view_account(&parts));
	put(view, "drops", view_drops(drops));
	put(view, "refused", view_refused(requests->rejected));
	put(view, "pim", view_pim_counters_of_all(requests));
	return view;
}

void reply_counters(struct requests *requests, struct control_client *client)
{
	json_t *view = counters_now(requests);

	if (view)
		control_reply(client, view);
	else
		control_refuse(client, "%s", requests->actions->error(requests->dataplane));
}
