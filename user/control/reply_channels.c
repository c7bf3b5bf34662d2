/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/reply_channels.h"
#include "control/views.h"
#include "forward/drops.h"
#include "forward/traffic.h"
#include "path/path.h"

#define CHANNELS_AT_ONCE 64 /* of a reply, at some 20 microseconds each */

static json_t *asserts(struct lans *lans, const struct sg *sg)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < lans->count; i++) {
		const struct lan_pim *pim = lan_pim_of(&lans->list[i], sg->group.family);

		if (pim->socket && pim_asserts_find(&pim->interface.asserts, sg))
			json_array_append_new(list, view_assert(&pim->interface, sg));
	}
	return list;
}

static void view_static(const struct requests *requests, const struct lan *lan, const struct sg *sg,
			json_t *list)
{
	json_t *view;

	if (!requests->statics || !statics_has(requests->statics, sg, lan->number))
		return;
	view = json_object();
	put_text(view, "interface", lan->link.name);
	put_text(view, "by", "static");
	put_null(view, "neighbor");
	put_text(view, "state", "join");
	put_null(view, "expires_s");
	put_null(view, "prune_s");
	json_array_append_new(list, view);
}

/* Who keeps the channel. */
static json_t *wanted(struct requests *requests, const struct sg *sg)
{
	struct lans *lans = requests->lans;
	json_t *list = json_array();

	for (unsigned i = 0; i < lans->count; i++) {
		const struct lan_hosts *hosts = lan_hosts_of(&lans->list[i], sg->group.family);
		const struct lan_pim *pim = lan_pim_of(&lans->list[i], sg->group.family);

		if (pim->socket)
			view_joined(&pim->interface, sg, list);
		if (hosts->socket)
			view_membership(&hosts->querier, sg, list);
		view_static(requests, &lans->list[i], sg, list);
	}
	return list;
}

json_t *channel_now(struct requests *requests, struct channel *channel)
{
	struct dataplane_channel_stats stats = traffic_read(channel);
	struct mci_channel_drops drops = drops_of(channel);
	const char *names[CHANNEL_INTERFACES_MAX] = {0};
	struct lans *lans = requests->lans;
	struct view_channel_parts parts = {
		.wait = path_wait(channel),
		.relay = path_relay(channel),
		.other = path_other_relay(channel),
		.interfaces = names,
		.stats = &stats,
		.drops = &drops,
		.slow_packets = forward_slow_stats(channel)->packets,
		.wanted = wanted(requests, &channel->sg),
		.asserts = asserts(lans, &channel->sg),
		.rate = admission_of_channel(channel),
		.stopped = view_stopped(channel, lans),
	};

	for (unsigned i = 0; i < lans->count; i++)
		names[i] = lans->list[i].link.name;
	return view_channel(channel, &parts);
}

/* By slot, so that a channel which stays is shown once, whatever comes and goes meanwhile. */
static json_t *next_channels(void *owner, struct control_position *position)
{
	struct requests *requests = owner;
	const struct channel_table *channels = &requests->paths->channels;
	json_t *list = json_array();

	while (position->slot < channels->slots && json_array_size(list) < CHANNELS_AT_ONCE) {
		struct channel *channel = channel_table_at(channels, position->slot++);

		if (channel)
			json_array_append_new(list, channel_now(requests, channel));
	}
	return list;
}

void reply_channels(struct requests *requests, struct control_client *client)
{
	static const struct control_list lists[] = {{"channels", next_channels}, {0}};

	(void)requests;
	control_reply_lists(client, lists);
}
