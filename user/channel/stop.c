/* SPDX-License-Identifier: BSD-2-Clause */
#include "channel/stop.h"
#include "channel/channel.h"

void channel_refuse(struct channel *channel, uint32_t interfaces, const char *reason)
{
	channel->stopped |= interfaces;
	channel->why_stopped = reason;
}

void channel_stop(struct channel *channel, uint32_t interfaces, const char *reason)
{
	channel_refuse(channel, interfaces, reason);
	channel_interfaces_changed(channel);
}

void channel_go_on(struct channel *channel)
{
	channel->stopped = 0;
	channel->why_stopped = NULL;
	channel_interfaces_changed(channel);
}
